import kafkajs, { type Admin, type Producer } from 'kafkajs';
import { PublishError, openKafkaLog, type EventLog, type LogRecord } from '#libs/event-log';
import { startKafka, type KafkaCluster } from '#test/kafka-cluster';
import { Load, idsIn, mayKillBrokers, missing, quiet } from '#test/kafka-faults';
import { until } from '#test/until';

const PARTITIONS = 6;
/** Publishes as a plain kafkajs producer does: the first test must then fail. */
const WITHOUT_SAFEGUARD = process.env.TRIBUTARY_TEST_WITHOUT_SAFEGUARD === '1';
const ready = await mayKillBrokers('three Kafka brokers');

(ready ? describe : describe.skip)('three Kafka brokers', () => {
  let kafka: KafkaCluster;
  let log: EventLog;
  let plain: Producer;
  let admin: Admin;
  let topic = '';
  let topics = 0;

  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3 });
    log = await openKafkaLog({
      brokers: kafka.brokers,
      clientId: 'three',
      publishTimeoutMs: 20_000,
      logger: quiet,
    });
    const client = new kafkajs.Kafka({
      brokers: kafka.brokers,
      requestTimeout: 5_000,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 120 },
      logLevel: kafkajs.logLevel.NOTHING,
    });
    admin = client.admin();
    await admin.connect();
    plain = client.producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      metadataMaxAge: 5_000,
    });
    await plain.connect();
  });

  beforeEach(async () => {
    topic = `three-${++topics}`;
    await log.ensureTopics([
      { name: topic, partitions: PARTITIONS, retentionMs: 3_600_000, compacted: false },
    ]);
    await inSync();
  });

  afterAll(async () => {
    await plain.disconnect();
    await admin.disconnect();
    await log.close();
    await kafka.close();
  });

  /** Resolves when every partition has all three replicas in sync. */
  async function inSync(): Promise<void> {
    const areInSync = async (): Promise<boolean> => {
      const answer = await admin.fetchTopicMetadata({ topics: [topic] }).catch(() => undefined);
      const partitions = answer?.topics[0]?.partitions ?? [];
      return partitions.length === PARTITIONS && partitions.every(({ isr }) => isr.length === 3);
    };
    await until('all replicas are in sync', areInSync, 120_000, 100);
  }

  function send(records: LogRecord[]): Promise<unknown> {
    if (!WITHOUT_SAFEGUARD) return log.publish(topic, records);
    const messages = records.map((record, i) => ({ ...record, partition: i % PARTITIONS }));
    return plain.send({ topic, acks: -1, messages });
  }

  it('lose no acknowledged record while each in turn is killed with kill -9 and restarted', async () => {
    const delivered = new Set<string>();
    const consumer = await log.consume({
      group: topic,
      topics: [topic],
      handleBatch: ({ records }) => {
        for (const { key } of records) delivered.add(key);
        return Promise.resolve();
      },
    });
    const load = new Load(6, 12, send);
    await load.progress(1_000);
    for (const node of kafka.nodes) {
      await node.kill9();
      await load.progress(500);
      await node.start();
      await inSync();
      await load.progress(500);
    }
    await load.stop();
    const { ids, repeated } = await idsIn(log, topic);
    const lost = missing(load.acknowledged, ids);
    if (WITHOUT_SAFEGUARD) {
      const { size } = load.acknowledged;
      process.stderr.write(`acknowledged ${size}, lost ${lost.length}, repeated ${repeated}\n`);
    }
    expect(lost).toEqual([]);
    // Whoever read all the while has been given everything too.
    await until('all is delivered', () => missing(load.acknowledged, delivered).length === 0);
    await consumer.stop();
  });

  it('create topics with three replicas of which two must be in sync', async () => {
    const { topics: metadata } = await admin.fetchTopicMetadata({ topics: [topic] });
    expect(metadata[0]?.partitions.map(({ replicas }) => replicas.length)).toEqual(Array(PARTITIONS).fill(3));
    const { resources } = await admin.describeConfigs({
      resources: [
        { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: ['min.insync.replicas'] },
      ],
      includeSynonyms: false,
    });
    expect(resources[0]?.configEntries[0]?.configValue).toBe('2');
  });

  it('reject while too few replicas are in sync, and take records again when they are back', async () => {
    const impatient = await openKafkaLog({
      brokers: kafka.brokers,
      clientId: 'impatient',
      publishTimeoutMs: 3_000,
      logger: quiet,
    });
    const records = Array.from({ length: 20 }, (_, i) => ({ key: `key-${i}`, value: '' }));
    await impatient.publish(topic, records);
    const [first, second] = kafka.nodes;
    await Promise.all([first!.kill9(), second!.kill9()]);
    await expect(impatient.publish(topic, records)).rejects.toThrow(PublishError);
    await Promise.all([first!.start(), second!.start()]);
    await until('publishing succeeds again', () =>
      impatient.publish(topic, records).then(
        () => true,
        () => false,
      ),
    );
    await impatient.close();
  });
});
