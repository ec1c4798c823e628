import type { Pool } from 'pg';
import {
  countSetAside,
  readBackfills,
  readRefusedDefinitions,
  readStreams,
  type BackfillStatus,
  type RefusedDefinition,
  type StreamStatus,
} from '#libs/database';
import type { EventLog, PartitionLag } from '#libs/event-log';
import {
  CONVERSION_TYPES,
  DEAD_LETTER_REASONS,
  Group,
  Topic,
  type ConversionType,
  type TopicName,
} from '#libs/events';
import { VERSION, databaseOf, type Platform } from '#libs/runtime';
import { countRows } from './count-rows.js';

/** What a group has still to read. */
export interface GroupLag {
  group: string;
  topic: string;
  /** Records, over all partitions. */
  lag: number;
  partitions: number;
  /** The partition that is furthest behind. */
  worst: { partition: number; lag: number } | null;
}

/** What `GET /status` and `tributary status --json` answer. */
export interface Status {
  version: string;
  node: string;
  event_log: { engine: EventLog['engine'] };
  database: { version: string; embedded: boolean };
  lag: GroupLag[];
  dead_letters: {
    total: number;
    /** Not replayed yet. */
    open: number;
    by_reason: Record<string, { total: number; open: number }>;
    estimated: boolean;
  };
  clicks: { total: number; estimated: boolean };
  conversions: {
    total: number;
    by_type: Record<ConversionType, number>;
    unattributed: number;
    conflicts: number;
    estimated: boolean;
  };
  sources: {
    streams: StreamStatus[];
    backfills: BackfillStatus[];
    /** Definitions that the poller could not take when it started last. */
    refused: RefusedDefinition[];
  };
  /** Batches whose facts are stored and whose rows are still to be made. */
  unsettled_batches: number;
  /** Players, and partners, whose commissions cannot be reckoned. */
  commissions_set_aside: number;
}

/** What each group reads; a group that is missing here does not compile. */
const READS = {
  normalizer: Topic.rawEvents,
  attribution: Topic.conversionEvents,
  deadLetterStore: Topic.deadLetters,
} satisfies Record<keyof typeof Group, TopicName>;

/** Reads the state of the installation; counts of large tables are estimates and say so.
 * @throws what the log or the database answered */
export async function readStatus(platform: Platform): Promise<Status> {
  const { eventLog, embedded } = platform;
  const { pool } = databaseOf(platform);
  const groups = Object.keys(READS) as (keyof typeof READS)[];
  const [lag, version, letters, clicks, conversions, sources, unsettled, aside] = await Promise.all([
    Promise.all(groups.map((name) => readLag(eventLog, Group[name], READS[name]))),
    pool.query<{ server_version: string }>('SHOW server_version'),
    countDeadLetters(pool),
    countRows(pool, 'clicks', { total: 'count(*)' }),
    countConversions(pool),
    readSources(pool),
    countRows(pool, 'unsettled_batches', { total: 'count(*)' }),
    countSetAside(pool),
  ]);
  return {
    version: VERSION,
    node: process.version,
    event_log: { engine: eventLog.engine },
    database: { version: version.rows[0]!.server_version, embedded: embedded !== undefined },
    lag,
    dead_letters: letters,
    clicks: { total: clicks.counts.total!, estimated: clicks.estimated },
    conversions,
    sources,
    unsettled_batches: unsettled.counts.total!,
    commissions_set_aside: aside.all,
  };
}

async function readLag(log: EventLog, group: string, topic: string): Promise<GroupLag> {
  const partitions = await log.lag(group, [topic]);
  const worst = partitions.reduce<PartitionLag | undefined>(
    (a, b) => (a && a.lag >= b.lag ? a : b),
    undefined,
  );
  return {
    group,
    topic,
    lag: Number(partitions.reduce((sum, p) => sum + p.lag, 0n)),
    partitions: partitions.length,
    worst: worst && worst.lag > 0n ? { partition: worst.partition, lag: Number(worst.lag) } : null,
  };
}

async function readSources(pool: Pool): Promise<Status['sources']> {
  const [streams, backfills, refused] = await Promise.all([
    readStreams(pool),
    readBackfills(pool),
    readRefusedDefinitions(pool),
  ]);
  return { streams, backfills, refused };
}

async function countDeadLetters(pool: Pool): Promise<Status['dead_letters']> {
  const open = 'replayed_at IS NULL';
  const { counts, estimated } = await countRows(pool, 'dead_letters', {
    total: 'count(*)',
    open: `count(*) FILTER (WHERE ${open})`,
    ...Object.fromEntries(
      DEAD_LETTER_REASONS.flatMap((r) => [
        [`${r} total`, `count(*) FILTER (WHERE reason = '${r}')`],
        [`${r} open`, `count(*) FILTER (WHERE reason = '${r}' AND ${open})`],
      ]),
    ),
  });
  const there = DEAD_LETTER_REASONS.filter((r) => counts[`${r} total`]! > 0);
  return {
    total: counts.total!,
    open: counts.open!,
    by_reason: Object.fromEntries(
      there.map((r) => [r, { total: counts[`${r} total`]!, open: counts[`${r} open`]! }]),
    ),
    estimated,
  };
}

async function countConversions(pool: Pool): Promise<Status['conversions']> {
  const { counts, estimated } = await countRows(pool, 'conversions', {
    total: 'count(*)',
    unattributed: 'count(*) FILTER (WHERE NOT attributed)',
    conflicts: 'count(*) FILTER (WHERE conflict)',
    ...Object.fromEntries(CONVERSION_TYPES.map((t) => [t, `count(*) FILTER (WHERE type = '${t}')`])),
  });
  return {
    total: counts.total!,
    by_type: Object.fromEntries(CONVERSION_TYPES.map((t) => [t, counts[t]!])) as Record<
      ConversionType,
      number
    >,
    unattributed: counts.unattributed!,
    conflicts: counts.conflicts!,
    estimated,
  };
}
