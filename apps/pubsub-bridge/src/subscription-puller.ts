import {
  Duration,
  StatusError,
  SubscriptionCloseBehaviors,
  type DebugMessage,
  type Message,
  type Subscription,
} from '@google-cloud/pubsub';
import { BatchBridge } from './batch-bridge.js';
import type { BridgeParts } from './bridge-parts.js';
import type { BridgedStream } from './bridged-stream.js';
import { MessageBatches } from './message-batches.js';
import { pullFailureOf, waitAfter, type PullFailure } from './pull-failure.js';
import type { SourceClient } from './source-client.js';
import { waitUnlessAborted } from '#libs/polling';

/** Leases are extended so long; what takes longer comes again. Pub/Sub forgets nothing meanwhile. */
const MAX_EXTENSION = Duration.from({ minutes: 60 });
const BATCHES_IN_FLIGHT = 3;
/** One stream takes 10 MB/s (Pub/Sub's quotas), and has the whole of `flow_control`. */
const STREAMS = 1;

/** Statuses with which Pub/Sub ends a stream that is well, for the client to open the next. */
const ORDINARY_ENDS = ['ok', 'cancelled', 'deadline_exceeded'];

/** Pulls one subscription until it is stopped, unless it is paused; one that cannot be pulled is tried again and again. */
export class SubscriptionPuller {
  /** Why it is not pulled; undefined while it is. */
  failure: PullFailure | undefined;
  private failures = 0;
  private isSettled = false;
  private subscription: Subscription | undefined;
  private running: Promise<void> | undefined;
  /** A subscription that was left, until what came by it is stored and acknowledged. */
  private closing: Promise<void> = Promise.resolve();
  private isPaused = false;
  /** Ends what is being pulled, or the wait of one that is paused. */
  private interrupt: () => void = () => {};
  private noteTimer: NodeJS.Timeout | undefined;
  private readonly batches: MessageBatches<Message>;

  constructor(
    private readonly stream: BridgedStream,
    private readonly client: SourceClient,
    private readonly parts: BridgeParts,
  ) {
    const bridge = new BatchBridge(stream, parts);
    const limits = { ...stream.batch, inFlight: BATCHES_IN_FLIGHT };
    this.batches = new MessageBatches(limits, (messages) => bridge.bridge(messages));
  }

  /** Begins with it, or goes on; or leaves it: what is in hand is stored and acknowledged, all else stays where it is. */
  setPaused(isPaused: boolean): void {
    const isBegun = this.running !== undefined;
    if (isBegun && isPaused === this.isPaused) return;
    this.isPaused = isPaused;
    const { source, stream } = this.stream;
    if (isBegun || isPaused) {
      const text = isPaused ? 'paused: it is not pulled' : 'resumed: it is pulled again';
      this.parts.platform.logger.info({ source, stream }, text);
    }
    this.interrupt();
    if (isBegun) return;
    this.running = this.run();
    this.noteTimer = setInterval(() => this.note(), this.parts.times.noteMs);
  }

  /** Takes nothing more, stores and acknowledges what is in hand, and gives back what cannot be in time. */
  async stop(): Promise<void> {
    clearInterval(this.noteTimer);
    this.interrupt();
    const closed = this.subscription?.close();
    this.batches.flush();
    await Promise.all([closed?.catch(() => {}), this.closing, this.running]);
  }

  private async run(): Promise<void> {
    const { stopping, random } = this.parts;
    while (!stopping.aborted) {
      if (this.isPaused) {
        await this.untilInterrupted(() => {});
        continue;
      }
      const error = await this.pull().catch((noClient: unknown) => noClient);
      if (stopping.aborted) return;
      if (this.isPaused) {
        this.leave();
        continue;
      }
      const waitMs = waitAfter(this.failures, random());
      this.fail(pullFailureOf(error), waitMs);
      await waitUnlessAborted(waitMs, stopping).catch(() => {});
    }
  }

