import { PubSub } from '@google-cloud/pubsub';
import { missingOfSource, type Environment, type Secrets } from '#libs/runtime';
import type { PubsubSourceDefinition } from '#libs/sources';
import { ConnectionError } from './connection-error.js';
import { clientConfigOf } from './pubsub-client.js';

/**
 * The client of one source, for all its subscriptions. Secrets are read whenever it is asked for: where they have changed it
 * is made anew, and the former one lives on for what came by it and is to be acknowledged.
 */
export class SourceClient {
  private made: { client: PubSub; config: string } | undefined;
  private readonly all: PubSub[] = [];

  constructor(
    private readonly source: PubsubSourceDefinition,
    private readonly world: { environment: Environment; secrets: Secrets },
  ) {}

  /** @throws ConnectionError */
  current(): PubSub {
    const { environment, secrets } = this.world;
    const missing = missingOfSource(this.source, environment, secrets);
    if (missing.length > 0) throw new ConnectionError('secret', `set ${missing.join(', ')}`);
    const settings = clientConfigOf(this.source, this.world);
    const config = JSON.stringify(settings);
    if (this.made?.config !== config) {
      this.made = { client: new PubSub(settings), config };
      this.all.push(this.made.client);
    }
    return this.made.client;
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((client) => client.close().catch(() => {})));
  }
}
