import type { EncodedRecord, Instant } from '#libs/events';
import type { ToldRecord } from '#libs/polling';
import type { JsonObject, JsonValue, RecordBatch, Slice, SliceResult, StreamState } from '#libs/sources';

/** What the poller knows of a stream: made once from its definition, at the start. */
export interface PolledStream {
  source: string;
  stream: string;
  pollIntervalMs: number;
  /** Changes with the definition. */
  definitionHash: string;
  slices: SliceRules;
  /**
   * Reads a slice to its end: records as they come, then what the whole has shown.
   * @throws SliceError why it could not be read; the signal's reason
   */
  read: ReadSlice;
  /** The records as they go into the log. */
  encode(records: readonly JsonObject[], receivedAt: Instant): EncodedRecord[];
  /** What the stream's mapping makes of the record. */
  tell(record: JsonObject, receivedAt: Instant): ToldRecord;
  /** The record's instant or number that grows whenever it changes; absent where the definition names none. */
  cursorOf?(record: JsonObject): JsonValue | undefined;
}

/** Live polls come first: a backfill leaves a part of the partner's budget to them. */
export type Urgency = 'live' | 'backfill';

export type ReadSlice = (
  slice: Slice,
  urgency: Urgency,
  signal: AbortSignal,
) => AsyncGenerator<RecordBatch, SliceResult>;

/** How a stream is cut into slices. */
export interface SliceRules {
  initialState(): StreamState;
  /** What is due now, in the order in which it is read. */
  plan(state: StreamState, now: Instant): Slice[];
  /**
   * The state behind a slice that was read to its end and acknowledged.
   * @param now the instant of the plan
   */
  advance(state: StreamState, slice: Slice, result: SliceResult, now: Instant): StreamState;
  /**
   * Since when there may be something that could be read and is not; undefined of streams that are not read by time.
   * @param state behind the slice
   * @param now the instant of the plan
   */
  behindSince(state: StreamState, slice: Slice, now: Instant): Instant | undefined;
  /** The slices of a stretch of history. */
  backfill(from: Instant, to: Instant): Slice[];
}
