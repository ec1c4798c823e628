import type { JsonObject } from '#libs/sources';
import { sliceErrorOf, type Asked } from './bigquery-error.js';
import type { FieldSchema, RestRow } from './decode-rows.js';
import type { RestClient } from './rest-client.js';
import { jobIdOf } from './shard-query.js';

/** A query, and where it runs. */
export interface ShardQuery {
  sql: string;
  /** Project that runs and pays it. */
  project: string;
  location: string | undefined;
  maxBytesBilled: number;
  /** Names what is asked, the same whenever it is. */
  idParts: readonly string[];
  /** Table, for messages. */
  what: string;
}

/** A job that was begun. */
export interface JobReference {
  projectId: string;
  jobId: string;
  location?: string;
}

/** A page of results; `jobComplete: false`: there is none yet. */
export interface QueryPage {
  jobComplete: boolean;
  schema?: { fields: FieldSchema[] };
  rows?: RestRow[];
  pageToken?: string;
}

interface Job {
  jobReference: JobReference;
  status?: { state?: string; errorResult?: { reason?: string; message?: string } };
  statistics?: { creationTime?: string; totalBytesProcessed?: string; query?: { totalBytesBilled?: string } };
}

/** Results are kept for 24 hours; a little less, so that none is lost while it is read. */
const RESULTS_KEPT_MS = 20 * 60 * 60_000;
/** So many jobs of one version of a shard are looked at; where none of them is of use, one more is begun every hour. */
const MAX_ROUNDS = 50;
const HOUR_MS = 60 * 60_000;
/** How long one question for results waits for them. */
const WAIT_MS = 10_000;

const askedOf = ({ project, what }: Pick<ShardQuery, 'project' | 'what'>): Asked => ({
  what: `the query of ${what}`,
  grant: `BigQuery Job User (roles/bigquery.jobUser) on the project ${project}, and Data Viewer on the dataset`,
});

/** What a query would process, in bytes; it is not run, and costs nothing. */
export async function dryRun(client: RestClient, query: ShardQuery, signal: AbortSignal): Promise<number> {
  const job = await client.send<Job>(
    { path: `${query.project}/jobs`, body: dryJobOf(query), asked: askedOf(query) },
    signal,
  );
  return Number(job.statistics?.totalBytesProcessed ?? 0);
}

/**
 * Begins a query, or finds the job of an earlier start, whose results may still be read: whoever dies behind the start
 * does not pay twice.
 * @param useless ids of jobs whose results are gone
 * @throws SliceError
 */
export async function beginQuery(
  client: RestClient,
  query: ShardQuery,
  useless: ReadonlySet<string>,
  nowMs: number,
  signal: AbortSignal,
): Promise<JobReference> {
  for (const round of [...Array(MAX_ROUNDS).keys(), Math.floor(nowMs / HOUR_MS)]) {
    const reference = {
      projectId: query.project,
      jobId: jobIdOf(query.idParts, round),
      ...(query.location !== undefined && { location: query.location }),
    };
    if (useless.has(reference.jobId)) continue;
    const body = { jobReference: reference, configuration: configurationOf(query) };
    const ignores = ({ status }: { status?: number | undefined }): boolean => status === 409;
    const begun = await client.send<Job>(
      { path: `${query.project}/jobs`, body, asked: askedOf(query), ignores },
      signal,
    );
    if (begun) return { ...reference, ...begun.jobReference };
    const there = await readJob(client, reference, query.what, signal);
    const createdMs = Number(there.statistics?.creationTime ?? 0);
    if (!there.status?.errorResult && createdMs > nowMs - RESULTS_KEPT_MS)
      return { ...reference, ...there.jobReference };
  }
  throw sliceErrorOf({ status: 503, message: 'too many earlier jobs failed' }, askedOf(query));
}

/**
 * A page of a job's results; waits some seconds for the job to end.
 * @returns undefined where BigQuery knows job or page no more
 * @throws SliceError, also why the job failed
 */
export async function readQueryPage(
  client: RestClient,
  { projectId, jobId, location }: JobReference,
  { pageToken, maxResults }: { pageToken: string | undefined; maxResults: number },
  what: string,
  signal: AbortSignal,
): Promise<QueryPage | undefined> {
  return client.send<QueryPage>(
    {
      path: `${projectId}/queries/${jobId}`,
      query: { location, pageToken, maxResults, timeoutMs: WAIT_MS },
      asked: askedOf({ project: projectId, what }),
      ignores: ({ status, reason }) =>
        status === 404 ||
        status === 410 ||
        (status === 400 && pageToken !== undefined && reason === 'invalid'),
    },
    signal,
  );
}

/** What a job that has ended is billed for, in bytes. */
export async function bytesBilledOf(
  client: RestClient,
  reference: JobReference,
  what: string,
  signal: AbortSignal,
): Promise<number> {
  const { statistics } = await readJob(client, reference, what, signal);
  return Number(statistics?.query?.totalBytesBilled ?? 0);
}

function readJob(
  client: RestClient,
  { projectId, jobId, location }: JobReference,
  what: string,
  signal: AbortSignal,
): Promise<Job> {
  return client.send<Job>(
    { path: `${projectId}/jobs/${jobId}`, query: { location }, asked: askedOf({ project: projectId, what }) },
    signal,
  );
}

function configurationOf({ sql, maxBytesBilled }: ShardQuery): JsonObject {
  return { query: { query: sql, useLegacySql: false, maximumBytesBilled: String(maxBytesBilled) } };
}

/** Without a limit, which is to decide how it is read, and not whether it can be asked. */
function dryJobOf({ sql, project, location }: ShardQuery): JsonObject {
  return {
    configuration: { dryRun: true, query: { query: sql, useLegacySql: false } },
    jobReference: { projectId: project, ...(location !== undefined && { location }) },
  };
}
