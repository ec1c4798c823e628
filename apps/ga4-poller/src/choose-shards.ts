import type { Ga4ShardRow } from '#libs/database';
import { bestShards } from '#libs/ga4';
import type { ShardInfo } from './export.js';

/** A shard that is to be read. */
export interface DueShard {
  shard: ShardInfo;
  /** The reading of a version of it was begun: that goes on. */
  begun?: Ga4ShardRow;
  /** Whether the day was read before, in whatever version. */
  isAgain: boolean;
}

/**
 * The shards that are to be read, the earliest day first: of each day the best alone, where this version of it was not
 * read to its end yet. A reading that was begun goes on to its end even where the shard has changed since, as one that is
 * streamed into would never be read otherwise; the change is then read after it.
 * @param shards every shard that is there
 * @param rows what was read, or begun
 */
export function chooseShards(shards: readonly ShardInfo[], rows: readonly Ga4ShardRow[]): DueShard[] {
  return bestShards(shards).flatMap((shard) => {
    const ofDay = rows.filter((r) => r.day === shard.day);
    const row = ofDay.find((r) => r.kind === shard.kind);
    const isAgain = ofDay.some((r) => r.finished_at !== null);
    if (row?.finished_at === null) return [{ shard, begun: row, isAgain }];
    return row?.modified_at === shard.modifiedAt ? [] : [{ shard, isAgain }];
  });
}
