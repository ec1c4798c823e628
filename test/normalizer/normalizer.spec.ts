import { normalizer } from '#apps/normalizer';
import { PublishError, RecordTooLargeError, type EventLog, type LogRecord } from '#libs/event-log';
import { Group, Topic, hashParts, rawEventKey, serializeRawEvent, type RawEvent } from '#libs/events';
import { createLogger, migrate, openPlatform, startProcess, type Platform } from '#libs/runtime';
import { exampleRawClick, exampleRawConversion, exampleRawInstall } from '#test/example-events';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { schemaProblems } from '#test/published-schemas';
import { PassThrough } from 'node:stream';
import { groupIsThrough, intercepted, storedIn } from './log-probe.js';
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

const recordOf = (raw: RawEvent): LogRecord => ({
  key: rawEventKey(raw.source, raw.natural_key),
  value: serializeRawEvent(raw),
});
const installs = (count: number): RawEvent[] =>
  Array.from({ length: count }, (_, i) => exampleRawInstall({ player_id: `p${i}` }));
const idsOf = (values: string[]): string[] => values.map((v) => (JSON.parse(v) as { id: string }).id).sort();
const dataOf = (values: string[]): Record<string, unknown>[] =>
  values.map((v) => (JSON.parse(v) as { data: Record<string, unknown> }).data);

describe('normalizer', () => {
  it('turns raw events into canonical ones and everything else into dead letters, as the schemas say', async () => {
    const running = await startProcess('normalizer', [normalizer], { environment, migrates: true });
    const log = running.platform.eventLog;
    try {
      const raw = [exampleRawConversion(), exampleRawInstall({ test: true }), exampleRawClick()];
      const garbage = ['not json', '{}', serializeRawEvent(raw[0]!).replace('40.5', '40,5')];
      const records = [...raw.map(recordOf), ...garbage.map((value, i) => ({ key: `g${i}`, value }))];
      await log.publish(Topic.rawEvents, records);
      await until('all is read', () => groupIsThrough(log, Group.normalizer, Topic.rawEvents));

      const [stored, canonical, dead] = await Promise.all(
        [Topic.rawEvents, Topic.conversionEvents, Topic.deadLetters].map((topic) => storedIn(log, topic)),
      );
      expect(
        dataOf(canonical!.map((r) => r.value!))
          .map((d) => d['kind'])
          .sort(),
      ).toEqual(['click', 'deposit', 'identity_link', 'install']);
      expect(
        dataOf(dead!.map((r) => r.value!))
          .map((d) => [d['key'], d['reason'], d['path'], d['original']])
          .sort(),
      ).toEqual([
        ['g0', 'invalid_json', '', garbage[0]],
        ['g1', 'invalid_envelope', '/specversion', garbage[1]],
        ['g2', 'invalid_field', '/data/payload/amount', garbage[2]],
      ]);
      const flowing = [...stored!.filter((r) => !r.key.startsWith('g')), ...canonical!, ...dead!];
      expect(flowing.flatMap((r) => schemaProblems(r.value!))).toEqual([]);
      for (const { raw_position, kind } of dataOf(canonical!.map((r) => r.value!))) {
        const [partition, offset] = String(raw_position).split('/');
        const origin = await log.read(Topic.rawEvents, {
          partition: Number(partition),
          offset: BigInt(offset!),
        });
        expect([kind, origin?.value]).toEqual([kind, expect.stringContaining('tributary.raw.v1')]);
      }
      const { values } = await running.platform.metrics.deadLetters.get();
      expect(values.map((v) => [v.labels.app, v.labels.reason, v.value]).sort()).toEqual([
        ['normalizer', 'invalid_envelope', 1],
        ['normalizer', 'invalid_field', 1],
        ['normalizer', 'invalid_json', 1],
      ]);
    } finally {
      await running.stop();
    }
  });

  it('makes a dead letter of the one record whose event is too large, and of its original what fits', async () => {
    const running = await startProcess('normalizer', [normalizer], { environment, migrates: true });
    const log = running.platform.eventLog;
    try {
      const huge = await largestRawEvent(log);
      const ordinary = installs(5);
      await log.publish(Topic.rawEvents, [...ordinary, huge].map(recordOf));
      await until('all is read', () => groupIsThrough(log, Group.normalizer, Topic.rawEvents));

      const canonical = (await storedIn(log, Topic.conversionEvents)).map((r) => r.value!);
      expect(idsOf(canonical)).toEqual(ordinary.map((r) => r.event_id).sort());
      const dead = (await storedIn(log, Topic.deadLetters)).map((r) => r.value!);
      expect(dead.flatMap(schemaProblems)).toEqual([]);
      expect(dataOf(dead)).toMatchObject([
        {
          reason: 'too_large',
          event_id: huge.event_id,
          receipt_id: huge.receipt_id,
          original_truncated: true,
        },
      ]);
      expect(serializeRawEvent(huge)).toContain(dataOf(dead)[0]!['original']);
    } finally {
      await running.stop();
    }
  });

  it('commits only what is durable, and writes one line a batch', async () => {
    await withPlatform(async (platform) => {
      const [held, passing] = await keysOfTwoPartitions(platform.eventLog);
      let release = (): void => {};
      const gate = new Promise<void>((resolve) => (release = resolve));
      const effects: string[] = [];
      const committedOf = async (key: number): Promise<bigint> =>
        (await platform.eventLog.lag(Group.normalizer, [Topic.rawEvents])).find((l) => l.partition === key)
          ?.committed ?? 0n;
      const eventLog = intercepted(platform.eventLog, {
        publish: async (topic, records) => {
          const positions = await platform.eventLog.publish(topic, records);
          const isHeld = records.some((r) => String(r.value).includes(held.mark));
          if (isHeld) {
            effects.push(`${topic} durable, committed ${await committedOf(held.partition)}`);
            await gate;
            effects.push(`${topic} resolved, committed ${await committedOf(held.partition)}`);
          }
          return positions;
        },
      });
      const broken = { key: held.record.key, value: `{"${held.mark}"` };
      await platform.eventLog.publish(Topic.rawEvents, [held.record, broken, passing.record]);
      const { lines, logger } = linesOfLog();
      const app = await normalizer.start({ ...platform, eventLog, logger });
      try {
        await until(
          'the record is published and committed',
          async () => effects.length > 0 && (await committedOf(passing.partition)) === 1n,
        );
        expect(effects).toEqual(['conversion-events durable, committed 0']);
        release();
        await until('all is read', () =>
          groupIsThrough(platform.eventLog, Group.normalizer, Topic.rawEvents),
        );
        expect(effects).toEqual([
          'conversion-events durable, committed 0',
          'conversion-events resolved, committed 0',
          'dead-letters durable, committed 0',
          'dead-letters resolved, committed 0',
        ]);
        expect(await committedOf(held.partition)).toBe(2n);
        const common = { topic: 'raw-events', ms: expect.any(Number) as number };
        expect(JSON.stringify(lines())).not.toContain('mark-'); // the player ids of all records
        expect(lines().filter((l) => l['msg'] === 'normalized')).toMatchObject([
          { ...common, partition: passing.partition, first: '0', last: '0', in: 1, ok: 1, dead: 0 },
          { ...common, partition: held.partition, first: '0', last: '1', in: 2, ok: 1, dead: 1 },
        ]);
      } finally {
        release();
        await app.stop();
      }
    });
  });

  it.each([Topic.conversionEvents, Topic.deadLetters])(
    'ends in the same set of events after a publish to %s that was stored in part and failed',
    async (failingTopic) => {
      await withPlatform(async (platform) => {
        const failures: string[] = [];
        const eventLog = intercepted(platform.eventLog, {
          publish: async (topic, records) => {
            if (topic !== failingTopic || failures.length >= 2)
              return platform.eventLog.publish(topic, records);
            failures.push(topic);
            await platform.eventLog.publish(topic, records.slice(0, Math.ceil(records.length / 2)));
            throw new PublishError(topic, 'the connection was lost');
          },
        });
        const app = await normalizer.start({ ...platform, eventLog });
        try {
          const raw = [...installs(20), exampleRawClick()];
          const broken = ['{', '[', 'nul'].map((value) => ({ key: 'broken', value }));
          await platform.eventLog.publish(Topic.rawEvents, [...raw.map(recordOf), ...broken]);
          await until('all is read', () =>
            groupIsThrough(platform.eventLog, Group.normalizer, Topic.rawEvents),
          );

          expect(failures).toHaveLength(2);
          const canonical = idsOf(
            (await storedIn(platform.eventLog, Topic.conversionEvents)).map((r) => r.value!),
          );
          const click = raw.at(-1)!.event_id;
          const link = hashParts([click, 'identity_link']);
          expect([...new Set(canonical)]).toEqual([...raw.map((r) => r.event_id), link].sort());
          expect(canonical.length).toBeGreaterThan(raw.length);
          const dead = (await storedIn(platform.eventLog, Topic.deadLetters)).map((r) => r.value!);
          expect(new Set(idsOf(dead)).size).toBe(3);
          expect(new Set(dataOf(dead).map((d) => d['original']))).toEqual(new Set(['{', '[', 'nul']));
        } finally {
          await app.stop();
        }
      });
    },
  );
});

