import { readRowsFile } from '#apps/ga4-poller';
import type { Instant } from '#libs/events';
import { compileGa4, type Shard } from '#libs/ga4';
import type { Ga4SourceDefinition } from '#libs/sources';
import type { TriedRecord } from '../try-records.js';
import { compileRowTrial } from './try-row.js';

/** Whose rows recorded ones are: a daily shard that never changes. */
const SHARD: Shard = { day: '20260101', kind: 'daily', modifiedAt: '2026-01-02T00:00:00.000000Z' };

/** Tries the rows of interest of a file, in any form that exports have. */
export function rowsFixture(
  source: Ga4SourceDefinition,
  receivedAt: Instant,
): (path: string) => Promise<TriedRecord[]> {
  return async (path) => {
    const compiled = compileGa4(source);
    const tryRow = compileRowTrial(compiled);
    const tried: TriedRecord[] = [];
    for await (const rows of readRowsFile(path, new AbortController().signal)) {
      tried.push(...rows.filter(compiled.isRelevant).map((row) => tryRow(row, SHARD, receivedAt)));
    }
    return tried;
  };
}
