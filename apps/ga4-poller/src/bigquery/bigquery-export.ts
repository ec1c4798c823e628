import { SliceError, type Ga4ExportDefinition } from '#libs/sources';
import {
  LostCheckpointError,
  type Ga4Export,
  type Ga4Page,
  type ReadPlan,
  type ShardInfo,
} from '../export.js';
import { compileRows } from './decode-rows.js';
import {
  beginQuery,
  bytesBilledOf,
  dryRun,
  readQueryPage,
  type JobReference,
  type ShardQuery,
} from './query-jobs.js';
import { chooseRead, needsDryRun, type ReadQuestion } from './read-choice.js';
import { RestClient } from './rest-client.js';
import { columnsIn, shardSql } from './shard-query.js';
import { listTable } from './table-data.js';
import { readShardTable, readShardTables, type Dataset, type ShardTable } from './tables.js';

export type BigQueryDefinition = Extract<Ga4ExportDefinition, { type: 'bigquery' }>;

/** What an export in BigQuery is read with. */
export interface BigQueryWorld {
  /** Epoch milliseconds. */
  now: () => number;
  /** `BIGQUERY_EMULATOR_HOST`. */
  emulatorHost?: string | undefined;
  /** The key as it is now; absent where the definition names none. @throws SliceError where it is not there */
  credentials?: (() => string) | undefined;
  /** Told of every answer: `2xx`, `4xx`, …, or `none`. */
  onAnswer?: (status: string) => void;
  /** Rows of a page at most. Absent: 5,000; BigQuery gives fewer where they are large. */
  pageRows?: number;
}

const PAGE_ROWS = 5_000;

/** Where a reading goes on; the text of a checkpoint. */
type Checkpoint = { job: JobReference; pageToken: string } | { pageToken: string };

/** No query bills more where the definition says nothing. */
const MAX_BYTES_BILLED = 10 * 2 ** 30;

/** GA4's export in BigQuery's tables. */
export class BigQueryExport implements Ga4Export {
  private readonly client: RestClient;
  private readonly dataset: Dataset;
  private readonly tables = new Map<string, ShardTable>();

  /** @throws SliceError where the definition says what cannot be asked for */
  constructor(
    private readonly source: { name: string; property: string },
    private readonly definition: BigQueryDefinition,
    private readonly world: BigQueryWorld,
  ) {
    const { project, dataset } = definition;
    this.dataset = datasetOf(project, dataset ?? `analytics_${source.property}`);
    const { credentials, emulatorHost, onAnswer } = world;
    this.client = new RestClient({
      ...{ project, emulatorHost },
      ...(credentials && { credentials }),
      ...(onAnswer && { onAnswer }),
    });
  }

  async listShards(fromDay: string, toDay: string, signal: AbortSignal): Promise<ShardInfo[]> {
    const days = { from: fromDay, to: toDay };
    const tables = await readShardTables(this.client, this.dataset, days, this.world.now(), signal);
    this.tables.clear();
    for (const table of tables) this.tables.set(table.id, table);
    return tables.map(({ id, day, kind, modifiedAt, bytes, rows }) => ({
      ...{ id, day, kind, modifiedAt },
      ...(bytes !== undefined && { bytes }),
      ...(rows !== undefined && { rows }),
    }));
  }

  async plan(shard: ShardInfo, signal: AbortSignal): Promise<ReadPlan> {
    const table = await this.tableOf(shard, signal);
    const question: ReadQuestion = {
      read: this.definition.read ?? 'auto',
      maxBytesBilled: this.maxBytesBilled,
      tableBytes: table.bytes,
      isStreaming: table.isStreaming,
    };
    const processed = needsDryRun(question)
      ? await dryRun(this.client, this.queryOf(shard, table), signal)
      : undefined;
    return chooseRead(question, processed);
  }

