import './global-setup.js';

/** Ends the run's shared PostgreSQL and removes its data. */
export default async function tearDown(): Promise<void> {
  await globalThis.removeTestPostgres?.();
}
