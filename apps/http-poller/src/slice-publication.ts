import type { PublishedRecord } from '#libs/event-log';
import type { EncodedRecord } from '#libs/events';
import { ContentHash } from './content-hash.js';
import type { HoldRoom } from './hold-room.js';

/** A batch goes out when it has so many records or bytes; so many batches are on their way at once. */
const BATCH_RECORDS = 1_000;
const BATCH_BYTES = 1_000_000;
const MAX_IN_FLIGHT = 3;
/** A slice of more records goes out as it comes, changed or not. */
const MAX_HELD_RECORDS = 20_000;

interface Held {
  records: EncodedRecord[];
  bytes: number;
}

/** Resolves when the log has all of them. */
export type SendRecords = (records: readonly PublishedRecord[]) => Promise<void>;

/**
 * Sends the records of one slice to the log, in batches, a few at a time: `add` waits where the log is slower than the
 * partner. Where the slice was read before, its records are held back as long as there is room for them, and are sent
 * only if they are others than last time.
 */
export class SlicePublication {
  /** Whether anything was sent, acknowledged or not. */
  sent = false;
  private readonly hash = new ContentHash();
  private batch: EncodedRecord[] = [];
  private batchBytes = 0;
  private held: Held | undefined;
  private readonly inFlight = new Set<Promise<void>>();
  private failure: { error: unknown } | undefined;

  /** @param before content of the slice when it was last read; absent: everything is sent as it comes */
  constructor(
    private readonly send: SendRecords,
    private readonly room: HoldRoom,
    private readonly before: string | undefined,
  ) {
    if (before !== undefined) this.held = { records: [], bytes: 0 };
  }

  /** @throws what the log answered to an earlier batch */
  async add(records: readonly EncodedRecord[]): Promise<void> {
    this.throwFailure();
    for (const record of records) {
      this.hash.add(record.event_id);
      const wait = this.held ? this.hold(this.held, record) : this.fills(record) && this.sendFullBatch();
      if (wait) await wait;
    }
  }

  /**
   * Resolves when the log has everything that it is to have.
   * @throws what the log answered
   */
  async end(): Promise<{ contentHash: string; changed: boolean | null }> {
    const contentHash = String(this.hash);
    const changed = this.before === undefined ? null : this.before !== contentHash;
    if (changed === false) this.drop();
    else await this.letGo();
    this.sendBatch();
    await this.settle();
    this.throwFailure();
    return { contentHash, changed };
  }

  /** Sends no more, and resolves when nothing is on its way. */
  async abandon(): Promise<void> {
    this.drop();
    this.batch = [];
    await this.settle();
  }

  /** Lets all of them go where there is no room for one more. */
  private hold(held: Held, record: EncodedRecord): Promise<void> | undefined {
    held.records.push(record);
    if (held.records.length > MAX_HELD_RECORDS || !this.room.take(record.value.length)) return this.letGo();
    held.bytes += record.value.length;
    return undefined;
  }

  private async letGo(): Promise<void> {
    if (!this.held) return;
    const { records } = this.held;
    try {
      for (const record of records) if (this.fills(record)) await this.sendFullBatch();
    } finally {
      this.drop();
    }
  }

  private drop(): void {
    if (this.held) this.room.giveBack(this.held.bytes);
    this.held = undefined;
  }

  /** Takes the record into the batch. @returns whether that is full now */
  private fills(record: EncodedRecord): boolean {
    this.batch.push(record);
    this.batchBytes += record.value.length;
    return this.batch.length >= BATCH_RECORDS || this.batchBytes >= BATCH_BYTES;
  }

  private async sendFullBatch(): Promise<void> {
    this.throwFailure();
    while (this.inFlight.size >= MAX_IN_FLIGHT) await Promise.race(this.inFlight);
    this.sendBatch();
  }

  private sendBatch(): void {
    if (this.batch.length === 0) return;
    const sending: Promise<void> = this.send(this.batch)
      .catch((error: unknown) => void (this.failure ??= { error }))
      .finally(() => this.inFlight.delete(sending));
    this.inFlight.add(sending);
    this.sent = true;
    this.batch = [];
    this.batchBytes = 0;
  }

  private async settle(): Promise<void> {
    await Promise.all(this.inFlight);
  }

  private throwFailure(): void {
    if (this.failure) throw this.failure.error;
  }
}
