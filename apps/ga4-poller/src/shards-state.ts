import type { Instant } from '#libs/events';
import type { ShardInfo } from './export.js';
import { boundsOfDay } from './property-days.js';

/** How far a source has come, as `source_state` has it; which shards were read stands in `ga4_shards`. */
export interface ShardsState {
  type: 'shards';
  /** The last instant that a shard which was read may tell of. */
  watermark?: Instant;
  /** From this day on (`20261120`) all that was there was read once. */
  read_from?: string;
}

/** Nothing is read. */
export const SHARDS: ShardsState = { type: 'shards' };

/** The state behind a shard: a day that is over is read to its end, one that goes on to the shard's last change. */
export function watermarkBehind(
  state: ShardsState,
  { day, modifiedAt }: ShardInfo,
  zone: string,
): ShardsState {
  const { to } = boundsOfDay(day, zone);
  const behind = modifiedAt < to ? modifiedAt : to;
  return state.watermark !== undefined && state.watermark >= behind ? state : { ...state, watermark: behind };
}
