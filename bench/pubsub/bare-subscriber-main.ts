import { Duration, PubSub, type Message } from '@google-cloud/pubsub';

/**
 * Limit of every subscriber on Node with Google's client: acknowledges each message at once and does nothing else. Its
 * argument is the server's host. Its settings are those of the bridge.
 */
const client = new PubSub({
  projectId: 'test',
  apiEndpoint: process.argv[2]!,
  emulatorMode: true,
  credentials: { client_email: 'emulator', private_key: 'emulator' },
});
const subscription = client.subscription('bench', {
  flowControl: { maxMessages: 5_000, maxBytes: 64 * 1024 * 1024 },
  streamingOptions: { maxStreams: 1 },
  maxExtensionTime: Duration.from({ minutes: 60 }),
});
subscription.on('message', (message: Message) => message.ack());
process.once('SIGTERM', () => process.exit(0));
