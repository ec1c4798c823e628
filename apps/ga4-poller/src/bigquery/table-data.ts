import type { Ga4Row } from '#libs/ga4';
import { LostCheckpointError } from '../export.js';
import { compileRows, type RestRow } from './decode-rows.js';
import type { RestClient } from './rest-client.js';
import { columnsIn } from './shard-query.js';
import type { Dataset, ShardTable } from './tables.js';

interface TableData {
  rows?: RestRow[];
  pageToken?: string;
}

/**
 * Reads a table as it lies there, page by page: free, without a job.
 * @throws LostCheckpointError where the page is known no more
 */
export async function* listTable(
  client: RestClient,
  { project, dataset }: Dataset,
  table: ShardTable,
  { from, maxResults }: { from: string | undefined; maxResults: number },
  signal: AbortSignal,
): AsyncGenerator<{ rows: Ga4Row[]; pageToken: string | undefined }> {
  const names = columnsIn(table.columns.map((c) => c.name));
  // The columns come in the table's order, not in that in which they are asked for
  const decode = compileRows(table.columns.filter(({ name }) => names.includes(name)));
  let pageToken = from;
  do {
    const page = await client.send<TableData>(
      {
        path: `${project}/datasets/${dataset}/tables/${table.id}/data`,
        query: { maxResults, selectedFields: names.join(','), pageToken },
        asked: {
          what: `the table ${table.id}`,
          grant: `BigQuery Data Viewer (roles/bigquery.dataViewer) on the dataset ${project}.${dataset}`,
        },
        ignores: ({ status }) =>
          status === 404 || status === 410 || (status === 400 && pageToken !== undefined),
      },
      signal,
    );
    if (!page) throw new LostCheckpointError(`the page of ${table.id} is gone`);
    ({ pageToken } = page);
    yield { rows: (page.rows ?? []).map(decode), pageToken };
  } while (pageToken !== undefined);
}
