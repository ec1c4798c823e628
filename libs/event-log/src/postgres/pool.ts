import { Pool, type PoolClient } from 'pg';

/** A connection string, or a pool whose owner ends it and listens to its errors. */
export type PoolSource = string | Pool;

const CONNECT_LIMIT_MS = 10_000;
const QUERY_LIMIT_MS = 15_000;
/** A process that stands still in a transaction keeps its locks, and with them the others of its group waiting:
 * PostgreSQL ends its connection after this time. */
const IDLE_IN_TRANSACTION_MS = 5_000;

/** A pool for one process's use of the log. Errors of idle connections go to `onError`, never further. */
export function createPool(
  connectionString: string,
  applicationName: string,
  onError: (error: Error) => void,
): Pool {
  const pool = new Pool({
    connectionString,
    application_name: applicationName,
    max: 10,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    query_timeout: QUERY_LIMIT_MS,
    keepAlive: true,
    // Every statement of the log goes by an index, in its order. A plan made while a table was small would
    // say otherwise, and stay in use while the table grows. Appends and members wait for rows, and go on with what these
    // are then, however the server is set.
    // The pool waits for the promise, although its types do not say so.
    onConnect: (client): unknown =>
      client.query(
        `SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off;
         SET default_transaction_isolation = 'read committed';
         SET idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`,
      ),
  });
  pool.on('error', onError); // the pool drops the connection; whoever needs one gets another
  return pool;
}

/** Runs `work` with the pool given, or with one of its own that is ended afterwards. */
export async function withPool<T>(source: PoolSource, work: (pool: Pool) => Promise<T>): Promise<T> {
  if (typeof source !== 'string') return work(source);
  let lost: Error | undefined;
  const pool = createPool(source, 'tributary event log', (error) => (lost = error));
  try {
    return await work(pool);
  } catch (error) {
    throw lost === undefined ? error : new Error(lost.message, { cause: error });
  } finally {
    await pool.end();
  }
}

/** Runs `work` on one connection of the pool; where it throws, or loses the connection, that is closed. */
export async function onConnection<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  // Between two statements nobody else hears that the connection is gone; the next one says so.
  const onLost = (error: Error): void => void (failure = error);
  client.on('error', onLost);
  try {
    return await work(client);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.off('error', onLost);
    client.release(failure);
  }
}

/** Runs `work` in one transaction (READ COMMITTED) and commits it; rolls back and rethrows when it throws. */
export function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return onConnection(pool, async (client) => {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  });
}

/** Serialises what changes a group: its members, who owns which partition, where it stands when nobody does. */
export async function lockGroup(client: PoolClient, group: string): Promise<void> {
  await client.query({
    name: 'event_log_lock_group',
    text: `SELECT pg_advisory_xact_lock(hashtextextended('event_log.group ' || $1, 0))`,
    values: [group],
  });
}
