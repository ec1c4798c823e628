import { msOf, type WireMessage, type WireReceived, type WireSubscription } from './wire.js';

/** Who takes messages of a subscription: a streaming pull. */
export interface Taker {
  /** How many more may be outstanding now. */
  room(): { messages: number; bytes: number };
  ackDeadlineMs(): number;
  /** Whether it can take more without their waiting in a buffer. */
  isWritable(): boolean;
  give(messages: WireReceived[]): void;
}

interface Entry {
  message: WireMessage;
  publishedMs: number;
  bytes: number;
  /** Times it was given out. */
  attempts: number;
  isAcked: boolean;
  out: { ackId: string; taker: Taker | undefined; untilMs: number } | undefined;
}

const MOST_AT_ONCE = 500;

/** One subscription's messages, who has them, and until when. */
export class FakeSubscription {
  /** Whom messages are forwarded to that were delivered too often. */
  onDead: (message: WireMessage, attempts: number) => void = () => {};
  /** Acknowledgements that counted. */
  acknowledged = 0;
  readonly takers = new Set<Taker>();
  readonly outstanding = new Map<string, Entry>();
  private readonly entries: Entry[] = [];
  /** Indexes of `entries` that wait, in order; those that came back stand in `again` and go first. */
  private next = 0;
  private again: Entry[] = [];
  private ackIds = 0;
  private readonly held = new Map<Taker, { messages: number; bytes: number }>();

  constructor(readonly settings: WireSubscription) {}

  add(message: WireMessage, publishedMs: number): void {
    const bytes = message.data.length;
    this.entries.push({ message, publishedMs, bytes, attempts: 0, isAcked: false, out: undefined });
  }

  /** Times that each message was given out, by its id. */
  attempts(): Map<string, number> {
    return new Map(this.entries.map((e) => [e.message.messageId, e.attempts]));
  }

  unacked(): number {
    return this.entries.reduce((n, e) => n + (e.isAcked ? 0 : 1), 0);
  }

  heldBy(taker: Taker): { messages: number; bytes: number } {
    const held = this.held.get(taker) ?? { messages: 0, bytes: 0 };
    this.held.set(taker, held);
    return held;
  }

  /** Gives the takers what they may have. */
  deliver(nowMs: number): void {
    let gave = true;
    while (gave) {
      gave = false;
      for (const taker of this.takers) {
        const { messages, bytes } = taker.room();
        if (messages <= 0 || bytes <= 0 || !taker.isWritable()) continue;
        const given = this.take(Math.min(messages, MOST_AT_ONCE), bytes, taker.ackDeadlineMs(), nowMs, taker);
        if (given.length === 0) continue;
        gave = true;
        taker.give(given);
      }
    }
  }

  /** Takes up to so many messages and so many bytes out, at least one message. */
  take(most: number, mostBytes: number, deadlineMs: number, nowMs: number, taker?: Taker): WireReceived[] {
    const taken: WireReceived[] = [];
    const held = taker && this.heldBy(taker);
    let bytes = 0;
    while (taken.length < most && (taken.length === 0 || bytes < mostBytes)) {
      const entry = this.pop();
      if (!entry) break;
      const { deadLetterPolicy: policy } = this.settings;
      if (policy && entry.attempts >= policy.maxDeliveryAttempts) {
        entry.isAcked = true;
        this.onDead(entry.message, entry.attempts);
        continue;
      }
      entry.attempts++;
      const ackId = `${entry.message.messageId}:${++this.ackIds}`;
      entry.out = { ackId, taker, untilMs: nowMs + deadlineMs };
      this.outstanding.set(ackId, entry);
      bytes += entry.bytes;
      if (held) {
        held.messages++;
        held.bytes += entry.bytes;
      }
      taken.push({ ackId, message: entry.message, deliveryAttempt: policy ? entry.attempts : 0 });
    }
    return taken;
  }

  /** @returns ids that are no longer valid */
  acknowledge(ackIds: readonly string[]): string[] {
    return ackIds.filter((ackId) => {
      const entry = this.letGo(ackId);
      if (!entry) return true;
      entry.isAcked = true;
      this.acknowledged++;
      return false;
    });
  }

  /** Longer leases; 0 gives the message back. @returns ids that are no longer valid */
  modify(ackIds: readonly string[], seconds: number, nowMs: number): string[] {
    const back: Entry[] = [];
    const invalid = ackIds.filter((ackId) => {
      const entry = this.outstanding.get(ackId);
      if (!entry) return true;
      if (seconds > 0) entry.out!.untilMs = nowMs + seconds * 1000;
      else back.push(this.letGo(ackId)!);
      return false;
    });
    this.giveBack(back);
    return invalid;
  }

  /** What was out for too long comes back. */
  expire(nowMs: number): void {
    const late = [...this.outstanding].filter(([, { out }]) => out!.untilMs <= nowMs);
    if (late.length > 0) this.giveBack(late.map(([ackId]) => this.letGo(ackId)!));
  }

  /** What was published at or after the instant comes again, as far as it is kept; what was before is acknowledged. */
  seek(toMs: number): void {
    for (const ackId of [...this.outstanding.keys()]) this.letGo(ackId);
    this.again = [];
    this.next = this.entries.length;
    for (const entry of this.entries) {
      if (entry.publishedMs < toMs) entry.isAcked = true;
      else if (!entry.isAcked || this.settings.retainAckedMessages) {
        entry.isAcked = false;
        this.again.push(entry);
      }
    }
  }

  seekToTimestamp(time: { seconds: string; nanos: number }): void {
    this.seek(msOf(time));
  }

  private pop(): Entry | undefined {
    for (let entry = this.again.shift(); entry; entry = this.again.shift()) {
      if (!entry.isAcked && !entry.out) return entry;
    }
    return this.entries[this.next] && this.entries[this.next++];
  }

  private letGo(ackId: string): Entry | undefined {
    const entry = this.outstanding.get(ackId);
    if (!entry) return undefined;
    const held = entry.out!.taker && this.held.get(entry.out!.taker);
    if (held) {
      held.messages--;
      held.bytes -= entry.bytes;
    }
    this.outstanding.delete(ackId);
    entry.out = undefined;
    return entry;
  }

  /** With ordering keys all that follows of the same key comes again behind it. */
  private giveBack(back: readonly Entry[]): void {
    if (back.length === 0) return;
    const again = new Set([...back, ...this.again]);
    if (this.settings.enableMessageOrdering) {
      const first = new Map<string, string>();
      for (const { message } of back) {
        const id = first.get(message.orderingKey);
        if (id === undefined || Number(message.messageId) < Number(id)) {
          first.set(message.orderingKey, message.messageId);
        }
      }
      for (const [ackId, entry] of [...this.outstanding]) {
        const id = first.get(entry.message.orderingKey);
        if (entry.message.orderingKey === '' || id === undefined) continue;
        if (Number(entry.message.messageId) > Number(id)) again.add(this.letGo(ackId)!);
      }
    }
    this.again = [...again].sort((a, b) => Number(a.message.messageId) - Number(b.message.messageId));
  }
}
