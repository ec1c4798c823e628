/** How the rows of a file are written. */
export type RowFormat = 'json' | 'avro' | 'parquet';

/** Kinds of shards by the prefixes of their names. */
const KINDS = { '': 'daily', fresh_: 'fresh', intraday_: 'intraday' } as const;

/** A file of a shard, as its name says it. */
export interface NamedShardFile {
  /** As its table's: `events_20261120`, `events_intraday_20261120`. */
  shard: string;
  /** `20261120`. */
  day: string;
  kind: (typeof KINDS)[keyof typeof KINDS];
  format: RowFormat;
}

const NAME =
  /^(?<shard>events_(?<prefix>fresh_|intraday_|)(?<day>\d{8}))(?:[^0-9].*)?\.(?<ending>json|jsonl|ndjson|avro|parquet)(?:\.gz)?$/i;

/**
 * What the name of a file says: `events_20261120-000000000000.avro`, `events_intraday_20261120.json.gz`, as exports of
 * tables to Cloud Storage are named. Behind the day anything may stand that does not begin with a digit. Undefined: the
 * file is no part of a shard, as one with another ending, which a copy that is under way may have.
 */
export function parseShardFile(name: string): NamedShardFile | undefined {
  const { shard, prefix, day, ending } = NAME.exec(name)?.groups ?? {};
  if (shard === undefined || !isDay(day!)) return undefined;
  const lower = ending!.toLowerCase();
  return {
    shard: shard.toLowerCase(),
    day: day!,
    kind: KINDS[prefix!.toLowerCase() as keyof typeof KINDS],
    format: lower === 'avro' || lower === 'parquet' ? lower : 'json',
  };
}

function isDay(day: string): boolean {
  const iso = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
  const ms = Date.parse(`${iso}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(iso);
}
