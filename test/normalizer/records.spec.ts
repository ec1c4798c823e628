import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stringify } from 'yaml';
import { normalizer } from '#apps/normalizer';
import { Group, Topic, rawEventKey, serializeRawEvent, type RecordEvent } from '#libs/events';
import { createLogger, migrate, openPlatform } from '#libs/runtime';
import { compileStream, type JsonObject, type HttpSourceDefinition } from '#libs/sources';
import { exampleRawInstall } from '#test/example-events';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { schemaProblems } from '#test/published-schemas';
import { until } from '#test/until';
import { groupIsThrough, storedIn } from './log-probe.js';

const occurred_at = { path: 'at', time: 'yyyy-MM-dd HH:mm:ss', timezone: '-05:00' };

/** An offerwall as a person writes its definition. */
const BESITOS: HttpSourceDefinition = {
  name: 'besitos',
  type: 'http',
  brand: 'spacevegas',
  streams: [
    {
      name: 'conversions',
      poll_interval: 'PT5M',
      requester: { url: 'https://wall.partner.test/conversions' },
      incremental_sync: { type: 'full_refresh' },
      decoder: { type: 'json' },
      primary_key: ['id'],
      schema: { $ref: './schemas/conversion.json' },
      mapping: [
        {
          event: 'reversal',
          when: { reverse: { in: [1, '1', true] } },
          fields: { transaction_id: 'id', occurred_at },
        },
        {
          event: 'payout',
          when: { kind: { equals: 'payout' } },
          fields: { transaction_id: 'id', occurred_at, amount: { path: 'payout', money: 'USD' } },
          custom_rest: true,
        },
      ],
    },
  ],
};

const stream = compileStream(BESITOS, BESITOS.streams[0]!);
const recordOf = (payload: JsonObject, more: Partial<RecordEvent> = {}): RecordEvent => ({
  ...stream.recordEvent(payload, { receivedAt: '2026-11-21T10:00:00.123456Z' }),
  ...more,
});
const payout = (id: number, more: JsonObject = {}): JsonObject => ({
  id,
  kind: 'payout',
  at: '2026-07-01 10:00:00',
  payout: '3.50',
  user: `u${id}`,
  ...more,
});

let database: TestDatabase;
let dir: string;
beforeEach(async () => {
  database = await testDatabase();
  dir = mkdtempSync(join(tmpdir(), 'sources-'));
  mkdirSync(join(dir, 'schemas'));
  writeFileSync(
    join(dir, 'schemas', 'conversion.json'),
    JSON.stringify({ properties: { user: { type: 'string' } } }),
  );
  writeFileSync(join(dir, 'besitos.yaml'), stringify(BESITOS));
  writeFileSync(join(dir, 'broken.yaml'), stringify({ ...BESITOS, name: 'broken' }).replace('PT5M', '5m'));
});
afterEach(async () => {
  rmSync(dir, { recursive: true });
  await database.drop();
});

it('maps the records of partners, and makes dead letters of what it cannot map; nothing is lost', async () => {
  const environment = {
    DATABASE_URL: database.url,
    SOURCES_DIR: dir,
    KAFKA_PARTITIONS: '1',
    ADMIN_PORT: '0',
  };
  const platform = await openPlatform('normalizer', environment, { database: false });
  const { lines, logger } = linesOfLog();
  try {
    await migrate(platform);
    const log = platform.eventLog;
    const records = [
      recordOf(payout(1)),
      recordOf(payout(2, { reverse: 1 }), { source: 'besitos.postback' }),
      recordOf({ id: 3, kind: 'test' }),
      recordOf(payout(4, { payout: '3,50' })),
      recordOf(payout(5, { user: 5 })),
      recordOf(payout(6), { source: 'nobody' }),
      recordOf(payout(7), { source: 'broken' }),
      recordOf(payout(8), { stream: 'others' }),
    ];
    await log.publish(
      Topic.rawEvents,
      [...records, exampleRawInstall()].map((raw) => ({
        key: rawEventKey(raw.source, raw.natural_key),
        value: serializeRawEvent(raw),
      })),
    );
    const app = await normalizer.start({ ...platform, logger });
    try {
      await until('all is read', () => groupIsThrough(log, Group.normalizer, Topic.rawEvents));
      const [raw, canonical, dead] = await Promise.all(
        [Topic.rawEvents, Topic.conversionEvents, Topic.deadLetters].map(async (topic) =>
          (await storedIn(log, topic)).map((r) => r.value!),
        ),
      );
      expect([...raw!, ...canonical!, ...dead!].flatMap(schemaProblems)).toEqual([]);
      const common = { brand: 'spacevegas', partner: 'besitos', occurred_at: '2026-07-01T15:00:00.000000Z' };
      expect(dataOf(canonical!)).toMatchObject([
        {
          ...common,
          kind: 'payout',
          transaction_id: '1',
          amount: '3.5',
          trust: 'partner_api',
          raw_position: '0/0',
          custom: { user: 'u1' },
        },
        { ...common, kind: 'reversal', transaction_id: '2', conversion_type: 'payout', trust: 'postback' },
        { ...common, kind: 'payout', transaction_id: '2', trust: 'postback' },
        { kind: 'install' },
      ]);
      expect(dataOf(dead!).map((d) => [d['offset'], d['reason'], d['path'], d['source']])).toEqual([
        ['3', 'invalid_field', '/data/payload/payout', 'besitos'],
        ['4', 'schema_violation', '/data/payload/user', 'besitos'],
        ['5', 'unknown_source', '/source', 'nobody'],
        ['6', 'unknown_source', '/source', 'broken'],
        ['7', 'unknown_source', '/data/stream', 'besitos'],
      ]);
      expect(lines()).toContainEqual(
        expect.objectContaining({
          msg: 'a source is left out',
          problem: expect.stringMatching(
            /broken\.yaml:\d+:\d+: streams\[0\]\.poll_interval: must be/,
          ) as string,
        }),
      );
      expect(JSON.stringify(lines())).not.toContain('3,50');
    } finally {
      await app.stop();
    }
  } finally {
    await platform.close();
  }
});

function dataOf(values: readonly string[]): Record<string, unknown>[] {
  return values.map((v) => (JSON.parse(v) as { data: Record<string, unknown> }).data);
}

function linesOfLog(): { lines: () => Record<string, unknown>[]; logger: ReturnType<typeof createLogger> } {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream & PassThrough;
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const lines = (): Record<string, unknown>[] =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { lines, logger: createLogger('normalizer', 'info', stream) };
}
