import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { FakeSubscription, type Taker } from './fake-subscription.js';
import { invalidAckIds } from './invalid-ack-ids.js';
import { pubsubServices } from './protos.js';
import {
  timestampOf,
  type WireMessage,
  type WirePullRequest,
  type WireReceived,
  type WireSubscription,
} from './wire.js';

/** A message to publish. */
export interface Publishable {
  data?: Buffer | string;
  attributes?: Record<string, string>;
  orderingKey?: string;
}

type Unary<Request> = (request: Request) => object;

const TICK_MS = 20;
const KEEP = 100 * 1024 * 1024;

/** A status of gRPC that a call ends with. */
class CallError extends Error {
  constructor(
    readonly code: status,
    readonly details: string,
    readonly metadata?: Metadata,
  ) {
    super(details);
  }
}

/**
 * Google Pub/Sub over gRPC, in memory and quick: topics, subscriptions, streaming and unary pull, ack deadlines and
 * redelivery, ordering keys, exactly-once delivery, delivery attempts and dead letters, seek. What tests want to do to it
 * are methods. One contract holds it against Google's own fake (`test/pubsub/contract.ts`).
 */
export class FakePubsub {
  readonly subscriptions = new Map<string, FakeSubscription>();
  /** Calls by their names. */
  readonly calls = new Map<string, number>();
  private readonly topics = new Set<string>();
  private readonly denied = new Map<string, CallError>();
  private readonly streams = new Set<ServerDuplexStream<WirePullRequest, object>>();
  private readonly server = new Server({ 'grpc.max_receive_message_length': KEEP });
  private messageIds = 0;
  private tick: NodeJS.Timeout | undefined;
  private isDelivering = false;
  private port = 0;

