import { gzipSync } from 'node:zlib';
import { bridgeSources, type BridgeTimes } from '#apps/pubsub-bridge';
import { PublishError, RecordTooLargeError, type PublishedRecord } from '#libs/event-log';
import { Topic, parseRawEvent, type DeadLetter, type RecordEvent } from '#libs/events';
import { openPlatform, type Platform, type RunningApp } from '#libs/runtime';
import { withLoadedCli } from '#test/loaded-cli';
import { until } from '#test/until';
import { storedIn } from '../normalizer/log-probe.js';
import { BridgeWorld, deposit } from './bridge-world.js';

const runCli = withLoadedCli();

const TIMES: BridgeTimes = { settleMs: 200, lookMs: 200, noteMs: 500, drainMs: 10_000, longestHoldMs: 200 };

/** What the bridge does between Pub/Sub and a log that does not always take records. */
describe('the bridge and the log', () => {
  let world: BridgeWorld;
  let platform: Platform;
  const running: RunningApp[] = [];
  /** Stands before every publish. */
  let before: (topic: string, records: readonly PublishedRecord[]) => Promise<void>;

  beforeAll(async () => {
    world = await BridgeWorld.open(runCli);
  });
  beforeEach(async () => {
    before = async () => {};
    platform = await openPlatform('test', world.environment({ LOG_LEVEL: 'silent' }), { database: true });
    const publish = platform.eventLog.publish.bind(platform.eventLog);
    platform.eventLog.publish = async (topic, records) => {
      await before(topic, records);
      return publish(topic, records);
    };
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((app) => app.stop()));
    await platform.close();
  });
  afterAll(() => world.close());

  async function bridge(times: Partial<BridgeTimes> = {}): Promise<RunningApp> {
    const app = await bridgeSources(platform, { ...TIMES, ...times });
    running.push(app);
    return app;
  }

  /** Raw events of a stream in the order of the log. */
  async function logged(stream: string): Promise<RecordEvent[]> {
    const records = await storedIn(platform.eventLog, Topic.rawEvents);
    const events = records.map((r) => parseRawEvent(r.value) as RecordEvent);
    return events.filter((e) => e.stream === stream);
  }

  it('acknowledges nothing while the log is down, pulls no more than it may hold, and loses nothing', async () => {
    world.subscribe({ down: '\n    flow_control: { messages: 50 }\n    batch: { messages: 10 }' });
    let isDown = true;
    before = async (topic) => {
      if (isDown) throw new PublishError(topic, 'down by the test');
    };
    await bridge();
    world.fake.publish(
      'down',
      Array.from({ length: 200 }, (_, n) => deposit(n)),
    );
    const subscription = world.fake.subscription('projects/test/subscriptions/down');
    await until('it holds what it may', () => subscription.outstanding.size === 50);
    expect(subscription.unacked()).toBe(200);
    isDown = false;
    await world.acknowledged('down');
    const keys = (await logged('down')).map((e) => (e.payload['data'] as { id: string }).id);
    expect(new Set(keys).size).toBe(200);
    expect(Math.max(...world.attempts('down'))).toBe(1);
  });

  it('gives back on the way out what a log that is down did not take', async () => {
    world.subscribe({ leaving: '' });
    before = async (topic) => {
      throw new PublishError(topic, 'down by the test');
    };
    const app = await bridge();
    world.fake.publish('leaving', [deposit(1)]);
    const subscription = world.fake.subscription('projects/test/subscriptions/leaving');
    await until('it is in hand', async () => {
      const { values } = await platform.metrics.pubsubReceived.get();
      return values.some(({ labels }) => labels.stream === 'leaving');
    });
    await app.stop();
    expect(subscription.outstanding.size).toBe(0);
    expect(subscription.unacked()).toBe(1);
    before = async () => {};
    await bridge();
    await world.acknowledged('leaving');
    expect(await logged('leaving')).toHaveLength(1);
  });

  it('extends leases for as long as the log takes, so that nothing comes twice', async () => {
    world.subscribe({ slow: '' }, { ackDeadlineSeconds: 10 });
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    before = () => gate;
    await bridge();
    const begin = Date.now();
    world.fake.publish('slow', [deposit(1)]);
    const subscription = world.fake.subscription('projects/test/subscriptions/slow');
    await until('it is in hand', () => subscription.outstanding.size === 1);
    await until('two deadlines are past', () => Date.now() - begin > 22_000);
    open();
    await world.acknowledged('slow');
    expect(world.attempts('slow')).toEqual([1]);
  });

  it('gives a message that came again the id it had', async () => {
    world.subscribe({ again: '' });
    let failures = 0;
    before = async () => {
      if (failures++ === 0) throw new Error('by the test: no fault of the log');
    };
    await bridge();
    world.fake.publish('again', [deposit(1)]);
    await world.acknowledged('again');
    expect(world.attempts('again')).toEqual([2]);
    // As though the first one had been stored after all
    const subscription = world.fake.subscription('projects/test/subscriptions/again');
    subscription.settings.retainAckedMessages = true;
    subscription.seek(0);
    await until('it came once more', async () => (await logged('again')).length === 2);
    const [first, second] = await logged('again');
    expect(second!.event_id).toBe(first!.event_id);
  });

  it('has acknowledgements confirmed where delivery is exactly once, and each record once in the log', async () => {
    world.subscribe({ once: '' }, { enableExactlyOnceDelivery: true });
    await bridge();
    world.fake.publish(
      'once',
      Array.from({ length: 100 }, (_, n) => deposit(n)),
    );
    await world.acknowledged('once');
    expect(await logged('once')).toHaveLength(100);
    const { value } = (await platform.metrics.pubsubMessages.get()).values.find(
      ({ labels }) => labels.stream === 'once' && labels.outcome === 'acked',
    )!;
    expect(value).toBe(100);
  });

  it('keeps the order of an ordering key in the log, whatever fails in between', async () => {
    world.subscribe({ ordered: '\n    batch: { messages: 7 }' }, { enableMessageOrdering: true });
    let calls = 0;
    before = async (topic) => {
      if (++calls % 3 === 0) throw new PublishError(topic, 'now and then');
    };
    const keys = ['x', 'y', 'z'];
    world.fake.publish(
      'ordered',
      Array.from({ length: 150 }, (_, n) => deposit(n, { orderingKey: keys[n % 3]! })),
    );
    await bridge();
    await world.acknowledged('ordered');
    const events = await logged('ordered');
    for (const [i, key] of keys.entries()) {
      const own = events.filter(
        (e) => (e.payload['message'] as { ordering_key: string }).ordering_key === key,
      );
      const ids = own.map((e) => (e.payload['data'] as { id: string }).id);
      expect(ids).toEqual(Array.from({ length: 50 }, (_, n) => `tx-${n * 3 + i}`));
    }
  });

  it('makes a dead letter of what is larger than the log takes, and goes on', async () => {
    world.subscribe({ large: '' });
    before = async (topic, records) => {
      const index = records.findIndex((r) => r.value!.length > 1_000_000);
      if (topic === Topic.rawEvents && index >= 0) {
        throw new RecordTooLargeError(topic, index, records[index]!.value!.length, 1_000_000);
      }
    };
    await bridge();
    const large = JSON.stringify({ text: 'x'.repeat(1_100_000) });
    world.fake.publish('large', [{ data: large }, deposit(1)]);
    await world.acknowledged('large');
    const letters = (await storedIn(platform.eventLog, Topic.deadLetters)).map(
      (r) => (JSON.parse(r.value!) as { data: DeadLetter }).data,
    );
    expect(letters).toMatchObject([{ reason: 'too_large', source: 'live', topic: 'raw-events' }]);
    expect(await logged('large')).toHaveLength(1);
  });

  it('takes messages that are large without gzip to the log a few at a time', async () => {
    world.subscribe({ packed: '\n    batch: { messages: 40, max_wait: PT10S }' });
    let largest = 0;
    before = async (_topic, records) => {
      largest = Math.max(
        largest,
        records.reduce((sum, r) => sum + r.value!.length, 0),
      );
    };
    await bridge();
    const text = 'x'.repeat(900_000);
    world.fake.publish(
      'packed',
      Array.from({ length: 40 }, (_, n) => ({ data: gzipSync(JSON.stringify({ n, text })) })),
    );
    await world.acknowledged('packed');
    const numbers = (await logged('packed')).map((e) => (e.payload['data'] as { n: number }).n);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(largest).toBeLessThan(10_000_000);
  });

  it.each([
    ['where delivery is exactly once', true],
    ['elsewhere', false],
  ])(
    'takes again, with the id it had, what it acknowledged too late %s',
    async (_, enableExactlyOnceDelivery) => {
      const name = enableExactlyOnceDelivery ? 'late-once' : 'late';
      world.subscribe({ [name]: '' }, { enableExactlyOnceDelivery });
      let open: () => void = () => {};
      const gate = new Promise<void>((resolve) => (open = resolve));
      before = () => gate;
      await bridge();
      const subscription = world.fake.subscription(`projects/test/subscriptions/${name}`);
      world.fake.publish(name, [deposit(1)]);
      await until('it is in hand', async () => {
        const { values } = await platform.metrics.pubsubReceived.get();
        return values.some(({ labels }) => labels.stream === name);
      });
      const [ackId] = subscription.outstanding.keys();
      subscription.expire(Date.now() + 3_600_000);
      await until('it came again', () => world.attempts(name)[0]! > 1);
      expect(subscription.outstanding.has(ackId!)).toBe(false);
      open();
      await world.acknowledged(name);
      const events = await logged(name);
      expect(events.length).toBeGreaterThan(1);
      expect(new Set(events.map((e) => e.event_id)).size).toBe(1);
      const told = (await platform.metrics.pubsubMessages.get()).values.find(
        ({ labels }) => labels.stream === name && labels.outcome === 'late',
      );
      // The client counts what was acknowledged in the same call with it, too
      expect((told?.value ?? 0) > 0).toBe(enableExactlyOnceDelivery);
    },
  );

  it('acknowledges nothing of a batch while dead letters cannot be stored, and tells the log of each record once', async () => {
    world.subscribe({ half: '\n    batch: { messages: 2, max_wait: PT10S }' });
    let refusals = 0;
    let isDown = true;
    before = async (topic) => {
      if (topic !== Topic.deadLetters || !isDown) return;
      refusals++;
      throw new PublishError(topic, 'down by the test');
    };
    await bridge();
    const letters = async (): Promise<number> =>
      (await storedIn(platform.eventLog, Topic.deadLetters)).length;
    const lettersBefore = await letters();
    world.fake.publish('half', [{ data: 'no json' }, deposit(1)]);
    await until('it has tried again', () => refusals > 2);
    const subscription = world.fake.subscription('projects/test/subscriptions/half');
    expect([subscription.unacked(), (await logged('half')).length]).toEqual([2, 1]);
    isDown = false;
    await world.acknowledged('half');
    expect(await letters()).toBe(lettersBefore + 1);
    expect([await logged('half'), world.attempts('half')]).toMatchObject([{ length: 1 }, [1, 1]]);
  });
});
