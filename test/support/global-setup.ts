import { throwAwayFolder } from '#libs/database';

declare global {
  // How Jest hands things from globalSetup to globalTeardown: both run in its main process.
  var removeTestPostgres: (() => Promise<void>) | undefined;
}

/**
 * Prepares the folder of the run's shared PostgreSQL, unless TEST_DATABASE_URL names a server of your own.
 * The first test that asks for a database starts the server (`testDatabase`), so a run of pure unit tests
 * does not pay for one. Jest runs this from `dist`: build first.
 */
export default async function setUp(): Promise<void> {
  if (process.env.TEST_DATABASE_URL) return;
  const { folder, remove } = await throwAwayFolder();
  process.env.TEST_POSTGRES_FOLDER = folder; // the workers inherit it
  globalThis.removeTestPostgres = remove;
}
