import type { Agreement } from '#libs/commissions';
import type { Database } from '#libs/database';
import { readStoredFiles } from './read-book.js';

/** The agreements that are in force, as their files had them when they were stored; by their names. */
export async function readAgreements(database: Database): Promise<Agreement[]> {
  return database.transaction(async (client) => (await readStoredFiles(client)).agreements);
}
