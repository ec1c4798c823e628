import { v1, type PubSub } from '@google-cloud/pubsub';
import { loadPubsub, pullFailureOf } from '#apps/pubsub-bridge';
import { missingOfSource, readEnvironment, secretsOf } from '#libs/runtime';
import type { PubsubSourceDefinition, PubsubStreamDefinition } from '#libs/sources';
import { CommandFailed } from '../../exit-code.js';
import type { SourceFile } from '../load-source.js';

/** A stream of a source of Pub/Sub. */
export interface FoundSubscription {
  source: PubsubSourceDefinition;
  stream: PubsubStreamDefinition;
  /** Of its records. */
  recordSchema: object | undefined;
}

/** The stream of that name; all where none is named. @throws CommandFailed where there is none of that name */
export function foundSubscriptions(
  file: SourceFile,
  source: PubsubSourceDefinition,
  streamName: string | undefined,
): FoundSubscription[] {
  const names = source.streams.map((s) => s.name);
  if (streamName !== undefined && !names.includes(streamName)) {
    throw new CommandFailed(`${source.name} has no stream ${streamName}; it has ${names.join(', ')}`);
  }
  return source.streams
    .filter((stream) => streamName === undefined || stream.name === streamName)
    .map((stream) => ({
      ...{ source, stream },
      recordSchema: stream.schema && file.schemas.get(stream.schema.$ref),
    }));
}

/** The one stream that is meant. @throws CommandFailed where several could be */
export function foundSubscription(
  file: SourceFile,
  source: PubsubSourceDefinition,
  streamName: string | undefined,
): FoundSubscription {
  const found = foundSubscriptions(file, source, streamName);
  if (found.length === 1) return found[0]!;
  const names = found.map(({ stream }) => stream.name).join(', ');
  throw new CommandFailed(`${source.name} has several streams; name one of ${names}`);
}

/** Ways to ask Pub/Sub of one subscription. */
export interface SubscriptionAccess {
  /** `projects/<project>/subscriptions/<name>`. */
  name: string;
  client: PubSub;
  api: v1.SubscriberClient;
}

/**
 * Opens a subscription for `work` and lets go of it.
 * @throws CommandFailed where settings are missing, or with what Pub/Sub answered
 */
export async function withSubscription<T>(
  { source, stream }: FoundSubscription,
  work: (access: SubscriptionAccess) => Promise<T>,
): Promise<T> {
  const environment = readEnvironment();
  const secrets = secretsOf(environment);
  const missing = missingOfSource(source, environment, secrets);
  if (missing.length > 0) throw new CommandFailed(`${source.name} is not set up: set ${missing.join(', ')}`);
  const { openPubsub, ConnectionError } = await loadPubsub();
  let client: PubSub | undefined;
  let api: v1.SubscriberClient | undefined;
  try {
    client = openPubsub(source, { environment, secrets });
    api = new v1.SubscriberClient(client.options as ConstructorParameters<typeof v1.SubscriberClient>[0]);
    const { subscription } = stream;
    const name = subscription.startsWith('projects/')
      ? subscription
      : `projects/${source.project ?? (await client.auth.getProjectId())}/subscriptions/${subscription}`;
    return await work({ name, client, api });
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    if (error instanceof ConnectionError) throw new CommandFailed(`${source.name}: ${error.message}`);
    const { code, text } = pullFailureOf(error);
    throw new CommandFailed(`${source.name} ${stream.name}: ${code}: ${text}`);
  } finally {
    await api?.close();
    await client?.close();
  }
}
