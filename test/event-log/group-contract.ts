import { GroupActiveError, type RecordBatch } from '#libs/event-log';
import { until } from '#test/until';
import { numbered, numbers, SESSION_MS, type LogWorld } from './log-world.js';

/** A takeover takes the session timeout and the time to form the group anew. */
const TAKEOVER_MS = SESSION_MS + 1_500;

/** Where groups begin and go on, and how members share their work. */
export function groupContract(current: () => LogWorld): void {
  it('starts a new group at the beginning and lets a group resume where it has committed', async () => {
    const world = current();
    const topic = await world.topic(1);
    const group = world.group();
    await world.log.publish(topic, numbered(10, 'k'));
    const first = await world.collect(topic, group);
    await world.collected(first, 10);
    await first.consumer.stop();
    await first.consumer.finished;
    expect(first.consumer.isHealthy()).toBe(false);
    await world.log.publish(topic, numbered(5, 'k', 10));
    const second = await world.collect(topic, group);
    await world.collected(second, 5);
    expect(second.consumer.isHealthy()).toBe(true);
    expect(second.values()).toEqual(numbers(5, 10));
    const other = await world.collect(topic, world.group());
    await world.collected(other, 15);
    expect(other.values()).toEqual(numbers(15));
  });

  it('tells the lag of a group on each partition', async () => {
    const world = current();
    const topic = await world.topic(3);
    const group = world.group();
    const positions = await world.log.publish(topic, numbered(30));
    const ends = [0, 1, 2].map((partition) =>
      BigInt(positions.filter((position) => position.partition === partition).length),
    );
    const at = (committed: boolean) =>
      ends.map((end, partition) => ({
        topic,
        partition,
        committed: committed ? end : null,
        earliest: 0n,
        end,
        lag: committed ? 0n : end,
      }));
    expect(await world.log.lag(group, [topic])).toEqual(at(false));
    const collector = await world.collect(topic, group);
    await world.collected(collector, 30);
    await collector.consumer.stop();
    expect(await world.log.lag(group, [topic])).toEqual(at(true));
    expect(await world.log.missingTopics([topic, 'no-such-topic'])).toEqual(['no-such-topic']);
    await world.log.ping(5_000);
  });

  it('moves a group to the earliest record, an instant, offsets and the end, unless it has members', async () => {
    const world = current();
    const topic = await world.topic(1);
    const group = world.group();
    const [early] = await world.log.publish(topic, numbered(10, 'k'));
    const before = await world.log.read(topic, early!);
    await until('the clock moves on', () => Date.now() > (before?.appendedAtMs ?? 0) + 5);
    const [late] = await world.log.publish(topic, numbered(10, 'k', 10));
    const instant = await world.log.read(topic, late!);
    const readFrom = async (): Promise<(string | null)[]> => {
      await world.log.publish(topic, [{ key: 'k', value: 'last' }]);
      const collector = await world.collect(topic, group);
      await until('the last arrives', () => collector.values().at(-1) === 'last');
      const active = world.log.resetOffsets(group, topic, { to: 'earliest' });
      await expect(active).rejects.toBeInstanceOf(GroupActiveError);
      await collector.consumer.stop();
      return collector.values().filter((value) => value !== 'last');
    };
    expect(await readFrom()).toEqual(numbers(20));
    await world.log.resetOffsets(group, topic, { to: 'earliest' });
    expect(await readFrom()).toEqual(numbers(20));
    await world.log.resetOffsets(group, topic, { to: 'instant', atMs: instant!.appendedAtMs });
    expect(await readFrom()).toEqual(numbers(10, 10));
    const offsets = [{ partition: 0, offset: 15n }];
    await world.log.resetOffsets(group, topic, { to: 'offsets', offsets });
    expect(await readFrom()).toEqual(numbers(5, 15));
    await world.log.resetOffsets(group, topic, { to: 'latest' });
    expect(await readFrom()).toEqual([]);
    const beyond = { to: 'offsets', offsets: [{ partition: 0, offset: 1_000n }] } as const;
    await expect(
      world.log.resetOffsets(group, topic, { ...beyond, offsets: [...beyond.offsets] }),
    ).rejects.toThrow(RangeError);
  });

  it('shares partitions among members, and a dead one is replaced within the session timeout', async () => {
    const world = current();
    const topic = await world.topic(6);
    const group = world.group();
    const owners = new Map<number, string>();
    const handled = new Set<string | null>();
    const member = (name: string) => async (batch: RecordBatch) => {
      owners.set(batch.partition, name);
      for (const { value } of batch.records) handled.add(value);
    };
    let published = 0;
    const tick = async (): Promise<void> => {
      await world.log.publish(topic, numbered(30, undefined, published));
      published += 30;
    };
    const shares = (): number[] => {
      const counts = new Map<string, number>();
      for (const owner of owners.values()) counts.set(owner, (counts.get(owner) ?? 0) + 1);
      return [...counts.values()].sort();
    };
    const settles = (expected: number[]) =>
      until(`the shares are ${expected.join(', ')}`, async () => {
        await tick();
        return JSON.stringify(shares()) === JSON.stringify(expected);
      });

    await world.collect(topic, group, { handleBatch: member('a') });
    await settles([6]);
    await world.collect(topic, group, { handleBatch: member('b') }, await world.openOther());
    await settles([3, 3]);
    const third = await world.process({ group, topic, maxBatchRecords: 1_000, stallMs: 0 });
    const seenByThird = (): Set<number> =>
      new Set(third.reports.flatMap((report) => ('partition' in report ? [report.partition] : [])));
    await until('the third has its share', async () => {
      await tick();
      return seenByThird().size >= 2;
    });
    await until('the third works on what was published', async () => {
      await tick();
      const before = owners.size;
      for (const partition of seenByThird()) owners.delete(partition);
      return before === 4 && JSON.stringify(shares()) === '[2,2]';
    });
    const killedAt = Date.now();
    await third.kill9();
    const orphans = [...seenByThird()];
    await until('its partitions are taken over', async () => {
      await tick();
      return orphans.every((partition) => owners.has(partition));
    });
    expect(Date.now() - killedAt).toBeLessThan(TAKEOVER_MS);
    await settles([3, 3]);
    await until('nothing is missing', () => {
      const done = new Set([...handled, ...third.values('done')]);
      return numbers(published).every((value) => done.has(value));
    });
  });

  it('lets a member that lost its partition commit nothing', async () => {
    const world = current();
    const topic = await world.topic(1);
    const group = world.group();
    await world.log.publish(topic, numbered(20, 'k'));
    const sleeper = await world.process({
      group,
      topic,
      maxBatchRecords: 10,
      stallAtValue: '0',
      stallMs: 500,
    });
    await until('it works on the batch', () => sleeper.values('begin').includes('0'));
    sleeper.pause();
    let opened: () => void = () => {};
    const gate = new Promise<void>((resolve) => (opened = resolve));
    let heirBegan = false;
    const starting = world.collect(
      topic,
      group,
      {
        handleBatch: async () => {
          heirBegan = true;
          await gate;
        },
      },
      await world.openOther(),
    );
    try {
      await until('another member has the partition', () => heirBegan);
      sleeper.resume();
      await until('the first has finished its batch and knows', () => {
        return sleeper.values('done').includes('9') && sleeper.reports.some(({ type }) => type === 'lost');
      });
      expect(await world.committed(group, topic)).toBeNull();
    } finally {
      opened(); // a handler that never ends would hold up the end of a failed test
    }
    const heir = await starting;
    await world.collected(heir, 20);
    expect(heir.values()).toEqual(numbers(20));
    await until('the heir has committed', async () => (await world.committed(group, topic)) === 20n);
    expect(sleeper.values('begin').length).toBe(10);
  });
}