  /** Resolves with what `listen` hears, or when the puller is stopped, paused or resumed. */
  private untilInterrupted(listen: (resolve: (error: unknown) => void) => void): Promise<unknown> {
    return new Promise<unknown>((resolve) => {
      this.interrupt = () => resolve(undefined);
      if (this.parts.stopping.aborted) resolve(undefined);
      listen(resolve);
    });
  }

  /** Nobody pulls it now, and nobody is to blame. */
  private leave(): void {
    this.batches.flush();
    this.isSettled = false;
    this.failure = undefined;
    this.failures = 0;
  }

  /** Resolves with what ended it, or when it is stopped or paused. @throws ConnectionError */
  private async pull(): Promise<unknown> {
    const subscription = this.client.current().subscription(this.stream.subscription, {
      flowControl: { maxMessages: this.stream.flowControl.messages, maxBytes: this.stream.flowControl.bytes },
      streamingOptions: { maxStreams: STREAMS },
      maxExtensionTime: MAX_EXTENSION,
      closeOptions: {
        behavior: SubscriptionCloseBehaviors.WaitForProcessing,
        timeout: Duration.from({ milliseconds: this.parts.times.drainMs }),
      },
    });
    this.subscription = subscription;
    this.isSettled = false;
    const settle = setTimeout(() => this.succeed(), this.parts.times.settleMs);
    const ended = this.untilInterrupted((resolve) => subscription.on('error', resolve));
    subscription.on('debug', (message: DebugMessage) => this.hear(message));
    const { source, stream } = this.stream;
    const received = this.parts.platform.metrics.pubsubReceived.labels(source, stream);
    subscription.on('message', (message: Message) => {
      if (!this.isSettled) this.succeed();
      received.inc();
      this.batches.add(message);
    });
    try {
      return await ended;
    } finally {
      clearTimeout(settle);
      // What is in hand is acknowledged by the subscription it came from, which closes when that is done
      if (!this.parts.stopping.aborted) this.closing = subscription.close().catch(() => {});
    }
  }

  /** A stream that ended and that the client opens again by itself is a failure until one stays. */
  private hear({ error }: DebugMessage): void {
    if (!(error instanceof StatusError)) return;
    const failure = pullFailureOf(error);
    if (ORDINARY_ENDS.includes(failure.code)) return;
    this.fail(failure, 0);
    this.isSettled = false;
    setTimeout(() => this.succeed(), this.parts.times.settleMs).unref();
  }

  private succeed(): void {
    if (this.parts.stopping.aborted || this.subscription?.isOpen === false) return;
    this.isSettled = true;
    const wasFailing = this.failure !== undefined;
    this.failure = undefined;
    this.failures = 0;
    const { source, stream, subscription } = this.stream;
    if (wasFailing) this.parts.platform.logger.info({ source, stream, subscription }, 'pulled again');
    this.note();
  }

  private fail(failure: PullFailure, waitMs: number): void {
    const { source, stream, subscription } = this.stream;
    const isNews = this.failure?.code !== failure.code;
    this.failure = failure;
    this.failures++;
    const { code, text } = failure;
    const line = { source, stream, subscription, code, why: text, failures: this.failures, next_ms: waitMs };
    if (isNews) this.parts.platform.logger.warn(line, 'the subscription cannot be pulled');
    else this.parts.platform.logger.debug(line, 'the subscription still cannot be pulled');
    this.parts.platform.metrics.pubsubPullFailures.inc({ source, stream, code });
    void this.parts.note({ source, stream, failure: { ...failure, waitMs }, failures: this.failures });
  }

  private note(): void {
    if (this.failure || !this.isSettled) return;
    const { source, stream } = this.stream;
    let watermarkMs = this.parts.now();
    for (const { publishTime } of this.batches.inHand()) {
      watermarkMs = Math.min(watermarkMs, publishTime.getTime());
    }
    this.parts.platform.metrics.pubsubOldestSeconds.set(
      { source, stream },
      (this.parts.now() - watermarkMs) / 1000,
    );
    void this.parts.note({ source, stream, watermarkMs });
  }
}
