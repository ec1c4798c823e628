import { instantToMs, isDate, isInstant, type Instant } from '#libs/events';
import { isJsonObject, type JsonObject, type JsonValue } from '#libs/sources';

/** Kinds of shards of a day, the best first: `events_20261120`, `events_fresh_20261120`, `events_intraday_20261120`. */
export const SHARD_KINDS = ['daily', 'fresh', 'intraday'] as const;
export type ShardKind = (typeof SHARD_KINDS)[number];

/** One version of one day's table. */
export interface Shard {
  /** Of the property's zone, as the table's name says it: `20261120`. */
  day: string;
  kind: ShardKind;
  /** When the table was last changed. */
  modifiedAt: Instant;
}

/** Leading digit of a version; the one above it is free for what tells of a source. */
const RANKS = { daily: 6, fresh: 4, intraday: 2 } satisfies Record<ShardKind, number>;
const LAST_DAY = 99_999;
const LAST_MS = 999_999_999_999;
const EPOCH_OF_VERSIONS = Date.UTC(2020, 0, 1);
const DAY_MS = 86_400_000;

/**
 * The version of every event of a row: a whole number of 18 digits of which the greater stands. One digit for the kind
 * (daily before fresh before intraday), five for the day (of two shards that tell of one thing the earlier day stands),
 * twelve for the milliseconds of the last change since 2020 (of two versions of a shard the later stands).
 * @param isDirect of a direct touch: below all that tells of a source in shards of this kind
 * @throws RangeError where `day` is no day as `20261120`
 */
export function shardVersion({ day, kind, modifiedAt }: Shard, isDirect = false): string {
  const daysSince1970 =
    Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6))) / DAY_MS;
  if (!(daysSince1970 >= 0 && daysSince1970 <= LAST_DAY))
    throw new RangeError('a shard must have a day from 1970 on');
  const changedMs = Math.min(Math.max(instantToMs(modifiedAt) - EPOCH_OF_VERSIONS, 0), LAST_MS);
  const digits = [String(LAST_DAY - daysSince1970).padStart(5, '0'), String(changedMs).padStart(12, '0')];
  return `${RANKS[kind] + (isDirect ? 0 : 1)}${digits.join('')}`;
}

/**
 * Of each day the best shard alone, days in their order: a day's shards tell of the same events, so that together they
 * would count them twice.
 */
export function bestShards<S extends Shard>(shards: readonly S[]): S[] {
  const best = new Map<string, S>();
  for (const shard of shards) {
    const there = best.get(shard.day);
    if (there === undefined || isBetter(shard, there)) best.set(shard.day, shard);
  }
  return [...best.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
}

function isBetter(a: Shard, b: Shard): boolean {
  return RANKS[a.kind] === RANKS[b.kind] ? a.modifiedAt > b.modifiedAt : RANKS[a.kind] > RANKS[b.kind];
}

/** A shard as records of its rows name it. */
export function writeShard({ day, kind, modifiedAt }: Shard): JsonObject {
  return { day, kind, modified_at: modifiedAt };
}

const DAY = /^(\d{4})(\d\d)(\d\d)$/;

/** Reads what `writeShard` wrote; undefined where it is something else. */
export function parseShard(value: JsonValue | undefined): Shard | undefined {
  if (!isJsonObject(value)) return undefined;
  const { day, kind, modified_at: modifiedAt } = value;
  const parts = typeof day === 'string' ? DAY.exec(day) : null;
  if (!parts || !isDate(`${parts[1]}-${parts[2]}-${parts[3]}`) || parts[1]! < '1970') return undefined;
  if (!SHARD_KINDS.includes(kind as ShardKind)) return undefined;
  if (typeof modifiedAt !== 'string' || !isInstant(modifiedAt)) return undefined;
  return { day: day as string, kind: kind as ShardKind, modifiedAt };
}
