import type { Ga4ShardRow } from '#libs/database';
import { instantFromMs, instantToMs } from '#libs/events';
import { bestShards } from '#libs/ga4';
import type { ReadPlan, ShardInfo } from './export.js';

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
  return bestShards(shards).flatMap((best) => {
    const ofDay = rows.filter((r) => r.day === best.day);
    const row = ofDay.find((r) => r.kind === best.kind);
    const shard = row ? versionBehind(row, best) : best;
    const isAgain = ofDay.some((r) => r.finished_at !== null);
    if (row?.finished_at === null) return [{ shard, begun: row, isAgain }];
    return row?.modified_at === shard.modifiedAt ? [] : [{ shard, isAgain }];
  });
}

/**
 * A shard as its version counts behind the one that was read. Where its files are others it is a later one, also where the
 * newest of them is not newer: what it tells must stand against what the one before took back.
 */
function versionBehind({ modified_at: readAt, plan }: Ga4ShardRow, shard: ShardInfo): ShardInfo {
  const { parts } = plan as Partial<ReadPlan>;
  if (parts === undefined || shard.parts === undefined) return shard;
  if (parts === shard.parts) return { ...shard, modifiedAt: readAt };
  const next = instantFromMs(instantToMs(readAt) + 1);
  return shard.modifiedAt > next ? shard : { ...shard, modifiedAt: next };
}
