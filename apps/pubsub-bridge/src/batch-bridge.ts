import type { AckResponse, Message } from '@google-cloud/pubsub';
import { PublishError, type PublishedRecord } from '#libs/event-log';
import { Topic, type DeadLetter, type Rejection } from '#libs/events';
import { publishDeadLetters, publishFitting, type TooLarge } from '#libs/runtime';
import type { PubsubMessage } from '#libs/sources';
import { waitUnlessAborted } from '#libs/polling';
import type { BridgeParts } from './bridge-parts.js';
import { messageOf, type BridgedStream } from './bridged-stream.js';
import { deadLetterOfMessage } from './dead-message.js';
import { waitAfter } from './pull-failure.js';

/** What became of a batch. */
interface Tally {
  acked: number;
  /** Acknowledgements that came too late: the messages come again, with the same ids. */
  late: number;
  nacked: number;
  dead: number;
}

const FIRST_HOLD_MS = 100;

/** Takes batches of one subscription's messages to the log, and acknowledges them when the log has them. */
export class BatchBridge {
  /** Batches in a row that were given back. */
  private failures = 0;

  constructor(
    private readonly stream: BridgedStream,
    private readonly parts: BridgeParts,
  ) {}

  /** Never rejects: messages that could not be stored are given back. */
  async bridge(messages: readonly Message[]): Promise<void> {
    const startedAt = this.parts.now();
    const tally: Tally = { acked: 0, late: 0, nacked: 0, dead: 0 };
    try {
      let done = 0;
      const taken = messages.map(messageOf);
      for (const portion of this.stream.write(taken)) {
        tally.dead += await this.store(taken.slice(done, done + portion.length), portion);
        done += portion.length;
      }
      await acknowledge(messages, tally);
      this.failures = 0;
    } catch (error) {
      await this.giveBack(messages, tally, error);
    }
    this.report(messages, tally, startedAt);
  }

  /** Resolves when the log has what was written of the messages. @returns how many of them became dead letters */
  private async store(
    messages: readonly PubsubMessage[],
    portion: readonly (PublishedRecord | Rejection)[],
  ): Promise<number> {
    const written: { origin: PubsubMessage; records: PublishedRecord[] }[] = [];
    const letters: DeadLetter[] = [];
    for (const [i, record] of portion.entries()) {
      const origin = messages[i]!;
      if ('kind' in record) letters.push(this.letterOf(record, origin));
      else written.push({ origin, records: [record] });
    }
    const { platform } = this.parts;
    const tooLarge = await this.held(() => publishFitting(platform.eventLog, Topic.rawEvents, written));
    letters.push(...tooLarge.map((t) => this.letterOfTooLarge(t)));
    if (letters.length > 0) await this.held(() => publishDeadLetters(platform, 'pubsub-bridge', letters));
    return letters.length;
  }

  /**
   * Asks a log that is down again and again: meanwhile leases are extended, and flow control lets nothing more come.
   * @throws what `work` throws, except a PublishError before the process is stopped
   */
  private async held<T>(work: () => Promise<T>): Promise<T> {
    const { times, random, stopping, platform } = this.parts;
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof PublishError) || stopping.aborted) throw error;
        const full = Math.min(times.longestHoldMs, FIRST_HOLD_MS * 2 ** Math.min(attempt, 20));
        if (attempt === 0) {
          const { source, stream } = this.stream;
          platform.logger.warn({ source, stream, why: error.message }, 'the log is down: messages are held');
        }
        await waitUnlessAborted(Math.round(full * (1 - random() / 2)), stopping).catch(() => {});
      }
    }
  }

  /** Where it is not the log that is down, the next attempt is not made at once. */
  private async giveBack(messages: readonly Message[], tally: Tally, error: unknown): Promise<void> {
    const { source, stream } = this.stream;
    const isLog = error instanceof PublishError;
    this.parts.platform.logger.warn(
      { source, stream, messages: messages.length, ...(isLog ? { why: error.message } : { error }) },
      'messages are given back: they could not be stored',
    );
    const { stopping, random } = this.parts;
    const waitMs = waitAfter(this.failures++, random());
    await waitUnlessAborted(waitMs, stopping).catch(() => {});
    for (const message of messages) message.nack();
    tally.nacked = messages.length;
  }

  private letterOf(rejection: Rejection, message: PubsubMessage): DeadLetter {
    return deadLetterOfMessage(rejection, this.stream.source, message, this.parts.now());
  }

  private letterOfTooLarge({ origin, sizeBytes, limitBytes }: TooLarge<PubsubMessage>): DeadLetter {
    const detail = `the record has ${sizeBytes} bytes; the log takes at most ${limitBytes}`;
    return this.letterOf({ kind: 'dead_letter', reason: 'too_large', path: '', detail }, origin);
  }

  private report(messages: readonly Message[], tally: Tally, startedAt: number): void {
    const { metrics, logger } = this.parts.platform;
    const { source, stream } = this.stream;
    const now = this.parts.now();
    const redelivered = messages.filter((m) => m.deliveryAttempt > 1).length;
    const oldestMs = messages.reduce((least, m) => Math.min(least, m.publishTime.getTime()), Infinity);
    for (const outcome of ['acked', 'late', 'nacked', 'dead'] as const) {
      if (tally[outcome] > 0) metrics.pubsubMessages.inc({ source, stream, outcome }, tally[outcome]);
    }
    if (redelivered > 0) metrics.pubsubRedelivered.inc({ source, stream }, redelivered);
    metrics.pubsubBatchMessages.observe({ source, stream }, messages.length);
    metrics.pubsubAgeSeconds.observe({ source, stream }, Math.max(0, now - oldestMs) / 1000);
    const { acked, late, nacked, dead } = tally;
    logger.info(
      {
        ...{ source, stream, in: messages.length, acked, dead },
        ...(nacked > 0 && { nacked }),
        ...(late > 0 && { late }),
        ...(redelivered > 0 && { redelivered }),
        oldest_s: Math.round((now - oldestMs) / 1000),
        ms: now - startedAt,
      },
      'bridged',
    );
  }
}

/**
 * Acknowledges what the log has. On a subscription with exactly-once delivery each acknowledgement is confirmed, and the
 * client tries it again where it may help; on others it is sent and not waited for.
 */
async function acknowledge(messages: readonly Message[], tally: Tally): Promise<void> {
  const confirmed: Promise<AckResponse>[] = [];
  for (const message of messages) {
    if (isPlain(message)) {
      message.ack();
      tally.acked++;
    } else confirmed.push(message.ackWithResponse());
  }
  for (const outcome of await Promise.allSettled(confirmed)) {
    if (outcome.status === 'fulfilled') tally.acked++;
    else tally.late++;
  }
}

/** Whether the client knows that delivery is not exactly once; its types do not show that. */
function isPlain(message: Message & { isExactlyOnceDelivery?: boolean }): boolean {
  return message.isExactlyOnceDelivery === false;
}
