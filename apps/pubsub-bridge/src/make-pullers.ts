import type { PubSub } from '@google-cloud/pubsub';
import type { LoadedDefinition } from '#libs/database';
import { canonicalJson, hashParts } from '#libs/events';
import { missingSettings, type Environment, type LoadedSource, type Secrets } from '#libs/runtime';
import type { PubsubSourceDefinition } from '#libs/sources';
import { bridgedStreamOf, type BridgedStream } from './bridged-stream.js';
import { openPubsub } from './pubsub-client.js';

/** A definition, and which settings it waits for before its subscriptions are pulled. */
export interface MadeDefinition extends LoadedDefinition {
  waitsFor: string[];
}

/** A subscription that is to be pulled. */
export interface MadeStream {
  bridged: BridgedStream;
  client: PubSub;
  /** Changes with the definition. */
  definitionHash: string;
}

/**
 * Makes what the definitions say; of one that cannot be used is said why not. One whose secrets or variables are not set
 * is not pulled: that is no error.
 */
export function makeStreams(
  sources: readonly LoadedSource<PubsubSourceDefinition>[],
  world: { environment: Environment; secrets: Secrets },
): { streams: MadeStream[]; clients: PubSub[]; definitions: MadeDefinition[] } {
  const streams: MadeStream[] = [];
  const clients: PubSub[] = [];
  const definitions = sources.map(({ source, schemas, file }): MadeDefinition => {
    const waitsFor = missingSettings(source, world.environment, world.secrets);
    const definition = { file, source: source.name, streams: source.streams.map((s) => s.name), waitsFor };
    if (waitsFor.length > 0) {
      return { ...definition, problems: [`not pulled until these are set: ${waitsFor.join(', ')}`] };
    }
    try {
      const client = openPubsub(source, world);
      const made = source.streams.map((stream) => ({
        bridged: bridgedStreamOf(source, stream, stream.schema && schemas.get(stream.schema.$ref)),
        client,
        definitionHash: hashParts([canonicalJson({ ...source, streams: [stream] })]),
      }));
      clients.push(client);
      streams.push(...made);
      return { ...definition, problems: [] };
    } catch (error) {
      return { ...definition, problems: [error instanceof Error ? error.message : String(error)] };
    }
  });
  return { streams, clients, definitions };
}
