import { createServer, type AddressInfo, type Socket } from 'node:net';
import { isTransient } from '#libs/database';
import { Client, Pool, type PoolClient } from 'pg';
import { testDatabase, type TestDatabase } from '#test/postgres';

// Each error is made by pg, its pool and a server as they are: a version that words one differently fails here.

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function withPool(work: (pool: Pool) => Promise<unknown>): Promise<unknown> {
  const pool = new Pool({ connectionString: database.url, max: 2, connectionTimeoutMillis: 5_000 });
  pool.on('error', () => {});
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

/** Runs `work` on a connection of the pool that the server has ended, as it ends one that is idle in a transaction. */
function onEndedConnection(work: (client: PoolClient) => Promise<unknown>): Promise<unknown> {
  return withPool(async (pool) => {
    const client = await pool.connect();
    const gone = new Promise((resolve) => client.on('error', resolve));
    try {
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await pool.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
      await gone;
      return await work(client);
    } finally {
      client.release(true);
    }
  });
}

const PASSING: Record<string, () => Promise<unknown>> = {
  'a pool whose connections are all in use': async () => {
    const pool = new Pool({ connectionString: database.url, max: 1 });
    const held = await pool.connect();
    pool.options.connectionTimeoutMillis = 20;
    try {
      return await errorOf(pool.query('SELECT 1'));
    } finally {
      held.release();
      await pool.end();
    }
  },
  'a server that takes connections and never answers': async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const url = `postgres://nobody@127.0.0.1:${(mute.address() as AddressInfo).port}/none`;
    const pool = new Pool({ connectionString: url, connectionTimeoutMillis: 20 });
    try {
      return await errorOf(pool.query('SELECT 1'));
    } finally {
      await pool.end();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => mute.close(resolve));
    }
  },
  'a port that nobody listens on': async () => {
    const pool = new Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' });
    const error = await errorOf(pool.query('SELECT 1'));
    await pool.end();
    return error;
  },
  'a connection that the server ends during a statement': () =>
    withPool(async (pool) => errorOf(pool.query('SELECT pg_terminate_backend(pg_backend_pid())'))),
  'a statement on a connection that the server has ended': () =>
    onEndedConnection((client) => errorOf(client.query('SELECT 1'))),
  'a statement on a connection that was closed': async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.end();
    return errorOf(client.query('SELECT 1'));
  },
  'a transaction that stood idle for too long': () =>
    withPool(async (pool) => {
      const client = await pool.connect();
      const told = new Promise((resolve) => client.on('error', resolve));
      await client.query("SET idle_in_transaction_session_timeout = '20ms'");
      await client.query('BEGIN');
      const error = await told;
      client.release(true);
      return error;
    }),
  'a deadlock': () =>
    withPool(async (pool) => {
      const [one, other] = [await pool.connect(), await pool.connect()];
      for (const client of [one, other]) await client.query("BEGIN; SET LOCAL deadlock_timeout = '20ms'");
      await one.query('SELECT pg_advisory_xact_lock(1)');
      await other.query('SELECT pg_advisory_xact_lock(2)');
      const errors = await Promise.all([
        errorOf(one.query('SELECT pg_advisory_xact_lock(2)')).finally(() => one.query('ROLLBACK')),
        errorOf(other.query('SELECT pg_advisory_xact_lock(1)')).finally(() => other.query('ROLLBACK')),
      ]);
      for (const client of [one, other]) client.release();
      return errors.find((error) => error !== undefined);
    }),
};

describe('what passes by itself', () => {
  it.each(Object.entries(PASSING))('%s', async (_, make) => {
    const error = await make();
    expect({ error: String(error), transient: isTransient(error) }).toMatchObject({ transient: true });
  });
});

describe('what somebody has to mend', () => {
  it.each([
    ['a statement that is none', 'SELEKT 1'],
    ['a table that is not there', 'SELECT FROM no_such_table'],
    ['a value that does not fit', "SELECT 'x'::integer"],
  ])('%s', async (_, sql) => {
    const error = await withPool((pool) => errorOf(pool.query(sql)));
    expect(error).toHaveProperty('message');
    expect(isTransient(error)).toBe(false);
  });

  it('a pool that its owner has ended', async () => {
    const pool = new Pool({ connectionString: database.url });
    await pool.end();
    expect(isTransient(await errorOf(pool.query('SELECT 1')))).toBe(false);
  });
});
