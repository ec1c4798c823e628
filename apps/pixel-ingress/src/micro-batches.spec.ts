import { jest } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import type { LogRecord } from '#libs/event-log';
import { MicroBatches, UnavailableError, type MicroBatchLimits } from './micro-batches.js';

interface Published {
  keys: string[];
  acknowledge(): void;
  fail(): void;
}

function open(limits: Partial<MicroBatchLimits> = {}) {
  const published: Published[] = [];
  const pending: number[] = [];
  const batches = new MicroBatches(
    (records) =>
      new Promise<void>((acknowledge, reject) => {
        const keys = records.map((r) => r.key);
        published.push({ keys, acknowledge, fail: () => reject(new Error('log')) });
      }),
    {
      maxRecords: 100,
      maxBytes: 1_000,
      lingerMs: 0,
      maxInFlight: 2,
      maxPending: 100,
      maxPendingBytes: 10_000,
      timeoutMs: 60_000,
      ...limits,
    },
    { pending: (n) => pending.push(n), acknowledged: () => {}, failed: () => {} },
  );
  return { batches, published, pending };
}

/** Adds what nobody waits for: a batch left without an answer rejects when its time is over, maybe in another test. */
const addUnawaited = (batches: MicroBatches, added: LogRecord): void =>
  void batches.add(added).catch(() => undefined);

const record = (key: string, size = 1): LogRecord => ({ key, value: 'x'.repeat(size) });

it('sends what one turn of the event loop brings together, and answers after the acknowledgement', async () => {
  const { batches, published } = open();
  let answered = 0;
  const calls = ['a', 'b', 'c'].map((key) => batches.add(record(key)).then(() => answered++));
  await turn();
  expect(published.map((p) => p.keys)).toEqual([['a', 'b', 'c']]);
  await turn();
  expect(answered).toBe(0);
  published[0]!.acknowledge();
  await Promise.all(calls);
  expect(answered).toBe(3);
});

describe('with a clock that stands', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
  afterEach(() => jest.useRealTimers());

  it('lets the next batch wait for company until the linger is over, though none is under way', async () => {
    const { batches, published } = open({ lingerMs: 20 });
    const calls = [batches.add(record('a'))];
    await turn();
    published[0]!.acknowledge();
    await turn();
    calls.push(batches.add(record('b')));
    jest.advanceTimersByTime(19);
    await turn();
    calls.push(batches.add(record('c')));
    expect(published).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(published[1]!.keys).toEqual(['b', 'c']);
    published[1]!.acknowledge();
    await Promise.all(calls);
  });

  it('does not wait longer than the linger for the one that is under way', async () => {
    const { batches, published } = open({ lingerMs: 20, maxInFlight: 2 });
    const calls = [batches.add(record('a'))];
    await turn();
    calls.push(batches.add(record('b')));
    await turn();
    expect(published).toHaveLength(1);
    jest.advanceTimersByTime(20);
    expect(published.map((p) => p.keys)).toEqual([['a'], ['b']]);
    published.forEach((p) => p.acknowledge());
    await Promise.all(calls);
  });

  it('lets a batch go on growing while all are under way, until one is back', async () => {
    const { batches, published } = open({ lingerMs: 1, maxInFlight: 1 });
    const calls = [batches.add(record('a'))];
    await turn();
    calls.push(batches.add(record('b')));
    jest.advanceTimersByTime(100);
    calls.push(batches.add(record('c')));
    expect(published).toHaveLength(1);
    published[0]!.acknowledge();
    await turn();
    expect(published[1]!.keys).toEqual(['b', 'c']);
    published[1]!.acknowledge();
    await Promise.all(calls);
  });

  it('sends a call at once where the last batch left long ago', async () => {
    const { batches, published } = open({ lingerMs: 20 });
    const calls = [batches.add(record('a'))];
    await turn();
    jest.advanceTimersByTime(20);
    calls.push(batches.add(record('b')));
    await turn();
    expect(published.map((p) => p.keys)).toEqual([['a'], ['b']]);
    published.forEach((p) => p.acknowledge());
    await Promise.all(calls);
  });
});

