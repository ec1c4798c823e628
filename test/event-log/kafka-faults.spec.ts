import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { PublishError, openKafkaLog, type EventLog } from '#libs/event-log';
import { startKafka, type KafkaCluster } from '#test/kafka-cluster';
import { Load, idsIn, mayKillBrokers, missing, quiet } from '#test/kafka-faults';
import { until } from '#test/until';

const PAUSE_MS = 20_000;
const ready = await mayKillBrokers('faults of a Kafka broker');

(ready ? describe : describe.skip)('one Kafka broker', () => {
  let kafka: KafkaCluster;
  let log: EventLog;
  let topic = '';
  let topics = 0;

  const broker = () => kafka.nodes[0]!;
  const open = (publishTimeoutMs?: number) =>
    openKafkaLog({
      brokers: kafka.brokers,
      clientId: 'faults',
      logger: quiet,
      ...(publishTimeoutMs && { publishTimeoutMs }),
    });

  beforeAll(async () => {
    kafka = await startKafka();
    log = await open();
  });

  beforeEach(async () => {
    topic = `faults-${++topics}`;
    await log.ensureTopics([{ name: topic, partitions: 6, retentionMs: 3_600_000, compacted: false }]);
  });

  afterAll(async () => {
    await log.close();
    await kafka.close();
  });

  it('loses no acknowledged record when it is killed with kill -9', async () => {
    const load = new Load(6, 12, (records) => log.publish(topic, records));
    await load.progress();
    await broker().kill9();
    await broker().start();
    await load.progress();
    await load.stop();
    const { ids } = await idsIn(log, topic);
    expect(missing(load.acknowledged, ids)).toEqual([]);
  });

  it('loses no acknowledged record when it is paused for 20 seconds', async () => {
    const load = new Load(6, 12, (records) => log.publish(topic, records));
    await load.progress();
    broker().pause();
    await sleep(PAUSE_MS);
    broker().resume();
    await load.progress();
    await load.stop();
    const { ids } = await idsIn(log, topic);
    expect(missing(load.acknowledged, ids)).toEqual([]);
  });

  it('rejects with a PublishError within bounded time while it is away, and publishes when it is back', async () => {
    const impatient = await open(2_000);
    await impatient.publish(topic, [{ key: 'before', value: '' }]);
    await broker().kill9();
    const begin = Date.now();
    await expect(impatient.publish(topic, [{ key: 'during', value: '' }])).rejects.toThrow(PublishError);
    expect(Date.now() - begin).toBeLessThan(10_000);
    await expect(impatient.ping(1_000)).rejects.toThrow();
    await broker().start();
    await impatient.publish(topic, [{ key: 'after', value: '' }]);
    const { ids } = await idsIn(impatient, topic);
    expect(missing(new Set(['before', 'after']), ids)).toEqual([]);
    await impatient.close();
  });

  it('hands out no record twice to one group when it is killed between batches', async () => {
    const seen: string[] = [];
    const consumer = await log.consume({
      group: topic,
      topics: [topic],
      handleBatch: ({ records }) => {
        seen.push(...records.map(({ key }) => key));
        return Promise.resolve();
      },
    });
    await log.publish(topic, [{ key: 'before', value: '' }]);
    const lag = async () => (await log.lag(topic, [topic])).reduce((sum, row) => sum + row.lag, 0n);
    await until('the first is committed', async () => (await lag()) === 0n);
    await broker().kill9();
    await broker().start();
    await log.publish(topic, [{ key: 'after', value: '' }]);
    await until('the second arrives', () => seen.includes('after'));
    await until('the consumer is well again', () => consumer.isHealthy());
    expect(seen).toEqual(['before', 'after']);
    await consumer.stop();
    await consumer.finished;
  });

  // The process stops for longer than the session: the group goes on without this member.
  it.each([
    ['notices by a heartbeat', (signal: AbortSignal) => once(signal, 'abort')],
    ['notices only as it commits', () => Promise.resolve()],
  ])('lets a member that lost its partitions commit nothing: it %s', async (_how, rest) => {
    await log.publish(topic, [{ key: 'a', value: '' }]);
    let deliveries = 0;
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const consumer = await log.consume({
      group: topic,
      topics: [topic],
      sessionTimeoutMs: 1_500,
      handleBatch: async ({ signal }) => {
        deliveries++;
        if (deliveries > 1) return released;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_000);
        await rest(signal);
      },
    });
    await until('the record is delivered again', () => deliveries === 2);
    const committed = (await log.lag(topic, [topic])).map((row) => row.committed);
    expect(committed).toEqual(Array.from({ length: 6 }, () => null));
    release();
    await until('the second delivery is committed', async () =>
      (await log.lag(topic, [topic])).some((row) => row.committed === 1n),
    );
    await consumer.stop();
    expect(deliveries).toBe(2);
  });
});
