import fc from 'fast-check';
import { Client } from 'pg';
import type { EventLog, LogRecord } from '#libs/event-log';
import { Topic, rawEventKey, serializeRawEvent } from '#libs/events';
import { canonicalDump } from '#test/canonical-dump';
import { kafkaAvailability, startKafka, type KafkaCluster } from '#test/kafka-cluster';
import { withLoadedCli } from '#test/loaded-cli';
import { durableServer, type DurableServer } from '#test/postgres';
import { isReady } from '#test/skipped-parts';
import { until } from '#test/until';
import { pixelWorldOf } from '#test/pixel-worlds';
import { Installation, environmentOf, type Addresses } from './installation.js';

const ready = isReady('the same rows from Kafka and from PostgreSQL', await kafkaAvailability());
const EXPORTED = ['conversions', 'clicks', 'conversion_facts', 'receipts'];
const RECORDS_PER_PUBLISH = 50;
const runCli = withLoadedCli();

(ready ? describe : describe.skip)('the same raw events through both logs', () => {
  let postgres: DurableServer;
  let kafka: KafkaCluster;
  const installations: Installation[] = [];
  const addresses: Addresses[] = [];

  beforeAll(async () => {
    [postgres, kafka] = await Promise.all([durableServer(), startKafka()]);
    addresses.push(
      { databaseUrl: await addDatabase(postgres.url, 'on_postgres') },
      {
        databaseUrl: await addDatabase(postgres.url, 'on_kafka'),
        kafkaBrokers: kafka.brokers,
        topicPrefix: 'same-rows.',
      },
    );
    for (const each of addresses) {
      installations.push(await Installation.start(each, ['normalizer', 'attribution']));
    }
  });

  afterAll(async () => {
    await Promise.all(installations.map((each) => each.close()));
    await kafka?.close();
    await postgres?.drop();
  });

  it('end in byte-identical exports, the same last word on every conversion, and the same dead letters', async () => {
    const records = rawRecords();
    await Promise.all(installations.map(({ log }) => publishAll(log, records)));
    await Promise.all(installations.map((each) => each.settled()));

    const [onPostgres, onKafka] = await Promise.all(installations.map(({ pool }) => canonicalDump(pool)));
    expect(onKafka!.split('\n')).toEqual(onPostgres!.split('\n'));
    expect(onPostgres).toMatch(/^deposit_pairings /m);
    for (const table of EXPORTED) {
      const exported = await Promise.all(
        addresses.map((each) => runCli(['export', table], environmentOf(each))),
      );
      expect(exported.map(({ code }) => code)).toEqual([0, 0]);
      expect(exported[1]!.stdout).toBe(exported[0]!.stdout);
    }

    const words = await Promise.all(installations.map(({ log }) => lastWords(log)));
    expect(words[0]!.size).toBeGreaterThan(20);
    expect([...words[1]!].sort()).toEqual([...words[0]!].sort());
    const dead = await Promise.all(installations.map(deadLetters));
    expect(dead[0]).toHaveLength(3);
    expect(dead[1]).toEqual(dead[0]);
  });
});

/** A dense world of calls, and records that nobody can read. */
function rawRecords(): LogRecord[] {
  const [world] = fc.sample(pixelWorldOf(400, 400), { seed: 20_261_101, numRuns: 1 });
  const readable = world!.map((event) => ({
    key: rawEventKey('pixel', event.natural_key),
    value: serializeRawEvent(event),
  }));
  return [
    ...readable,
    { key: 'pixel|1', value: 'no JSON' },
    { key: 'pixel|2', value: '{}' },
    { key: 'pixel|3', value: readable[0]!.value.replace('"tributary.raw.v1"', '"tributary.raw.v9"') },
  ];
}

async function publishAll(log: EventLog, records: readonly LogRecord[]): Promise<void> {
  for (let at = 0; at < records.length; at += RECORDS_PER_PUBLISH) {
    await log.publish(Topic.rawEvents, records.slice(at, at + RECORDS_PER_PUBLISH));
  }
}

/** What topic `conversions` says last of each conversion. */
async function lastWords(log: EventLog): Promise<Map<string, string | null>> {
  const group = 'last-words';
  const words = new Map<string, string | null>();
  const total = (await log.lag(group, [Topic.conversions])).reduce((sum, { lag }) => sum + lag, 0n);
  let read = 0;
  const consumer = await log.consume({
    group,
    topics: [Topic.conversions],
    handleBatch: async ({ records }) => {
      for (const { key, value } of records) words.set(key, value);
      read += records.length;
    },
  });
  await until('every record of conversions is read', () => BigInt(read) >= total);
  await consumer.stop();
  return words;
}

/** Dead letters without what depends on the run: when they were given up, and where the record stood. */
async function deadLetters({ pool }: Installation): Promise<unknown[]> {
  const { rows } = await pool.query<object>(
    `SELECT reason, path, detail, convert_from(record_key, 'UTF8') AS key,
       convert_from(original, 'UTF8') AS original, app FROM tributary.dead_letters ORDER BY record_key`,
  );
  return rows;
}

async function addDatabase(url: string, name: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
