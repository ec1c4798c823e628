import { PublishError, RecordTooLargeError, type LogRecord } from '#libs/event-log';
import { until } from '#test/until';
import { numbered, numbers, type LogWorld } from './log-world.js';

/** What is stored, for how long, and what publishers hear when it cannot be. */
export function storageContract(current: () => LogWorld): void {
  it('refuses a record above the limit, stores nothing of the call, and goes on', async () => {
    const world = current();
    const topic = await world.topic(2);
    const collector = await world.collect(topic, world.group());
    const big: LogRecord[] = [...numbered(3), { key: 'big', value: 'x'.repeat(2 * 1024 * 1024) }];
    const refusal: unknown = await world.log.publish(topic, big).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(RecordTooLargeError);
    expect(refusal).toMatchObject({ topic, index: 3 });
    await world.log.publish(topic, [{ key: 'large', value: 'x'.repeat(1_000_000) }]);
    await world.log.publish(topic, [{ key: 'after', value: 'after' }]);
    await until('the records behind it arrive', () => collector.records.length >= 2);
    expect(collector.records.map(({ key }) => key).sort()).toEqual(['after', 'large']);
    expect((await world.log.lag(world.group(), [topic])).reduce((sum, { end }) => sum + end, 0n)).toBe(2n);
  });

  it('rejects a publish to a topic that does not exist', async () => {
    const world = current();
    await expect(world.log.publish('no-such-topic', numbered(1))).rejects.toBeInstanceOf(PublishError);
  });

  it('keeps the last record of every key on a compacted topic', async () => {
    const world = current();
    const topic = await world.topic(1, { compacted: true, retentionMs: null });
    const first = await world.log.publish(
      topic,
      numbers(50).map((key) => ({ key, value: 'first' })),
    );
    for (let update = 0; update < 5; update++) {
      await world.log.publish(
        topic,
        numbers(40).map((key) => ({ key, value: `update ${update}` })),
      );
    }
    await untilCleaned(world, topic, async () => (await world.log.read(topic, first[0]!)) === undefined);
    const collector = await world.collect(topic, world.group());
    await until('the end is reached', async () => collector.values().includes('end'));
    const table = new Map(collector.records.map(({ key, value }) => [key, value]));
    for (const key of numbers(40)) expect(table.get(key)).toBe('update 4');
    for (const key of numbers(10, 40)) expect(table.get(key)).toBe('first');
    expect(collector.records.filter(({ key }) => key === '0')).toHaveLength(1);

    /** Kafka cleans closed segments only, and closes one when a record comes after a while. */
    async function untilCleaned(
      { log }: LogWorld,
      name: string,
      condition: () => Promise<boolean>,
    ): Promise<void> {
      await until('compaction has run', async () => {
        await log.publish(name, [{ key: 'poke', value: 'poke' }]);
        await log.maintain();
        return condition();
      });
      await log.publish(name, [{ key: 'poke', value: 'end' }]);
    }
  });

  it('forgets what is older than the retention, and brings it to what is asked for', async () => {
    const world = current();
    const topic = await world.topic(1);
    const [old] = await world.log.publish(topic, numbered(10, 'k'));
    await world.log.maintain();
    expect(await world.log.read(topic, old!)).toMatchObject({ value: '0' });
    await world.log.ensureTopics([{ name: topic, partitions: 1, retentionMs: 1_000, compacted: false }]);
    await until('the old records are gone', async () => {
      await world.log.publish(topic, [{ key: 'k', value: 'young' }]);
      await world.log.maintain();
      const [lag] = await world.log.lag(world.group(), [topic]);
      return lag!.earliest >= 10n;
    });
    expect(await world.log.read(topic, old!)).toBeUndefined();
    const collector = await world.collect(topic, world.group());
    await world.log.publish(topic, [{ key: 'k', value: 'new' }]);
    await until('the new record arrives', () => collector.values().includes('new'));
    expect(collector.values()).not.toContain('0');
  });

  it('rejects with a PublishError while the engine is gone; publisher and consumer go on afterwards', async () => {
    const engine = await current().engine.fragile?.();
    if (!engine) return;
    const { log } = engine;
    const topic = 'fragile';
    await log.ensureTopics([{ name: topic, partitions: 1, retentionMs: 3_600_000, compacted: false }]);
    const received = new Set<string | null>();
    const consumer = await log.consume({
      group: 'survivor',
      topics: [topic],
      sessionTimeoutMs: 10_000,
      handleBatch: async ({ records }) => records.forEach(({ value }) => received.add(value)),
    });
    try {
      await log.publish(topic, numbered(10, 'k'));
      await until('the first arrive', () => received.size === 10);
      await engine.kill9();
      await expect(log.publish(topic, numbered(1, 'k', 10))).rejects.toBeInstanceOf(PublishError);
      await expect(log.ping(500)).rejects.toThrow();
      await engine.start();
      const startedAt = Date.now();
      await until('the publisher goes on', () =>
        log.publish(topic, numbered(1, 'k', 11)).then(
          () => true,
          () => false,
        ),
      );
      await until('the consumer goes on', () => received.has('11'));
      expect(Date.now() - startedAt).toBeLessThan(45_000);
      await until('the consumer is well again', () => consumer.isHealthy());
    } finally {
      await consumer.stop();
      await engine.close();
    }
  });
}
