import type { Ga4Row, Shard } from '#libs/ga4';
import { SliceError } from '#libs/sources';

/** A shard as the export has it now. */
export interface ShardInfo extends Shard {
  /** Its name: `events_20261120`, `events_intraday_20261120`. */
  id: string;
  /** Of the whole table or file, where that is known. */
  bytes?: number;
  rows?: number;
  /** Another whenever its files are others, as one that came later and is older than the newest; absent of a table. */
  parts?: string;
}

/** How a shard will be read, decided before anything is. */
export interface ReadPlan {
  /** `query`: by SQL, which costs; `list`: a table read, which is free; `file`: from a folder. */
  way: 'query' | 'list' | 'file';
  /** For people: why this way, with the figures that decided. */
  why: string;
  /** What it will be billed for; absent where that is nothing. */
  bytes?: number;
  /** The shard's when this was decided. */
  parts?: string;
}

/** Some rows of a shard. */
export interface Ga4Page {
  rows: Ga4Row[];
  /** Where to go on behind this page; undefined behind the last one. */
  checkpoint: string | undefined;
  /** Billed since the page before this one. */
  bytesBilled?: number;
}

/** The checkpoint leads nowhere any more, as BigQuery forgets results after a day: the shard is to be read from its start. */
export class LostCheckpointError extends SliceError {
  override readonly name = 'LostCheckpointError';
  constructor(message: string) {
    super('transient_error', 'http_status', message);
  }
}

/** Where GA4's export is: BigQuery's tables, or files that were exported from there. */
export interface Ga4Export {
  /**
   * The shards of these days (both included, as `20261120`, of the property's zone), every kind; by their metadata alone.
   * @throws SliceError, or the signal's reason
   */
  listShards(fromDay: string, toDay: string, signal: AbortSignal): Promise<ShardInfo[]>;
  /** What reading a shard would cost, and which way is chosen. @throws SliceError, or the signal's reason */
  plan(shard: ShardInfo, signal: AbortSignal): Promise<ReadPlan>;
  /**
   * Reads a shard to its end, page by page.
   * @param checkpoint of the last page that is not to be read again; undefined: from the start
   * @throws LostCheckpointError, SliceError, or the signal's reason
   */
  read(
    shard: ShardInfo,
    plan: ReadPlan,
    checkpoint: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Ga4Page>;
}
