import { readRows } from '#libs/database';
import { Pool } from 'pg';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { until } from '#test/until';

const ROWS = `SELECT i, repeat('x', 1000) AS filler FROM generate_series(1, $1::int) i`;
const NAME = 'reader of rows';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, application_name: NAME, max: 1 });
  pool.on('error', () => {});
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Ends the connection that reads, as a server does that is restarted, as soon as it runs the query. */
async function endReader(query: string): Promise<void> {
  const other = new Pool({ connectionString: database.url });
  await until('the reader is ended', async () => {
    const { rowCount } = await other.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = $1 AND datname = current_database() AND query = $2`,
      [NAME, query],
    );
    return rowCount === 1;
  });
  await other.end();
}

it.each([0, 1, 9, 10, 11, 20, 35])('reads %s rows, ten at a time, each once and in order', async (count) => {
  const read: number[][] = [];
  for await (const rows of readRows<{ i: number }>(pool, { text: ROWS, values: [count] }, 10)) {
    read.push(rows.map(({ i }) => i));
  }
  expect(read.flat()).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  expect(read.map((rows) => rows.length)).toEqual(read.map((_, i) => Math.min(10, count - 10 * i)));
  expect(pool.idleCount).toBe(1);
});

it('gives rows as lists where it is asked to', async () => {
  const query = { text: 'SELECT 1, NULL, 2', values: [], rowMode: 'array' as const };
  for await (const rows of readRows(pool, query, 10)) expect(rows).toEqual([[1, null, 2]]);
});

it('says what the database answers', async () => {
  const read = readRows(pool, { text: 'SELECT 1 / (3 - i) FROM generate_series(1, 9) i', values: [] }, 2);
  expect((await read.next()).value).toHaveLength(2);
  await expect(read.next()).rejects.toMatchObject({ code: '22012' });
});

it('closes a connection whose rows are not all wanted', async () => {
  for await (const rows of readRows(pool, { text: ROWS, values: [100_000] }, 10)) {
    expect(rows).toHaveLength(10);
    break;
  }
  expect(pool.totalCount).toBe(0);
});

it('says that its connection was lost, while rows are used and while they are waited for', async () => {
  const idle = readRows(pool, { text: ROWS, values: [100_000] }, 10);
  await idle.next();
  await endReader(ROWS);
  await expect(
    (async () => {
      for await (const rows of idle) expect(rows).toHaveLength(10);
    })(),
  ).rejects.toThrow(/terminat|lost/);
  const sleep = 'SELECT pg_sleep(60)';
  const first = readRows(pool, { text: sleep, values: [] }, 10).next();
  const told = expect(first).rejects.toThrow(/terminat|lost/);
  await endReader(sleep);
  await told;
});