async function withPlatform(use: (platform: Platform) => Promise<void>): Promise<void> {
  const platform = await openPlatform('normalizer', environment, { database: false });
  try {
    await migrate(platform);
    await use(platform);
  } finally {
    await platform.close();
  }
}

/** A raw event that the log just takes, and whose canonical event, a little longer, it does not. */
async function largestRawEvent(log: EventLog): Promise<RawEvent> {
  const of = (padding: number): RawEvent =>
    exampleRawInstall({ client: { user_agent: 'x'.repeat(padding) } });
  const probe = await log.publish(Topic.rawEvents, [recordOf(of(50_000_000))]).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(probe instanceof RecordTooLargeError)) throw new Error('the log takes 50 MB');
  return of(50_000_000 - (probe.sizeBytes - probe.limitBytes));
}

interface Marked {
  mark: string;
  record: LogRecord;
  partition: number;
}

/** Two raw events that the log puts into different partitions; they are found by publishing to another topic. */
async function keysOfTwoPartitions(log: EventLog): Promise<[Marked, Marked]> {
  await log.ensureTopics([{ name: 'probe', partitions: 3, retentionMs: null, compacted: false }]);
  const candidates = Array.from({ length: 50 }, (_, i) => exampleRawInstall({ player_id: `mark-${i}-` }));
  const positions = await log.publish(
    'probe',
    candidates.map((raw, i) => ({ ...recordOf(raw), key: `k${i}` })),
  );
  const marked = candidates.map((raw, i) => ({
    mark: `mark-${i}-`,
    record: { ...recordOf(raw), key: `k${i}` },
    partition: positions[i]!.partition,
  }));
  const other = marked.find((m) => m.partition !== marked[0]!.partition);
  if (!other) throw new Error('fifty keys share one partition');
  return [marked[0]!, other];
}

function linesOfLog(): { lines: () => Record<string, unknown>[]; logger: Platform['logger'] } {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream & PassThrough;
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const lines = (): Record<string, unknown>[] =>
    text
      .split('\n')
      .filter((l) => l !== '')
      .map((l) => JSON.parse(l) as Record<string, unknown>);
  return { lines, logger: createLogger('normalizer', 'info', stream) };
}
