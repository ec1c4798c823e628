import type { SourceWindow } from '#libs/database';
import { instantFromMs } from '#libs/events';
import { GA4_STREAM } from '#libs/sources';
import type { Ga4Parts } from './ga4-parts.js';
import { boundsOfDay } from './property-days.js';
import { NO_COUNTS } from './shard-counts.js';

/** The ledger's line of a day of a backfill that has no shard. */
export function windowOfNoShard(
  day: string,
  { attempt, backfillId }: { attempt: number; backfillId: string },
  { source: { definition }, now }: Ga4Parts,
): SourceWindow {
  const { from, to } = boundsOfDay(day, definition.timezone);
  const at = instantFromMs(now());
  return {
    ...{ source: definition.name, stream: GA4_STREAM, kind: 'backfill', slice_key: `events_${day}` },
    ...{ slice_from: from, slice_to: to, attempt, ...NO_COUNTS, stated_total: null, content_hash: null },
    ...{
      changed: null,
      published: false,
      monotone_violations: 0,
      paging_contradictions: 0,
      started_at: at,
      finished_at: at,
    },
    ...{ outcome: 'succeeded', error_code: null, error: null, backfill_id: backfillId },
  };
}
