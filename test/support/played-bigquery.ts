import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A column, as `TableFieldSchema` of BigQuery's REST reference has it. */
export interface PlayedField {
  name: string;
  type: string;
  mode?: string;
  fields?: PlayedField[];
}

/** A table of the played dataset. */
export interface PlayedTable {
  fields: PlayedField[];
  /** JSON rows; INT64 as text. */
  rows: Record<string, unknown>[];
  /** Epoch milliseconds. */
  modifiedMs: number;
  /** Of the whole table; absent: 1 MB. */
  bytes?: number;
  /** In the streaming buffer, by the table's metadata. */
  streamingRows?: number;
}

/** A request as it came in. */
export interface PlayedCall {
  method: string;
  /** Below the project: `jobs`, `datasets/d/tables/t/data`, … */
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown> | undefined;
}

interface PlayedJob {
  id: string;
  createdMs: number;
  location: string;
  rows: Record<string, unknown>[];
  fields: PlayedField[];
  bytes: number;
  error?: { reason: string; message: string };
}

interface Refusal {
  status: number;
  reason: string;
  message: string;
}

/** What the test may have go wrong: the answer instead of the usual one, or undefined. May wait. */
export type Trouble = (call: PlayedCall) => Refusal | undefined | Promise<Refusal | undefined>;

const LOCATION = 'EU';
const MIB = 2 ** 20;

/**
 * BigQuery's REST interface, version 2, on loopback, as far as GA4's export is read, by the public reference
 * (https://cloud.google.com/bigquery/docs/reference/rest): tables.list and tables.get with times in milliseconds as text,
 * jobs.insert with dry runs, limits and ids that are taken (409), jobs.get, jobs.getQueryResults and tabledata.list by
 * pages. Its one query is that of named columns of a table.
 */
export class PlayedBigQuery {
  readonly calls: PlayedCall[] = [];
  readonly tables = new Map<string, PlayedTable>();
  /** Rows of a page, whatever more is asked for. */
  pageRows = 1_000;
  trouble: Trouble = () => undefined;
  private readonly jobs = new Map<string, PlayedJob>();
  private token = 0;
  private readonly tokens = new Map<string, number>();

  private constructor(
    private readonly server: Server,
    readonly project: string,
    readonly dataset: string,
  ) {
    server.on('request', (request, response) => void this.handle(request, response));
  }

