import { attribution, rebuild } from '#apps/attribution';
import { canonicalDump, emptyTables } from '#test/canonical-dump';
import type { EventLog, LogRecord } from '#libs/event-log';
import {
  Group,
  Topic,
  canonicalEventKey,
  deadLetterOf,
  serializeCanonicalEvent,
  serializeDeadLetter,
  type CanonicalEvent,
  type DeadLetter,
} from '#libs/events';
import {
  databaseOf,
  migrate,
  openPlatform,
  startProcess,
  type Platform,
  type RunningProcess,
} from '#libs/runtime';
import { exampleCanonicalEvents } from '#test/example-events';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { schemaProblems } from '#test/published-schemas';
import { groupIsThrough, intercepted, storedIn } from '../normalizer/log-probe.js';
import { until } from '#test/until';

let database: TestDatabase;
let environment: Record<string, string>;

beforeEach(async () => {
  database = await testDatabase();
  environment = {
    DATABASE_URL: database.url,
    ADMIN_HOST: '127.0.0.1',
    ADMIN_PORT: '0',
    KAFKA_PARTITIONS: '3',
    LOG_LEVEL: 'silent',
  };
});
afterEach(() => database.drop());

const events = exampleCanonicalEvents();
const example = events.find((e) => e.kind === 'deposit')!;
const recordOf = (event: CanonicalEvent): LogRecord => ({
  key: canonicalEventKey(event),
  value: serializeCanonicalEvent(event),
});
/** Deposits of one player, so that they share a partition and a batch. */
const deposits = (count: number): CanonicalEvent[] =>
  Array.from({ length: count }, (_, i) => ({
    ...example,
    event_id: String(i).padStart(64, '0'),
    natural_key: `tx|${i}`,
    transaction_id: `tx-${i}`,
  }));

async function withAttribution(use: (running: RunningProcess) => Promise<void>): Promise<void> {
  const running = await startProcess('attribution', [attribution], { environment, migrates: true });
  try {
    await use(running);
  } finally {
    await running.stop();
  }
}

async function rowsOf<Row>({ platform }: Pick<RunningProcess, 'platform'>, query: string): Promise<Row[]> {
  return (await databaseOf(platform).pool.query(query)).rows as Row[];
}

const attributed = (log: EventLog): Promise<void> =>
  until('all is read', () => groupIsThrough(log, Group.attribution, Topic.conversionEvents));
const deadLettersStored = (log: EventLog): Promise<void> =>
  until('all is read', () => groupIsThrough(log, Group.deadLetterStore, Topic.deadLetters));

/** The batch is on the topic before anybody reads it, so that it is taken in one. @param before is run on the new tables */
async function attributeTogether(
  batch: readonly CanonicalEvent[],
  look: (platform: Platform) => Promise<void>,
  before?: string,
): Promise<void> {
  const platform = await openPlatform('attribution', environment, { database: true });
  try {
    await migrate(platform);
    if (before !== undefined) await databaseOf(platform).pool.query(before);
    await platform.eventLog.publish(Topic.conversionEvents, batch.map(recordOf));
    const app = await attribution.start(platform);
    try {
      await attributed(platform.eventLog);
      await deadLettersStored(platform.eventLog);
      await look(platform);
    } finally {
      await app.stop();
    }
  } finally {
    await platform.close();
  }
}

/** Transactions that have a row, sorted. */
async function transactionsIn(platform: Platform): Promise<string[]> {
  const rows = await rowsOf<{ transaction_id: string }>(
    { platform },
    'SELECT transaction_id FROM tributary.conversions',
  );
  return rows.map((r) => r.transaction_id).sort();
}