  static async start(port = 0): Promise<FakePubsub> {
    const fake = new FakePubsub();
    const { Publisher, Subscriber } = pubsubServices();
    const unary = <Request>(name: string, answer: Unary<Request>) => {
      return (call: ServerUnaryCall<Request, object>, done: sendUnaryData<object>): void => {
        fake.calls.set(name, (fake.calls.get(name) ?? 0) + 1);
        try {
          done(null, answer(call.request));
        } catch (error) {
          if (!(error instanceof CallError)) throw error;
          done({
            code: error.code,
            details: error.details,
            ...(error.metadata && { metadata: error.metadata }),
          });
        }
        fake.deliverSoon();
      };
    };
    fake.server.addService(Publisher.service, {
      createTopic: unary<{ name: string }>('createTopic', (topic) => fake.createTopic(topic)),
      publish: unary<{ topic: string; messages: WireMessage[] }>('publish', ({ topic, messages }) => ({
        messageIds: fake.take(topic, messages),
      })),
    });
    fake.server.addService(Subscriber.service, {
      createSubscription: unary<WireSubscription>('createSubscription', (s) => fake.create(s)),
      getSubscription: unary<{ subscription: string }>(
        'getSubscription',
        ({ subscription }) => fake.find(subscription).settings,
      ),
      pull: unary<{ subscription: string; maxMessages: number }>('pull', (r) => fake.pull(r)),
      acknowledge: unary<{ subscription: string; ackIds: string[] }>('acknowledge', (r) => {
        const subscription = fake.find(r.subscription);
        return fake.answerIds(subscription, subscription.acknowledge(r.ackIds));
      }),
      modifyAckDeadline: unary<{ subscription: string; ackIds: string[]; ackDeadlineSeconds: number }>(
        'modifyAckDeadline',
        (r) => {
          const subscription = fake.find(r.subscription);
          return fake.answerIds(
            subscription,
            subscription.modify(r.ackIds, r.ackDeadlineSeconds, Date.now()),
          );
        },
      ),
      seek: unary<{ subscription: string; time: { seconds: string; nanos: number } }>('seek', (r) => {
        fake.find(r.subscription).seekToTimestamp(r.time);
        return {};
      }),
      streamingPull: (stream: ServerDuplexStream<WirePullRequest, object>) => fake.stream(stream),
    });
    fake.port = await new Promise<number>((resolve, reject) => {
      fake.server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    fake.tick = setInterval(() => {
      for (const subscription of fake.subscriptions.values()) subscription.expire(Date.now());
      fake.deliver();
    }, TICK_MS);
    return fake;
  }

  /** For `PUBSUB_EMULATOR_HOST`. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  createTopic({ name }: { name: string }): { name: string } {
    if (this.topics.has(name)) throw new CallError(status.ALREADY_EXISTS, `Topic already exists: ${name}`);
    this.topics.add(name);
    return { name };
  }

  /** A topic and a subscription of it under one name. @returns the subscription's full name */
  subscribed(name: string, more: Partial<WireSubscription> = {}, project = 'test'): string {
    const topic = `projects/${project}/topics/${name}`;
    if (!this.topics.has(topic)) this.createTopic({ name: topic });
    const full = `projects/${project}/subscriptions/${name}`;
    this.create({ ...EMPTY_SUBSCRIPTION, ...more, name: full, topic });
    return full;
  }

  create(settings: WireSubscription): WireSubscription {
    if (this.subscriptions.has(settings.name)) {
      throw new CallError(status.ALREADY_EXISTS, `Subscription already exists: ${settings.name}`);
    }
    const kept = { ...settings, ackDeadlineSeconds: settings.ackDeadlineSeconds || 10 };
    const subscription = new FakeSubscription(kept);
    subscription.onDead = (message, attempts) => {
      const attributes = {
        ...message.attributes,
        CloudPubSubDeadLetterSourceDeliveryCount: String(attempts),
        CloudPubSubDeadLetterSourceSubscription: settings.name.split('/').at(-1)!,
      };
      this.take(settings.deadLetterPolicy!.deadLetterTopic, [{ ...message, attributes }]);
    };
    this.subscriptions.set(settings.name, subscription);
    return kept;
  }

  /** Publishes without the wire. @returns the messages' ids */
  publish(name: string, messages: readonly Publishable[], project = 'test'): string[] {
    const ids = this.take(
      `projects/${project}/topics/${name}`,
      messages.map(({ data = '', attributes = {}, orderingKey = '' }) => ({
        ...{ data: Buffer.from(data), attributes, orderingKey, messageId: '', publishTime: null },
      })),
    );
    this.deliverSoon();
    return ids;
  }

  /** From now on what is asked of the subscription is refused; undefined: no longer. */
  deny(subscription: string, code: status | undefined, details = 'denied by the test'): void {
    if (code === undefined) this.denied.delete(subscription);
    else this.denied.set(subscription, new CallError(code, details));
    if (code !== undefined) this.endStreams(code, details);
  }

  /** Ends every stream, as a restart of the server does. */
  endStreams(code: status, details: string): void {
    for (const stream of this.streams) stream.emit('error', { code, details });
  }

  subscription(name: string): FakeSubscription {
    return this.find(name);
  }

  async stop(): Promise<void> {
    clearInterval(this.tick);
    this.server.forceShutdown();
  }

  private find(name: string): FakeSubscription {
    const refused = this.denied.get(name);
    if (refused) throw refused;
    const found = this.subscriptions.get(name);
    if (!found) throw new CallError(status.NOT_FOUND, `Resource not found (resource=${name}).`);
    return found;
  }

  private take(topic: string, messages: readonly WireMessage[]): string[] {
    if (!this.topics.has(topic)) throw new CallError(status.NOT_FOUND, `Topic not found: ${topic}`);
    const now = Date.now();
    const readers = [...this.subscriptions.values()].filter((s) => s.settings.topic === topic);
    return messages.map((message) => {
      const messageId = String(++this.messageIds);
      const stored = { ...message, messageId, publishTime: timestampOf(now) };
      for (const reader of readers) reader.add(stored, now);
      return messageId;
    });
  }

  private pull({ subscription: name, maxMessages }: { subscription: string; maxMessages: number }): object {
    const subscription = this.find(name);
    const deadlineMs = subscription.settings.ackDeadlineSeconds * 1000;
    return { receivedMessages: subscription.take(maxMessages, Infinity, deadlineMs, Date.now()) };
  }

  /** Only exactly-once delivery says which ids were no longer valid. */
  private answerIds({ settings }: FakeSubscription, invalid: readonly string[]): object {
    if (!settings.enableExactlyOnceDelivery || invalid.length === 0) return {};
    throw new CallError(
      status.FAILED_PRECONDITION,
      'Some acknowledgement ids in the request were invalid.',
      invalidAckIds(invalid),
    );
  }

  private stream(stream: ServerDuplexStream<WirePullRequest, object>): void {
    let subscription: FakeSubscription | undefined;
    let taker: Taker | undefined;
    this.streams.add(stream);
    stream.on('data', (request: WirePullRequest) => {
      if (subscription) return; // keeps the stream open
      try {
        subscription = this.find(request.subscription);
      } catch (error) {
        stream.emit('error', error);
        return;
      }
      const reader = subscription;
      taker = takerOf(stream, request, reader);
      reader.takers.add(taker);
      this.deliverSoon();
    });
    stream.on('drain', () => this.deliverSoon());
    const end = (): void => {
      this.streams.delete(stream);
      if (taker) subscription?.takers.delete(taker);
    };
    stream.on('cancelled', end).on('close', end).on('error', end);
    stream.on('end', () => stream.end());
  }

  private deliverSoon(): void {
    if (this.isDelivering) return;
    this.isDelivering = true;
    setImmediate(() => {
      this.isDelivering = false;
      this.deliver();
    });
  }

  private deliver(): void {
    for (const subscription of this.subscriptions.values()) {
      if (subscription.takers.size > 0) subscription.deliver(Date.now());
    }
  }
}

const EMPTY_SUBSCRIPTION: Omit<WireSubscription, 'name' | 'topic'> = {
  ackDeadlineSeconds: 10,
  retainAckedMessages: false,
  messageRetentionDuration: { seconds: '604800', nanos: 0 },
  enableMessageOrdering: false,
  enableExactlyOnceDelivery: false,
  deadLetterPolicy: null,
};

function takerOf(
  stream: ServerDuplexStream<WirePullRequest, object>,
  request: WirePullRequest,
  subscription: FakeSubscription,
): Taker {
  const { settings } = subscription;
  const most = Number(request.maxOutstandingMessages) || Infinity;
  const mostBytes = Number(request.maxOutstandingBytes) || Infinity;
  const subscriptionProperties = {
    exactlyOnceDeliveryEnabled: settings.enableExactlyOnceDelivery,
    messageOrderingEnabled: settings.enableMessageOrdering,
  };
  const taker: Taker = {
    room: () => {
      const held = subscription.heldBy(taker);
      return { messages: most - held.messages, bytes: mostBytes - held.bytes };
    },
    ackDeadlineMs: () => (request.streamAckDeadlineSeconds || settings.ackDeadlineSeconds) * 1000,
    isWritable: () => !stream.writableNeedDrain && !stream.cancelled,
    give: (receivedMessages: WireReceived[]) => {
      stream.write({ receivedMessages, subscriptionProperties });
    },
  };
  return taker;
}
