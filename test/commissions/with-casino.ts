import { afterEach, beforeEach, expect } from '@jest/globals';
import { closePeriod } from '#apps/commissions';
import type { Database } from '#libs/database';
import type { Statement } from '#libs/commissions';
import { emptyTables } from '#test/canonical-dump';
import { withMigratedDatabase } from '#test/migrated-database';
import { NOW, emptyCommissions, unbalanced } from './ledger.js';

/** Gives the tests of a file a database of their own, without a fact or an agreement before each, and whose ledger adds up
 * behind each. */
export function withCasino(use: (database: Database) => void): void {
  let database: Database;
  withMigratedDatabase((opened) => use((database = opened)));
  beforeEach(() => emptyCasino(database));
  afterEach(async () => {
    expect(await unbalanced(database)).toEqual([]);
  });
}

/** Takes away every fact, and everything of commissions. */
export async function emptyCasino(database: Database): Promise<void> {
  await emptyTables(database.pool);
  await emptyCommissions(database);
}

/** Closes a month, as finance does once it is over. @param shown hash of the manifest that was agreed to */
export function closeMonth(
  database: Database,
  agreement: string,
  period: string,
  shown?: string,
): Promise<Statement> {
  const closing = { agreement, period, closedBy: 'finance', now: NOW };
  return closePeriod(database, { ...closing, ...(shown !== undefined && { shown }) });
}