it('bounds a batch by records and by size, and how many are under way', async () => {
  const { batches, published } = open({ maxRecords: 2, maxBytes: 50 });
  const calls = batches.addAll(['a', 'b', 'c', 'd', 'e'].map((key) => record(key)));
  expect(published.map((p) => p.keys)).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  published[0]!.acknowledge();
  await turn();
  expect(published[2]!.keys).toEqual(['e']);
  addUnawaited(batches, record('f', 40));
  addUnawaited(batches, record('g', 40));
  published[1]!.acknowledge();
  published[2]!.acknowledge();
  await calls;
  await turn();
  expect(published.slice(3).map((p) => p.keys)).toEqual([['f'], ['g']]);
});

it('fails the calls of a rejected batch, and of no other', async () => {
  const { batches, published, pending } = open({ maxRecords: 1 });
  const [a, b] = [batches.add(record('a')), batches.add(record('b'))];
  published[0]!.fail();
  published[1]!.acknowledge();
  await expect(a).rejects.toMatchObject({ reason: 'log_failed' });
  await b;
  expect(pending.at(-1)).toBe(0);
});

it('turns calls away above the bound, and takes them again below it', async () => {
  const { batches, published } = open({ maxPending: 2 });
  const calls = [batches.add(record('a')), batches.add(record('b'))];
  await expect(batches.add(record('c'))).rejects.toMatchObject({ reason: 'overloaded' });
  await expect(batches.addAll([record('c')])).rejects.toBeInstanceOf(UnavailableError);
  await turn();
  published[0]!.acknowledge();
  await Promise.all(calls);
  addUnawaited(batches, record('d'));
  await turn();
  expect(published[1]!.keys).toEqual(['d']);
});

it('turns calls away by what they hold, too, and takes one however large where nothing waits', async () => {
  const { batches, published } = open({ maxPendingBytes: 60 });
  const calls = [batches.add(record('a', 49))];
  await expect(batches.add(record('b', 10))).rejects.toMatchObject({ reason: 'overloaded' });
  await expect(batches.addAll([record('c', 4), record('d', 5)])).rejects.toBeInstanceOf(UnavailableError);
  calls.push(batches.add(record('e', 9)));
  await turn();
  published[0]!.acknowledge();
  await Promise.all(calls);
  addUnawaited(batches, record('f', 99));
  await turn();
  expect(published.map((p) => p.keys)).toEqual([['a', 'e'], ['f']]);
});

it('gives up on a log that does not answer, and keeps its place until it does', async () => {
  const { batches, published } = open({ timeoutMs: 20, maxInFlight: 1, maxPending: 1 });
  await expect(batches.add(record('a'))).rejects.toMatchObject({ reason: 'log_slow' });
  await expect(batches.add(record('b'))).rejects.toMatchObject({ reason: 'overloaded' });
  published[0]!.acknowledge();
  await turn();
  addUnawaited(batches, record('c'));
  await turn();
  expect(published[1]!.keys).toEqual(['c']);
});

it('never sends what its callers were told was not taken', async () => {
  const { batches, published, pending } = open({ timeoutMs: 20, maxInFlight: 1, maxRecords: 1 });
  const calls = ['a', 'b'].map((key) => batches.add(record(key)));
  await Promise.allSettled(calls);
  published[0]!.acknowledge();
  await turn();
  expect([published.map((p) => p.keys), pending.at(-1)]).toEqual([[['a']], 0]);
});

it('is drained when every call has its answer', async () => {
  const { batches, published } = open();
  const call = batches.add(record('a'));
  let drained = false;
  const done = batches.drained().then(() => (drained = true));
  await turn();
  await turn();
  expect(drained).toBe(false);
  published[0]!.acknowledge();
  await Promise.all([call, done]);
});
