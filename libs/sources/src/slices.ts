import type { Instant } from '#libs/events';
import type { JsonObject } from './json.js';

/** What is read in one go, and recorded as one line of the completeness ledger. */
export type Slice =
  /** Half-open: from `from` to before `to`. */
  | {
      type: 'datetime';
      from: Instant;
      to: Instant;
      /** Of a window of the look-back: the tiers (`P7D`) that are read up to its end with it. */
      advancesTiers?: string[];
      /** Those of them that have then been read whole. */
      completesTiers?: string[];
    }
  /** Ids above this one. */
  | { type: 'id'; after: string }
  /** What follows this cursor; the empty text: from the beginning. */
  | { type: 'cursor'; cursor: string }
  | { type: 'full_refresh' };

/** How far a stream has come. Advances only after the log has acknowledged every record of a slice. */
export type StreamState =
  | {
      type: 'datetime';
      /** All from here to the watermark is read. Absent where somebody set the watermark: from the `start` on. */
      read_from?: Instant;
      /** End of the last completed window, never the greatest time seen in a record. */
      watermark: Instant;
      /** When the last whole reading of each tier of the look-back began, by the tier's window (`P7D`). */
      tiers: Record<string, Instant>;
      /** Tiers that are being read, which may take several polls: since when, and up to where. */
      underway?: Record<string, { since: Instant; to: Instant }>;
    }
  | { type: 'id'; greatest: string }
  | { type: 'cursor'; cursor: string }
  | { type: 'full_refresh'; read_at?: Instant };

/** Some records of a page, as they were decoded and selected. */
export interface RecordBatch {
  /** Of the slice, from 1. */
  page: number;
  records: JsonObject[];
  /** When the answer that holds them began to arrive (UTC). */
  receivedAt: Instant;
}

/** What reading a slice to its end has shown. */
export interface SliceResult {
  pages: number;
  /** Raw records, before the selector's filter. */
  read: number;
  /** Records given on. */
  selected: number;
  /** Pages on which the partner's signals whether more follows did not agree. Absent: none. */
  contradictions?: number;
  /** What the partner said that there are in all. */
  statedTotal?: number;
  /** Of a cursor stream: where to go on. */
  nextCursor?: string;
  /** Of an id stream. */
  greatestId?: string;
}
