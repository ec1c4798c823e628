import { FatalConsumerError, type EventLog, type LogRecord } from '#libs/event-log';
import { until } from '#test/until';
import { numbered, numbers, type LogWorld } from './log-world.js';

/** How records get from publishers to consumers: order, bounds, at least once. */
export function deliveryContract(current: () => LogWorld): void {
  it('keeps the order within a key and gives back what was published', async () => {
    const world = current();
    const topic = await world.topic(6);
    const keys = numbers(20);
    const strange = [
      { key: 'ключ', value: '{"a":"ü 😀 \\u0000"}' },
      { key: 'nul \0 \x01a', value: '\0\x01b' },
      { key: 'gone', value: null },
      { key: 'empty', value: '' },
    ];
    const collector = await world.collect(topic, world.group());
    for (let round = 0; round < 25; round++) {
      await world.log.publish(
        topic,
        keys.flatMap((key) => [`${round}a`, `${round}b`].map((value) => ({ key, value }))),
      );
    }
    const startedMs = Date.now();
    const positions = await world.log.publish(topic, strange);
    await world.collected(collector, 20 * 50 + strange.length);
    const expected = numbers(25).flatMap((round) => [`${round}a`, `${round}b`]);
    for (const key of keys) {
      const ofKey = collector.records.filter((record) => record.key === key);
      expect(ofKey.map(({ value }) => value)).toEqual(expected);
      expect(new Set(ofKey.map(({ partition }) => partition)).size).toBe(1);
    }
    for (const [index, position] of positions.entries()) {
      const record = collector.records.find(
        (each) => each.partition === position.partition && each.offset === position.offset,
      );
      expect(record).toMatchObject({ topic, ...strange[index] });
      expect(Math.abs((record?.appendedAtMs ?? 0) - startedMs)).toBeLessThan(10_000);
      expect(await world.log.read(topic, position)).toEqual(record);
    }
    const beyond = { partition: 0, offset: 1_000_000n };
    expect(await world.log.read(topic, beyond)).toBeUndefined();
  });

  it('bounds batches by count and by bytes; a larger record comes alone', async () => {
    const world = current();
    const topic = await world.topic(1);
    const sizes = [...Array<number>(30).fill(3_000), 50_000, ...Array<number>(30).fill(100)];
    await world.log.publish(
      topic,
      sizes.map((size, index) => ({ key: String(index), value: 'x'.repeat(size) })),
    );
    const bounds = { maxBatchRecords: 7, maxBatchBytes: 10_000 };
    const collector = await world.collect(topic, world.group(), bounds);
    await world.collected(collector, sizes.length);
    expect(collector.records.map(({ key }) => key)).toEqual(numbers(sizes.length));
    for (const { records } of collector.batches) {
      const bytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
      expect(records.length).toBeLessThanOrEqual(7);
      expect(bytes <= 10_000 || records.length === 1).toBe(true);
    }
    expect(Math.max(...collector.batches.map(({ records }) => records.length))).toBe(7);
  });

  it('loses nothing when the handler throws', async () => {
    const world = current();
    const topic = await world.topic(1);
    const group = world.group();
    await world.log.publish(topic, numbered(30, 'k'));
    let failures = 0;
    const collector = await world.collect(topic, group, {
      maxBatchRecords: 10,
      handleBatch: async ({ records }) => {
        if (records[0]?.value !== '10' || ++failures > 2) return;
        expect(await world.committed(group, topic)).toBe(10n);
        throw new Error('not now');
      },
    });
    await world.collected(collector, 30);
    expect(failures).toBe(3);
    expect(collector.values()).toEqual(numbers(30));
  });

  it('ends the consumer at a FatalConsumerError and commits nothing of the batch', async () => {
    const world = current();
    const topic = await world.topic(1);
    const group = world.group();
    await world.log.publish(topic, numbered(20, 'k'));
    const collector = await world.collect(topic, group, {
      maxBatchRecords: 10,
      handleBatch: async ({ records }) => {
        if (records[0]?.value === '10') throw new FatalConsumerError('a bug');
      },
    });
    await expect(collector.consumer.finished).rejects.toThrow('a bug');
    expect(collector.consumer.isHealthy()).toBe(false);
    await collector.consumer.stop();
    expect(await world.committed(group, topic)).toBe(10n);
  });

  it('commits after the effects, never before', async () => {
    const world = current();
    const topic = await world.topic(1);
    const group = world.group();
    await world.log.publish(topic, numbered(50, 'k'));
    const effects: string[] = [];
    const collector = await world.collect(topic, group, {
      maxBatchRecords: 10,
      handleBatch: async ({ records }) => {
        effects.push(`${await world.committed(group, topic)} is committed`);
        effects.push(`effects of ${records[0]?.value} to ${records.at(-1)?.value}`);
        effects.push(`${await world.committed(group, topic)} is committed`);
      },
    });
    await world.collected(collector, 50);
    await collector.consumer.stop();
    expect(effects).toEqual(
      [0, 10, 20, 30, 40].flatMap((first) => [
        `${first || null} is committed`,
        `effects of ${first} to ${first + 9}`,
        `${first || null} is committed`,
      ]),
    );
    expect(await world.committed(group, topic)).toBe(50n);
  });

  it('loses nothing when the consumer is killed with kill -9 in the middle of a batch', async () => {
    const world = current();
    const topic = await world.topic(1);
    const group = world.group();
    await world.log.publish(topic, numbered(50, 'k'));
    const stall = { stallAtValue: '25', stallMs: 600_000 };
    const victim = await world.process({ group, topic, maxBatchRecords: 10, ...stall });
    await until('the batch is in work', () => victim.values('begin').includes('25'));
    await victim.kill9();
    expect(victim.values('done')).toEqual(numbers(20));
    const heir = await world.collect(topic, group);
    await world.collected(heir, 30);
    expect(heir.values()).toEqual(numbers(30, 20));
  });

  it('never makes a reader step over a record while 50 publishers write at once', async () => {
    const world = current();
    const topic = await world.topic(4);
    await world.engine.slowDown?.();
    const collector = await world.collect(topic, world.group(), { maxBatchRecords: 50 });
    const logs = await Promise.all(numbers(5).map(() => world.engine.open()));
    const publisher = async (log: EventLog, name: string): Promise<string[]> => {
      const stored: string[] = [];
      for (let call = 0; call < 8; call++) {
        const records: LogRecord[] = numbers(5).map((n) => ({ key: `${name}-${n}`, value: `${call}` }));
        const positions = await log.publish(topic, records);
        stored.push(...positions.map(({ partition, offset }) => `${partition}/${offset}`));
      }
      return stored;
    };
    const publishing = numbers(50).map((name, index) => publisher(logs[index % logs.length]!, name));
    const positions = (await Promise.all(publishing)).flat();
    await Promise.all(logs.map((log) => log.close()));
    expect(new Set(positions).size).toBe(2_000);
    await world.collected(collector, 2_000);
    const seen = collector.records.map(({ partition, offset }) => `${partition}/${offset}`);
    expect(seen.toSorted()).toEqual(positions.toSorted());
    for (const key of new Set(collector.records.map((record) => record.key))) {
      const calls = collector.records.filter((record) => record.key === key).map(({ value }) => value);
      expect(calls).toEqual(numbers(8));
    }
  });

  it('carries 200,000 records', async () => {
    const world = current();
    const topic = await world.topic(6);
    let received = 0;
    let bytes = 0;
    const last = new Map<number, bigint>();
    await world.consume({
      group: world.group(),
      topics: [topic],
      sessionTimeoutMs: 30_000, // also a crowded machine finds time for a heartbeat: nothing comes twice
      handleBatch: async ({ partition, records }) => {
        for (const { offset, value } of records) {
          const expected = (last.get(partition) ?? -1n) + 1n;
          if (offset !== expected) throw new FatalConsumerError(`${offset} came where ${expected} was next`);
          last.set(partition, offset);
          bytes += value?.length ?? 0;
        }
        received += records.length;
      },
    });
    const value = 'x'.repeat(300);
    await Promise.all(
      numbers(20).map(async (publisher) => {
        for (let call = 0; call < 20; call++) {
          await world.log.publish(
            topic,
            numbers(500).map((n) => ({ key: `${publisher}-${n}`, value })),
          );
        }
      }),
    );
    await until('all arrive', () => received >= 200_000);
    expect({ received, bytes }).toEqual({ received: 200_000, bytes: 200_000 * 300 });
  });
}
