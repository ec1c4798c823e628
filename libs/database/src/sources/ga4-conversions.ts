import type { Pool } from 'pg';

/** A conversion that a day has told. */
export interface ToldRow {
  natural_key: string;
}

/** A conversion that nobody tells any more. */
export interface GoneConversion<Told, Shard> {
  day: string;
  /** At which it was told. */
  version: string;
  told: Told;
  /** The version of the day that was the first without it. */
  shard: Shard;
}

/** What a version of a day no longer has. */
export interface GoneConversions<Told = object, Shard = object> {
  /** No day has them: they are to be taken back. */
  absent: GoneConversion<Told & ToldRow, Shard>[];
  /** Another day still has them: they are taken back when it has them no more. */
  elsewhere: { day: string; natural_key: string; shard: Shard }[];
}

/**
 * Notes that a version of a day is going to tell of these; before it does, so that none is told that is not noted. A
 * lower version changes nothing.
 * @param version `shardVersion`
 */
export async function keepToldConversions(
  pool: Pool,
  source: string,
  day: string,
  version: string,
  told: readonly ToldRow[],
): Promise<void> {
  const byKey = new Map(told.map((t) => [t.natural_key, t]));
  if (byKey.size === 0) return;
  await pool.query({
    name: 'keep told conversions',
    text: `INSERT INTO tributary.ga4_conversions AS c (source, day, natural_key, version, told)
      SELECT $1, $2, t ->> 'natural_key', $3, t FROM jsonb_array_elements($4::jsonb) AS t ORDER BY t ->> 'natural_key'
      ON CONFLICT (source, natural_key, day) DO UPDATE SET version = excluded.version, told = excluded.told, gone = NULL
      WHERE c.version < excluded.version`,
    values: [source, day, version, JSON.stringify([...byKey.values()])],
  });
}

/** What a version of a day that was read whole has not, though lower versions of it had. */
export async function readGoneConversions<Told, Shard extends object>(
  pool: Pool,
  source: string,
  day: string,
  version: string,
  shard: Shard,
): Promise<GoneConversions<Told, Shard>> {
  const found = await pool.query<{
    day: string;
    version: string;
    told: Told & ToldRow;
    gone: Shard | null;
    is_told: boolean;
  }>({
    name: 'read gone conversions',
    text: `WITH gone AS (
        SELECT natural_key FROM tributary.ga4_conversions WHERE source = $1 AND day = $2 AND version < $3)
      SELECT c.day, c.version::text AS version, c.told, c.gone, EXISTS (
          SELECT FROM tributary.ga4_conversions o
          WHERE o.source = $1 AND o.natural_key = c.natural_key AND o.day <> $2 AND o.gone IS NULL) AS is_told
        FROM gone g JOIN tributary.ga4_conversions c ON c.source = $1 AND c.natural_key = g.natural_key
        WHERE c.day = $2 OR c.gone IS NOT NULL
        ORDER BY c.natural_key, c.day`,
    values: [source, day, version],
  });
  const absent = found.rows
    .filter((row) => !row.is_told)
    .map((row) => ({
      day: row.day,
      version: row.version,
      told: row.told,
      shard: row.day === day ? shard : row.gone!,
    }));
  const elsewhere = found.rows
    .filter((row) => row.is_told && row.day === day)
    .map((row) => ({ day, natural_key: row.told.natural_key, shard }));
  return { absent, elsewhere };
}

/** CTEs that forget what was taken back, where `held` has a row. @param first number of `goneParameters`' first */
export const FORGET_GONE = (source: string, first: number): string => `
  forgotten AS (
    DELETE FROM tributary.ga4_conversions c USING held, unnest($${first}::text[], $${first + 1}::text[], $${first + 2}::bigint[]) AS g (d, k, v)
    WHERE c.source = ${source} AND c.day = g.d AND c.natural_key = g.k AND c.version = g.v),
  elsewhere AS (
    UPDATE tributary.ga4_conversions c SET gone = g.shard
    FROM held, jsonb_to_recordset($${first + 3}::jsonb) AS g (day text, natural_key text, shard jsonb)
    WHERE c.source = ${source} AND c.day = g.day AND c.natural_key = g.natural_key)`;

/** The parameters of `FORGET_GONE`. */
export function goneParameters({ absent, elsewhere }: GoneConversions): unknown[] {
  return [
    absent.map((g) => g.day),
    absent.map((g) => g.told.natural_key),
    absent.map((g) => g.version),
    JSON.stringify(elsewhere),
  ];
}

/** The log has what takes them back. */
export async function forgetConversions(pool: Pool, source: string, gone: GoneConversions): Promise<void> {
  await pool.query({
    text: `WITH held AS (SELECT 1), ${FORGET_GONE('$1', 2)} SELECT 1`,
    values: [source, ...goneParameters(gone)],
  });
}