describe('attribution', () => {
  it('makes rows of canonical events, and tells topic conversions of them', async () => {
    await withAttribution(async (running) => {
      const { eventLog } = running.platform;
      const real = events.map((e) => ({ ...e, is_test: undefined }));
      await eventLog.publish(Topic.conversionEvents, real.map(recordOf));
      await attributed(eventLog);

      const rows = await rowsOf(
        running,
        `SELECT type, conversion_key, player_id, amount::float, is_first_deposit, attributed, last_touch_campaign
          FROM tributary.conversions ORDER BY type`,
      );
      const common = { player_id: '1874552', attributed: true, last_touch_campaign: 'autumn' };
      const paid = { amount: 40.5, is_first_deposit: false };
      const byClick = { ...common, conversion_key: `click:${example.click_id}`, amount: null };
      expect(rows).toEqual([
        { ...common, type: 'deposit', conversion_key: 'tx:123456789', amount: 40.5, is_first_deposit: true },
        { ...byClick, type: 'install', is_first_deposit: false },
        { ...common, ...paid, type: 'payout', conversion_key: 'tx:offers:123456789' },
        { ...common, ...paid, type: 'purchase', conversion_key: 'tx:123456789' },
        { ...byClick, type: 'registration', is_first_deposit: false },
      ]);
      const told = await storedIn(eventLog, Topic.conversions);
      expect(told.flatMap((r) => schemaProblems(r.value!))).toEqual([]);
      expect(new Set(told.map((r) => r.key)).size).toBe(rows.length);
    });
  });

  it('attributes to a click that nobody tells of as a touch, and to the same one when somebody does', async () => {
    await withAttribution(async (running) => {
      const { eventLog } = running.platform;
      const real = events.map((e) => ({ ...e, is_test: undefined }));
      const publish = async (...kinds: string[]): Promise<void> => {
        const told = real.filter(({ kind }) => kinds.includes(kind)).map(recordOf);
        await eventLog.publish(Topic.conversionEvents, told);
        await attributed(eventLog);
      };
      const rows = () =>
        rowsOf(
          running,
          'SELECT attributed, first_touch_campaign, last_touch_click_id FROM tributary.conversions',
        );
      const byClick = {
        ...{ attributed: true, first_touch_campaign: 'autumn', last_touch_click_id: example.click_id },
      };
      await publish('deposit', 'click');
      expect(await rows()).toEqual([byClick]);
      await publish('touchpoint');
      expect(await rows()).toEqual([byClick]);
      expect(await rowsOf(running, 'SELECT touch_id FROM tributary.touchpoints')).toHaveLength(1);
    });
  });

  it('makes the same rows whatever the server is set to', async () => {
    const real = events.map((e) => ({ ...e, is_test: undefined }));
    const dumps: string[] = [];
    for (const settings of [[], ["datestyle = 'German'", "default_transaction_isolation = 'serializable'"]]) {
      await withAttribution(async (running) => {
        const { pool } = databaseOf(running.platform);
        await emptyTables(pool);
        const name = new URL(database.url).pathname.slice(1);
        for (const setting of settings) await pool.query(`ALTER DATABASE ${name} SET ${setting}`);
      });
      await withAttribution(async (running) => {
        await running.platform.eventLog.publish(Topic.conversionEvents, real.map(recordOf));
        await attributed(running.platform.eventLog);
        // Once more, so that rows are read as well as written
        await rebuild(databaseOf(running.platform), running.platform.eventLog, () => {});
        dumps.push(await canonicalDump(databaseOf(running.platform).pool));
        expect(await rowsOf(running, 'SELECT detail FROM tributary.dead_letters')).toEqual([]);
      });
    }
    expect(dumps[1]).toBe(dumps[0]);
  });

  it('keeps dead letters in their table, also one whose original no text column takes', async () => {
    await withAttribution(async (running) => {
      const { eventLog, metrics } = running.platform;
      const originals = [
        'not json',
        '{"a": "\0\u{1f600}',
        serializeCanonicalEvent(example).replace('"40.5"', '40.5'),
      ];
      await eventLog.publish(
        Topic.conversionEvents,
        originals.map((value, i) => ({ key: `k${i}\0`, value })),
      );
      await attributed(eventLog);
      await deadLettersStored(eventLog);

      const stored = await rowsOf<{ reason: string; original: Buffer; record_key: Buffer }>(
        running,
        'SELECT reason, path, original, record_key, app FROM tributary.dead_letters ORDER BY record_key',
      );
      expect(stored.map((d) => d.original.toString())).toEqual(originals);
      expect(stored.map((d) => d.record_key.toString())).toEqual(['k0\0', 'k1\0', 'k2\0']);
      expect(stored).toMatchObject([
        { reason: 'invalid_json', path: '', app: 'attribution' },
        { reason: 'invalid_json', path: '', app: 'attribution' },
        { reason: 'invalid_field', path: '/data/amount', app: 'attribution' },
      ]);
      const told = await storedIn(eventLog, Topic.deadLetters);
      expect(told.flatMap((r) => schemaProblems(r.value!))).toEqual([]);
      const counted = (await metrics.deadLetters.get()).values.map((v) => [v.labels.reason, v.value]);
      expect(counted.sort()).toEqual([
        ['invalid_field', 1],
        ['invalid_json', 2],
      ]);
    });
  });

  it('keeps the dead letters of a batch in which there are some that no table takes', async () => {
    await withAttribution(async (running) => {
      const { eventLog } = running.platform;
      const letterOf = (key: string, path: string): DeadLetter =>
        deadLetterOf(
          { kind: 'dead_letter', reason: 'schema_violation', path, detail: 'must be a number' },
          { topic: Topic.rawEvents, partition: 0, offset: 7n, key, value: key },
          { app: 'normalizer', version: '1', now: '2026-11-21T10:00:00.000000Z' },
        );
      const value = (letter: object): string => serializeDeadLetter(letter as DeadLetter);
      const strange = { ...letterOf('b', ''), partition: 'the first' };
      // A partner names the members of its records, and a path may lead to one
      const letters = [letterOf('a', '/n'), strange, letterOf('c', '/custom/\0'), { dead_letter_id: 'd' }];
      await eventLog.publish(
        Topic.deadLetters,
        letters.map((letter) => ({ key: 'same', value: value(letter) })),
      );
      await deadLettersStored(eventLog);
      expect(
        await rowsOf(
          running,
          `SELECT convert_from(record_key, 'UTF8') AS key, path FROM tributary.dead_letters ORDER BY 1`,
        ),
      ).toEqual([
        { key: 'a', path: '/n' },
        { key: 'c', path: '/custom/\ufffd' },
      ]);
    });
  });

  it('finds the events that PostgreSQL refuses among others, and stores the others', async () => {
    const batch = deposits(50);
    // The year 0 exists in ISO 8601, and so in instants; PostgreSQL has none.
    for (const i of [0, 17, 18]) batch[i]!.occurred_at = '0000-06-01T00:00:00.000000Z';
    await attributeTogether(batch, async (platform) => {
      const expected = batch
        .map((_, i) => `tx-${i}`)
        .filter((tx) => !['tx-0', 'tx-17', 'tx-18'].includes(tx));
      expect(await transactionsIn(platform)).toEqual(expected.sort());
      const dead = await rowsOf(
        { platform },
        'SELECT reason, detail, event_id FROM tributary.dead_letters ORDER BY event_id',
      );
      const detail = expect.stringContaining('SQLSTATE 22008') as string;
      expect(dead).toEqual(
        [0, 17, 18].map((i) => ({ reason: 'rejected_by_database', detail, event_id: batch[i]!.event_id })),
      );
    });
  });

  it('makes the rows of a batch of which PostgreSQL refuses one row, though it takes the facts', async () => {
    const nobody = { click_id: undefined, client_id: undefined, user_id: undefined };
    const batch = deposits(8).map(
      (e, i) => ({ ...e, ...nobody, player_id: `player-${i}` }) as CanonicalEvent,
    );
    environment['KAFKA_PARTITIONS'] = '1';
    const refuseOne = `ALTER TABLE tributary.conversions ADD CHECK (transaction_id <> 'tx-1')`;
    await attributeTogether(
      batch,
      async (platform) => {
        expect(await transactionsIn(platform)).toEqual([0, 2, 3, 4, 5, 6, 7].map((i) => `tx-${i}`));
        const dead = await rowsOf({ platform }, 'SELECT reason, event_id FROM tributary.dead_letters');
        expect(dead).toEqual([{ reason: 'rejected_by_database', event_id: batch[1]!.event_id }]);
        expect(await rowsOf({ platform }, 'SELECT FROM tributary.unsettled_batches')).toEqual([]);
      },
      refuseOne,
    );
  });

  it('makes rows of what happened in the first days that PostgreSQL has, and of what comes after it', async () => {
    await withAttribution(async (running) => {
      const { eventLog } = running.platform;
      const [first, , ...others] = deposits(8);
      first!.occurred_at = '0001-01-05T00:00:00.000000Z';
      // Of no transaction: it may be a pair of the first one
      const weak = { ...first!, natural_key: 'weak', event_id: 'f'.repeat(64), transaction_id: undefined };
      const both = [first!, weak as CanonicalEvent];
      await eventLog.publish(Topic.conversionEvents, both.map(recordOf));
      await attributed(eventLog);
      for (const other of others) await eventLog.publish(Topic.conversionEvents, [recordOf(other)]);
      await attributed(eventLog);
      expect(
        await rowsOf(
          running,
          'SELECT count(*)::int AS rows, count(*) FILTER (WHERE is_first_deposit)::int AS firsts FROM tributary.conversions',
        ),
      ).toEqual([{ rows: 7, firsts: 1 }]);
      expect(await rowsOf(running, 'SELECT detail FROM tributary.dead_letters')).toEqual([]);
    });
  });

  it('commits offsets after the rows, the news of them and the dead letters are durable', async () => {
    const platform = await openPlatform('attribution', environment, { database: true });
    try {
      await migrate(platform);
      const { eventLog } = platform;
      const effects: string[] = [];
      const state = async (): Promise<string> => {
        const lags = await eventLog.lag(Group.attribution, [Topic.conversionEvents]);
        const [rows] = await rowsOf<{ n: number }>(
          { platform },
          'SELECT count(*)::int AS n FROM tributary.conversions',
        );
        return `${rows!.n} rows, ${lags.reduce((sum, l) => sum + (l.committed ?? 0n), 0n)} committed`;
      };
      const recorded = intercepted(eventLog, {
        publish: async (topic, records) => {
          effects.push(`${topic} begins: ${await state()}`);
          const positions = await eventLog.publish(topic, records);
          effects.push(`${topic} durable: ${await state()}`);
          return positions;
        },
      });
      const [key, records] = [canonicalEventKey(example), deposits(3).map(recordOf)];
      await eventLog.publish(Topic.conversionEvents, [...records, { key, value: 'broken' }]);
      const app = await attribution.start({ ...platform, eventLog: recorded });
      try {
        await attributed(eventLog);
        expect(effects).toEqual([
          'conversions begins: 3 rows, 0 committed',
          'conversions durable: 3 rows, 0 committed',
          'dead-letters begins: 3 rows, 0 committed',
          'dead-letters durable: 3 rows, 0 committed',
        ]);
        expect(await state()).toBe('3 rows, 4 committed');
      } finally {
        await app.stop();
      }
    } finally {
      await platform.close();
    }
  });
});
