import { readPaused, type Database, type StreamKey } from '#libs/database';
import { SourceDefinitions } from '#libs/polling';
import type { Environment, LoadedSource, Platform, Secrets } from '#libs/runtime';
import type { PubsubSourceDefinition } from '#libs/sources';
import type { BridgeParts } from './bridge-parts.js';
import { makeStreams, type MadeStream } from './make-pullers.js';
import type { SourceClient } from './source-client.js';
import { SubscriptionPuller } from './subscription-puller.js';

/** What a bridge is made of besides its definitions. */
export interface BridgeWorld {
  app: string;
  database: Database;
  platform: Platform;
  world: { environment: Environment; secrets: Secrets };
  parts: BridgeParts;
}

/**
 * Pulls the subscriptions of a process. Now and then it looks whether settings that a source waits for are there by now, and
 * which streams are paused.
 */
export class Bridge {
  private readonly pullers: { key: StreamKey; puller: SubscriptionPuller }[] = [];
  private readonly clients = new Set<SourceClient>();
  private readonly definitions: SourceDefinitions<MadeStream>;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    sources: readonly LoadedSource<PubsubSourceDefinition>[],
    private readonly its: BridgeWorld,
  ) {
    const { app, database, platform, world } = its;
    this.definitions = new SourceDefinitions(
      sources.map((source) => () => makeStreams(source, world)),
      { app, database, logger: platform.logger },
    );
  }

  /** @throws what the database answered */
  async start(): Promise<void> {
    await this.look();
    this.lookAgain();
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await Promise.all(this.pullers.map(({ puller }) => puller.stop()));
    await Promise.all([...this.clients].map((client) => client.close()));
  }

  private lookAgain(): void {
    const { parts, platform } = this.its;
    this.timer = setTimeout(() => {
      void this.look()
        .catch((error: unknown) => {
          platform.logger.debug({ error }, 'not known what is paused; what was known stands');
        })
        .finally(() => {
          if (!parts.stopping.aborted) this.lookAgain();
        });
    }, parts.times.lookMs);
  }

  private async look(): Promise<void> {
    const { database, parts } = this.its;
    const streams = await this.definitions.look();
    if (parts.stopping.aborted) return;
    for (const stream of streams) this.add(stream);
    const keys = this.pullers.map(({ key }) => key);
    const paused = new Set((await readPaused(database.pool, keys)).map(nameOf));
    if (parts.stopping.aborted) return;
    for (const { key, puller } of this.pullers) puller.setPaused(paused.has(nameOf(key)));
  }

  /** It begins when it is known whether it is paused. */
  private add({ source, stream, bridged, client }: MadeStream): void {
    const { parts, platform } = this.its;
    const puller = new SubscriptionPuller(bridged, client, parts);
    platform.health.addRemark(`subscription ${source}/${stream}`, () => {
      const { failure } = puller;
      return failure && `${failure.code}: ${failure.text}`;
    });
    this.clients.add(client);
    this.pullers.push({ key: { source, stream }, puller });
  }
}

function nameOf({ source, stream }: StreamKey): string {
  return `${source}/${stream}`;
}
