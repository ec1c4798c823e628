import { instantFromMs } from '#libs/events';
import type { ShardKind } from '#libs/ga4';
import type { ShardInfo } from '../export.js';
import type { FieldSchema } from './decode-rows.js';
import type { RestClient } from './rest-client.js';

/** The dataset of an export. */
export interface Dataset {
  project: string;
  dataset: string;
}

/** A shard's table. */
export interface ShardTable extends ShardInfo {
  columns: FieldSchema[];
  location?: string | undefined;
  /** Whether rows are being streamed into it. */
  isStreaming: boolean;
}

/** So many tables are looked at at once. */
const AT_ONCE = 8;
const PAGE = 1_000;
const NAME = /^events_(?:(intraday|fresh)_)?(\d{8})$/;

/** `tables.list`, as far as it is read. It has no modification times. */
interface TableList {
  tables?: { tableReference: { tableId: string } }[];
  nextPageToken?: string;
}

/** `tables.get`, as far as it is read. Numbers are texts. */
interface TableResource {
  schema?: { fields?: FieldSchema[] };
  lastModifiedTime?: string;
  numBytes?: string;
  numRows?: string;
  location?: string;
  streamingBuffer?: { estimatedRows?: string };
}

const grantOf = ({ project, dataset }: Dataset): string =>
  `BigQuery Data Viewer (roles/bigquery.dataViewer) on the dataset ${project}.${dataset}`;

/** The day and kind that a table's name says; undefined of one that is no shard. */
export function shardNamed(table: string): { day: string; kind: ShardKind } | undefined {
  const [, kind, day] = NAME.exec(table) ?? [];
  return day === undefined ? undefined : { day, kind: (kind as ShardKind | undefined) ?? 'daily' };
}

/**
 * The shards of these days, by the dataset's list of tables and the metadata of each that fits: both are free.
 * @param nowMs when this is
 */
export async function readShardTables(
  client: RestClient,
  dataset: Dataset,
  days: { from: string; to: string },
  nowMs: number,
  signal: AbortSignal,
): Promise<ShardTable[]> {
  const names = (await tableNames(client, dataset, signal)).filter((name) => {
    const day = shardNamed(name)?.day;
    return day !== undefined && day >= days.from && day <= days.to;
  });
  const tables: (ShardTable | undefined)[] = [];
  for (let i = 0; i < names.length; i += AT_ONCE) {
    const some = names.slice(i, i + AT_ONCE);
    tables.push(
      ...(await Promise.all(some.map((name) => readShardTable(client, dataset, name, nowMs, signal)))),
    );
  }
  return tables.filter((table) => table !== undefined);
}

/** @returns undefined where it is gone */
export async function readShardTable(
  client: RestClient,
  dataset: Dataset,
  name: string,
  nowMs: number,
  signal: AbortSignal,
): Promise<ShardTable | undefined> {
  const found = await client.send<TableResource>(
    {
      path: `${dataset.project}/datasets/${dataset.dataset}/tables/${name}`,
      asked: { what: `the table ${name}`, grant: grantOf(dataset) },
      ignores: ({ status }) => status === 404,
    },
    signal,
  );
  return found && shardTableOf(name, found, nowMs);
}

/**
 * Rows that are streamed into a table do not move its time of modification until they leave the buffer, up to hours later:
 * while the buffer has some, the table counts as changed just now.
 */
function shardTableOf(name: string, found: TableResource, nowMs: number): ShardTable {
  const isStreaming = Number(found.streamingBuffer?.estimatedRows ?? 0) > 0;
  const modifiedMs = isStreaming ? nowMs : Number(found.lastModifiedTime ?? 0);
  return {
    ...shardNamed(name)!,
    id: name,
    modifiedAt: instantFromMs(modifiedMs),
    ...(found.numBytes !== undefined && { bytes: Number(found.numBytes) }),
    ...(found.numRows !== undefined && { rows: Number(found.numRows) }),
    columns: found.schema?.fields ?? [],
    location: found.location,
    isStreaming,
  };
}

async function tableNames(client: RestClient, dataset: Dataset, signal: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  let pageToken: string | undefined;
  do {
    const page: TableList = await client.send(
      {
        path: `${dataset.project}/datasets/${dataset.dataset}/tables`,
        query: { maxResults: PAGE, pageToken },
        asked: { what: `the dataset ${dataset.project}.${dataset.dataset}`, grant: grantOf(dataset) },
      },
      signal,
    );
    names.push(...(page.tables ?? []).map(({ tableReference }) => tableReference.tableId));
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return names;
}
