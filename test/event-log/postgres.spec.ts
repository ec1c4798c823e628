import { installPostgresLog, openPostgresLog, postgresLogMigration, type EventLog } from '#libs/event-log';
import { startCutOffProxy } from '#test/cut-off';
import { durableServer, testDatabase } from '#test/postgres';
import { until } from '#test/until';
import { Client, Pool } from 'pg';
import { eventLogContract } from './contract.js';
import { numbered, numbers, type EngineUnderTest, type FragileEngine, type LogWorld } from './log-world.js';

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function openAt(connectionString: string): Promise<EventLog> {
  await installPostgresLog(connectionString);
  return openPostgresLog({ connectionString, logger });
}

async function run(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function start(): Promise<EngineUnderTest> {
  const { url, drop } = await testDatabase();
  return {
    address: { name: 'postgres', url },
    open: () => openAt(url),
    // Between taking its offsets and its commit, every fourth transaction sleeps for up to 20 ms.
    slowDown: async () => {
      await run(
        url,
        `CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN IF random() < 0.25 THEN PERFORM pg_sleep(random() * 0.02); END IF; RETURN NULL; END $$;
         CREATE TRIGGER dawdle AFTER INSERT ON event_log.records EXECUTE FUNCTION dawdle();`,
      );
    },
    fragile: async (): Promise<FragileEngine> => {
      const server = await durableServer();
      const log = await openAt(server.url);
      const close = () => log.close().then(server.drop);
      return { log, kill9: server.kill9, start: server.start, close };
    },
    close: drop,
  };
}

describe('the event log on PostgreSQL', () => {
  const current = eventLogContract(start);
  const urlOf = ({ engine: { address } }: LogWorld): string => ('url' in address ? address.url : '');
  afterEach(() => run(urlOf(current()), `DROP FUNCTION IF EXISTS dawdle CASCADE`));

  it('is installed once, by however many at once, and removed without a trace', async () => {
    const { url, drop } = await testDatabase();
    await Promise.all(numbers(5).map(() => installPostgresLog(url)));
    for (const statement of postgresLogMigration.down) await run(url, statement);
    expect(await run(url, `SELECT FROM pg_namespace WHERE nspname = 'event_log'`)).toEqual([]);
    await drop();
  });

  it('gives the installation up where its connection is lost', async () => {
    const { url, drop } = await testDatabase();
    const proxy = await startCutOffProxy(url);
    const other = new Client({ connectionString: url });
    await other.connect();
    await other.query(`SELECT pg_advisory_lock(hashtextextended('event_log.install', 0))`);
    const lost = expect(installPostgresLog(proxy.url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await until('it waits for its turn', async () => {
      const waiting = await other.query(
        `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      return waiting.rowCount === 1;
    });
    proxy.cutOff();
    await lost;
    await other.end();
    await installPostgresLog(url);
    await proxy.close();
    await drop();
  });

  it('removes tombstones after a day', async () => {
    const world = current();
    const topic = await world.topic(1, { compacted: true, retentionMs: null });
    const [, old, young] = await world.log.publish(topic, [
      { key: 'a', value: 'first' },
      { key: 'a', value: null },
      { key: 'b', value: null },
    ]);
    await run(
      urlOf(world),
      `UPDATE event_log.records SET appended_at = appended_at - interval '25 hours'
       WHERE key = 'a' AND topic_id = (SELECT topic_id FROM event_log.topics WHERE name = '${topic}')`,
    );
    await world.log.maintain();
    expect(await world.log.read(topic, old!)).toBeUndefined();
    expect(await world.log.read(topic, young!)).toMatchObject({ key: 'b', value: null });
    const group = world.group();
    await world.log.publish(topic, [{ key: 'c', value: null }]);
    const collector = await world.collect(topic, group);
    await world.collected(collector, 2);
    await until('the holes are passed', async () => (await world.committed(group, topic)) === 4n);
  });

  it('leaves maintenance to the process that does it already', async () => {
    const world = current();
    const topic = await world.topic(1, { retentionMs: 0 });
    const [position] = await world.log.publish(topic, numbered(1));
    const other = new Client({ connectionString: urlOf(world) });
    await other.connect();
    await other.query(`SELECT pg_advisory_lock(hashtextextended('event_log.maintain', 0))`);
    await world.log.maintain();
    expect(await world.log.read(topic, position!)).toBeDefined();
    await other.end();
    await until('its turn has come', async () => {
      await world.log.maintain();
      return (await world.log.read(topic, position!)) === undefined;
    });
  });

  it('gives maintenance up, and nothing else, where its connection is lost', async () => {
    const world = current();
    await world.topic(1, { retentionMs: 0 });
    const other = new Client({ connectionString: urlOf(world) });
    await other.connect();
    await other.query(`BEGIN; LOCK TABLE event_log.records IN ACCESS EXCLUSIVE MODE`);
    const maintaining = world.log.maintain();
    const lost = expect(maintaining).rejects.toThrow(/connection error/);
    await until('it waits, and whoever holds its lock is ended', async () => {
      const ended = await other.query(
        `SELECT pg_terminate_backend(l.pid) FROM pg_locks l
         WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND EXISTS (SELECT FROM pg_locks w WHERE NOT w.granted AND w.relation = 'event_log.records'::regclass)`,
      );
      return ended.rowCount === 1;
    });
    await other.query('COMMIT');
    await other.end();
    await lost;
    await world.log.maintain();
  });

  it('wakes consumers of other processes within milliseconds', async () => {
    const world = current();
    const topic = await world.topic(3);
    const collector = await world.collect(topic, world.group(), {}, await world.openOther());
    const delays: number[] = [];
    for (let n = 0; n < 100; n++) {
      const startedAt = performance.now();
      await world.log.publish(topic, numbered(1, undefined, n));
      await until('it arrives', () => collector.records.length > n);
      delays.push(performance.now() - startedAt);
    }
    // The poll that stands in for a lost wake-up comes every 250 ms.
    expect(delays.sort((a, b) => a - b)[50]).toBeLessThan(60);
  });

  it('stores a call that comes at the very moment in which the one before it ends', async () => {
    const topic = await current().topic(1);
    const pool = new Pool({ connectionString: urlOf(current()) });
    const query = pool.query.bind(pool) as (...asked: unknown[]) => Promise<unknown>;
    const appends: Promise<unknown>[] = [];
    // The log's own publisher waits for the same promise: from here on each of its steps is one of ours
    Object.assign(pool, {
      query: (...asked: [{ name?: string }]) => {
        const answer = query(...asked);
        if (asked[0].name === 'event_log_append') appends.push(answer);
        return answer;
      },
    });
    const log = await openPostgresLog({ pool, logger });
    await log.publish(topic, numbered(1));
    let stored = 0;
    for (let steps = 0; steps < 20; steps++) {
      appends.length = 0;
      const first = log.publish(topic, numbered(1));
      while (appends.length === 0) await Promise.resolve();
      await appends[0];
      for (let step = 0; step < steps; step++) await Promise.resolve();
      void log.publish(topic, numbered(1)).then(() => stored++);
      await first;
      await until(`the call after ${steps} steps is stored`, () => stored > steps, 10_000);
    }
    await log.close();
    await pool.end();
  });
});
