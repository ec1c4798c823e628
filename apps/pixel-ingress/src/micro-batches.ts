import type { LogRecord } from '#libs/event-log';

/** The event was not taken in, or it is not known whether the log has it: the caller should call again. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
  constructor(
    readonly reason: 'overloaded' | 'log_failed' | 'log_slow',
    options?: ErrorOptions,
  ) {
    super(`the event log does not take events now: ${reason}`, options);
  }
}

export interface MicroBatchLimits {
  /** Bounds of one batch; one call's larger share is split. */
  maxRecords: number;
  maxBytes: number;
  /** How long after the batch before it a batch that is not full leaves at the earliest. */
  lingerMs: number;
  /** How many batches are under way at once. */
  maxInFlight: number;
  /** Events taken in and not yet acknowledged, and what they hold; above either calls are turned away. */
  maxPending: number;
  maxPendingBytes: number;
  /** From a batch's first event to the answer to its calls. */
  timeoutMs: number;
}

/** Hears of what goes on, for metrics. */
export interface MicroBatchObserver {
  pending(events: number): void;
  /** A batch is acknowledged. @param ms since its first event */
  acknowledged(ms: number): void;
  failed(error: UnavailableError): void;
}

interface Batch {
  records: LogRecord[];
  bytes: number;
  openedAtMs: number;
  timer: NodeJS.Timeout | undefined;
  answered: Promise<void>;
  resolve(): void;
  reject(error: UnavailableError): void;
}

/**
 * Publishes what arrives at nearly the same time together. A batch leaves at the end of the event loop's turn,
 * with all calls that were read in it; but a few milliseconds after the one before at the earliest, since a
 * request costs the log and us much the same whatever is in it; and with all under way, when one is back. So a
 * lonely call waits for nobody, and batches grow with the load.
 */
export class MicroBatches {
  private open: Batch | undefined;
  private readonly waiting: Batch[] = [];
  private readonly unanswered = new Set<Promise<void>>();
  private inFlight = 0;
  private pending = 0;
  private pendingBytes = 0;
  /** Set while the open batch waits for its time. */
  private linger: NodeJS.Timeout | undefined;
  private lastSentAtMs = -Infinity;

  /** @param publish resolves when the records are durable */
  constructor(
    private readonly publish: (records: LogRecord[]) => Promise<unknown>,
    private readonly limits: MicroBatchLimits,
    private readonly observer: MicroBatchObserver,
  ) {}

  /** Resolves when the log has the record. @throws UnavailableError */
  add(record: LogRecord): Promise<void> {
    if (!this.hasRoomFor(1, sizeOf(record))) return Promise.reject(new UnavailableError('overloaded'));
    return this.append(record);
  }

  /** Resolves when the log has all records of a call. @throws UnavailableError: it may have some */
  async addAll(records: readonly LogRecord[]): Promise<void> {
    const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
    if (!this.hasRoomFor(records.length, bytes)) throw new UnavailableError('overloaded');
    await Promise.all(new Set(records.map((record) => this.append(record))));
  }

  /** Resolves when every call so far has its answer. */
  async drained(): Promise<void> {
    while (this.unanswered.size > 0) await Promise.allSettled(this.unanswered);
  }

  private hasRoomFor(records: number, bytes: number): boolean {
    const { maxPending, maxPendingBytes } = this.limits;
    if (this.pending + records > maxPending) return false;
    return this.pendingBytes + bytes <= maxPendingBytes || this.pending === 0;
  }

  private append(record: LogRecord): Promise<void> {
    const size = sizeOf(record);
    if (this.open && this.open.bytes + size > this.limits.maxBytes) this.closeOpen();
    const batch = this.open ?? this.openBatch();
    batch.records.push(record);
    batch.bytes += size;
    this.pending++;
    this.pendingBytes += size;
    if (batch.records.length >= this.limits.maxRecords) this.closeOpen();
    return batch.answered;
  }

  private openBatch(): Batch {
    let resolve!: () => void;
    let reject!: (error: UnavailableError) => void;
    const answered = new Promise<void>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    const batch: Batch = {
      records: [],
      bytes: 0,
      openedAtMs: performance.now(),
      timer: undefined,
      answered,
      resolve,
      reject,
    };
    // Neither timer keeps the process alive: the server does
    batch.timer = setTimeout(() => this.expire(batch), this.limits.timeoutMs).unref();
    this.unanswered.add(answered);
    this.open = batch;
    const waitMs = this.lastSentAtMs + this.limits.lingerMs - batch.openedAtMs;
    if (waitMs > 0) this.linger = this.lingerFor(waitMs);
    else setImmediate(() => this.open === batch && this.sendOpen());
    return batch;
  }

  /** Answers the calls of a batch that took too long; what has not left yet never does: they will call again. */
  private expire(batch: Batch): void {
    const error = new UnavailableError('log_slow');
    batch.reject(error);
    this.observer.failed(error);
    const at = this.waiting.indexOf(batch);
    if (at !== -1) this.waiting.splice(at, 1);
    else if (this.open === batch) this.dropOpen();
    else return; // under way: it keeps its place until the log has answered
    this.forget(batch);
  }

  private lingerFor(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.linger = undefined;
      this.sendOpen();
    }, ms).unref();
  }

  /** Its time has come: it leaves, or goes on growing until one is back. */
  private sendOpen(): void {
    if (this.inFlight < this.limits.maxInFlight) this.closeOpen();
  }

  /** Ends the open batch, and sends it as soon as one may be under way. */
  private closeOpen(): void {
    this.waiting.push(this.open!);
    this.dropOpen();
    this.sendWaiting();
  }

  private dropOpen(): void {
    this.open = undefined;
    clearTimeout(this.linger);
    this.linger = undefined;
  }

  private sendWaiting(): void {
    while (this.inFlight < this.limits.maxInFlight && this.waiting.length > 0) {
      void this.send(this.waiting.shift()!);
    }
  }

  /** Never rejects: the batch's calls get the error. */
  private async send(batch: Batch): Promise<void> {
    this.inFlight++;
    this.lastSentAtMs = performance.now();
    this.observer.pending(this.pending);
    try {
      await this.publish(batch.records);
      batch.resolve();
      this.observer.acknowledged(performance.now() - batch.openedAtMs);
    } catch (cause) {
      const error = new UnavailableError('log_failed', { cause });
      batch.reject(error);
      this.observer.failed(error);
    }
    this.inFlight--;
    this.forget(batch);
    if (this.waiting.length > 0) this.sendWaiting();
    else if (this.open && !this.linger) this.closeOpen();
  }

  private forget(batch: Batch): void {
    clearTimeout(batch.timer);
    this.unanswered.delete(batch.answered);
    this.pending -= batch.records.length;
    this.pendingBytes -= batch.bytes;
    this.observer.pending(this.pending);
  }
}

/** Characters, not bytes: a bound of memory, and the log has its own. */
function sizeOf({ key, value }: LogRecord): number {
  return key.length + value!.length;
}