  async *read(
    shard: ShardInfo,
    plan: ReadPlan,
    checkpoint: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Ga4Page> {
    const from = checkpoint === undefined ? undefined : (JSON.parse(checkpoint) as Checkpoint);
    if (plan.way === 'list') yield* this.list(shard, from?.pageToken, signal);
    else yield* this.query(shard, from as Extract<Checkpoint, { job: unknown }> | undefined, signal);
  }

  private async *query(
    shard: ShardInfo,
    from: { job: JobReference; pageToken: string } | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Ga4Page> {
    const { client } = this;
    const useless = new Set<string>();
    let pageToken = from?.pageToken;
    let isFirst = from === undefined;
    let job = from?.job;
    do {
      job ??= await this.begin(shard, useless, signal);
      const page = await readQueryPage(
        client,
        job,
        { pageToken, maxResults: this.pageRows },
        shard.id,
        signal,
      );
      if (!page && pageToken !== undefined)
        throw new LostCheckpointError(`the results of ${shard.id} are gone`);
      if (!page) {
        useless.add(job.jobId);
        job = undefined;
        continue;
      }
      if (!page.jobComplete) continue;
      const bytesBilled = isFirst ? await bytesBilledOf(client, job, shard.id, signal) : undefined;
      isFirst = false;
      pageToken = page.pageToken;
      yield {
        rows: (page.rows ?? []).map(compileRows(page.schema?.fields ?? [])),
        checkpoint:
          pageToken === undefined ? undefined : JSON.stringify({ job, pageToken } satisfies Checkpoint),
        ...(bytesBilled !== undefined && { bytesBilled }),
      };
    } while (isFirst || pageToken !== undefined);
  }

  private async *list(
    shard: ShardInfo,
    from: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Ga4Page> {
    const table = await this.tableOf(shard, signal);
    for await (const { rows, pageToken } of listTable(
      this.client,
      this.dataset,
      table,
      { from, maxResults: this.pageRows },
      signal,
    )) {
      yield {
        rows,
        checkpoint: pageToken === undefined ? undefined : JSON.stringify({ pageToken } satisfies Checkpoint),
      };
    }
  }

  private async begin(
    shard: ShardInfo,
    useless: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<JobReference> {
    const query = this.queryOf(shard, await this.tableOf(shard, signal));
    return beginQuery(this.client, query, useless, this.world.now(), signal);
  }

  private queryOf({ id, modifiedAt }: ShardInfo, { columns, location }: ShardTable): ShardQuery {
    const { project, location: asked } = this.definition;
    const sql = shardSql({ ...this.dataset, table: id }, columnsIn(columns.map((c) => c.name)));
    return {
      ...{ sql, project, maxBytesBilled: this.maxBytesBilled, what: id },
      location: asked ?? location,
      idParts: [this.source.name, modifiedAt, sql, String(this.maxBytesBilled)],
    };
  }

  /** @throws SliceError where it is gone */
  private async tableOf({ id }: ShardInfo, signal: AbortSignal): Promise<ShardTable> {
    const table =
      this.tables.get(id) ?? (await readShardTable(this.client, this.dataset, id, this.world.now(), signal));
    if (table) return table;
    throw new SliceError(
      'transient_error',
      'http_status',
      `the table ${id} is gone; the next look finds what is there`,
    );
  }

  private get pageRows(): number {
    return this.world.pageRows ?? PAGE_ROWS;
  }

  private get maxBytesBilled(): number {
    return this.definition.max_bytes_billed ?? MAX_BYTES_BILLED;
  }
}

const PROJECT = /^[a-z0-9.:-]+$/;
const DATASET = /^\w+$/;

/** @param dataset `dataset` or `project.dataset` @throws SliceError */
function datasetOf(project: string, dataset: string): Dataset {
  const at = dataset.lastIndexOf('.');
  const found = { project: at < 0 ? project : dataset.slice(0, at), dataset: dataset.slice(at + 1) };
  if (PROJECT.test(project) && PROJECT.test(found.project) && DATASET.test(found.dataset)) return found;
  const problem = 'export: project must be the id of a project, and dataset `dataset` or `project.dataset`';
  throw new SliceError('config_error', 'definition', problem);
}