  static async start(project = 'shop', dataset = 'analytics_123456'): Promise<PlayedBigQuery> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new PlayedBigQuery(server, project, dataset);
  }

  /** As `BIGQUERY_EMULATOR_HOST` has it. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Calls of one kind: those whose method and path fit. */
  callsOf(pattern: RegExp): PlayedCall[] {
    return this.calls.filter(({ method, path }) => pattern.test(`${method} ${path}`));
  }

  /** Jobs that were run and paid, in their order. */
  get runJobs(): string[] {
    return [...this.jobs.keys()];
  }

  /** Results and pages are forgotten, as after a day. */
  forgetResults(): void {
    this.tokens.clear();
    for (const job of this.jobs.values()) job.createdMs -= 25 * 3_600_000;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.url);
    const prefix = `/bigquery/v2/projects/${this.project}/`;
    const body = request.method === 'POST' ? ((await json(request)) as Record<string, unknown>) : undefined;
    const path = url.pathname.slice(prefix.length);
    const call: PlayedCall = { method: request.method!, path, query: url.searchParams, body };
    this.calls.push(call);
    const answer = !url.pathname.startsWith(prefix)
      ? { status: 404, reason: 'notFound', message: 'Not found: Project' }
      : ((await this.trouble(call)) ?? this.answer(call));
    const refused = 'status' in answer && 'reason' in answer;
    response.statusCode = refused ? (answer as Refusal).status : 200;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(refused ? errorOf(answer as unknown as Refusal) : answer));
  }

  private answer(call: PlayedCall): object {
    const [first, ...rest] = call.path.split('/') as [string, ...string[]];
    if (first === 'jobs' && call.method === 'POST') return this.insertJob(call.body!);
    if (first === 'jobs') return this.jobResource(rest[0]!);
    if (first === 'queries') return this.queryResults(rest[0]!, call.query);
    const [dataset, , table, data] = rest;
    if (dataset !== this.dataset) {
      return refusal(404, 'notFound', `Not found: Dataset ${this.project}:${dataset}`);
    }
    if (table === undefined) return this.tableList(call.query);
    const found = this.tables.get(table);
    if (!found) return refusal(404, 'notFound', `Not found: Table ${this.project}:${dataset}.${table}`);
    return data === 'data' ? this.tableData(found, call.query) : this.tableResource(table, found);
  }

  private tableList(query: URLSearchParams): object {
    const names = [...this.tables.keys()].sort();
    const { from, to, pageToken } = this.page(query, names.length);
    const tables = names.slice(from, to).map((tableId) => ({
      kind: 'bigquery#table',
      tableReference: { projectId: this.project, datasetId: this.dataset, tableId },
      type: 'TABLE',
      creationTime: '1',
    }));
    return { tables, totalItems: names.length, ...(pageToken && { nextPageToken: pageToken }) };
  }

  private tableResource(tableId: string, table: PlayedTable): object {
    return {
      tableReference: { projectId: this.project, datasetId: this.dataset, tableId },
      schema: { fields: table.fields },
      numBytes: String(table.bytes ?? MIB),
      numRows: String(table.rows.length),
      lastModifiedTime: String(table.modifiedMs),
      location: LOCATION,
      ...(table.streamingRows !== undefined && {
        streamingBuffer: { estimatedRows: String(table.streamingRows), estimatedBytes: '1' },
      }),
    };
  }

  private tableData(table: PlayedTable, query: URLSearchParams): object {
    const selected = query.get('selectedFields')?.split(',') ?? table.fields.map((f) => f.name);
    const fields = table.fields.filter((f) => selected.includes(f.name));
    return this.rowsPage(table.rows, fields, query);
  }

  private insertJob(body: Record<string, unknown>): object {
    const { configuration, jobReference } = body as {
      configuration: { dryRun?: boolean; query: { query: string; maximumBytesBilled?: string } };
      jobReference?: { jobId?: string; location?: string };
    };
    const { query: sql, maximumBytesBilled } = configuration.query;
    const parsed = /^SELECT (.+) FROM `([^`]+)`$/.exec(sql);
    const [project, dataset, name] = parsed?.[2]?.split('.') ?? [];
    const table = project === this.project && dataset === this.dataset ? this.tables.get(name!) : undefined;
    if (!parsed || !table) return refusal(404, 'notFound', `Not found: Table ${parsed?.[2]}`);
    const names = parsed[1]!.split(', ').map((column) => column.replaceAll('`', ''));
    const unknown = names.find((column) => !table.fields.some((f) => f.name === column));
    if (unknown !== undefined) return refusal(400, 'invalidQuery', `Unrecognized name: ${unknown}`);
    const bytes = Math.round(((table.bytes ?? MIB) * names.length) / table.fields.length);
    if (configuration.dryRun) {
      return {
        jobReference: { projectId: this.project, location: LOCATION },
        status: { state: 'DONE' },
        statistics: { totalBytesProcessed: String(bytes), query: { totalBytesBilled: '0' } },
      };
    }
    const id = jobReference?.jobId ?? `job_${this.jobs.size}`;
    if (this.jobs.has(id))
      return refusal(409, 'duplicate', `Already Exists: Job ${this.project}:${LOCATION}.${id}`);
    const billed = Math.max(10 * MIB, bytes);
    const isOver = maximumBytesBilled !== undefined && billed > Number(maximumBytesBilled);
    const fields = names.map((column) => table.fields.find((f) => f.name === column)!);
    // A job reads the table as it is when it begins
    const job: PlayedJob = {
      id,
      createdMs: Date.now(),
      location: LOCATION,
      rows: [...table.rows],
      fields,
      bytes: billed,
    };
    if (isOver) {
      const message = `Query exceeded limit for bytes billed: ${maximumBytesBilled}. ${billed} or higher required.`;
      job.error = { reason: 'bytesBilledLimitExceeded', message };
    }
    this.jobs.set(id, job);
    return this.jobResource(id);
  }

  private jobResource(id: string): object {
    const job = this.jobs.get(id);
    if (!job) return refusal(404, 'notFound', `Not found: Job ${this.project}:${id}`);
    return {
      jobReference: { projectId: this.project, jobId: id, location: job.location },
      status: { state: 'DONE', ...(job.error && { errorResult: job.error, errors: [job.error] }) },
      statistics: {
        creationTime: String(job.createdMs),
        query: { totalBytesBilled: String(job.error ? 0 : job.bytes) },
      },
    };
  }

  private queryResults(id: string, query: URLSearchParams): object {
    const job = this.jobs.get(id);
    if (!job || query.get('location') !== job.location || job.createdMs < Date.now() - 24 * 3_600_000) {
      return refusal(404, 'notFound', `Not found: Job ${this.project}:${id}`);
    }
    if (job.error) return refusal(400, job.error.reason, job.error.message);
    const page = this.rowsPage(job.rows, job.fields, query);
    if ('status' in page) return page;
    return { jobComplete: true, schema: { fields: job.fields }, ...page };
  }

  private rowsPage(rows: Record<string, unknown>[], fields: PlayedField[], query: URLSearchParams): object {
    const token = query.get('pageToken');
    if (token !== null && !this.tokens.has(token)) return refusal(400, 'invalid', 'Invalid page token');
    const { from, to, pageToken } = this.page(query, rows.length);
    const shown = rows.slice(from, to).map((row) => cellsOf(row, fields));
    return { totalRows: String(rows.length), rows: shown, ...(pageToken && { pageToken }) };
  }

  private page(query: URLSearchParams, total: number): { from: number; to: number; pageToken?: string } {
    const from = this.tokens.get(query.get('pageToken') ?? '') ?? 0;
    const to = from + Math.min(this.pageRows, Number(query.get('maxResults') ?? this.pageRows));
    if (to >= total) return { from, to };
    const pageToken = `page-${++this.token}`;
    this.tokens.set(pageToken, to);
    return { from, to, pageToken };
  }
}

function refusal(status: number, reason: string, message: string): Refusal {
  return { status, reason, message };
}

function errorOf({ status, reason, message }: Refusal): object {
  return { error: { code: status, message, errors: [{ message, domain: 'global', reason }] } };
}

/** A row as BigQuery writes it: cells by place, every value a text. */
function cellsOf(row: Record<string, unknown>, fields: readonly PlayedField[]): object {
  return { f: fields.map((field) => ({ v: cellOf(row[field.name], field) })) };
}

function cellOf(value: unknown, field: PlayedField): unknown {
  if (field.mode === 'REPEATED') {
    return ((value as unknown[] | undefined) ?? []).map((v) => ({
      v: cellOf(v, { ...field, mode: 'NULLABLE' }),
    }));
  }
  if (value === undefined || value === null) return null;
  return field.type === 'RECORD'
    ? cellsOf(value as Record<string, unknown>, field.fields!)
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
}
