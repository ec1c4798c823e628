import { setTimeout as sleep } from 'node:timers/promises';
import { instantFromMs } from '#libs/events';
import { databaseOf } from '#libs/runtime';
import {
  claimBackfill,
  readBackfills,
  readStreams,
  requestBackfill,
  resetStream,
  setPaused,
} from '#libs/database';
import type { PlayedRecord, PlayedStream } from '#test/played-partner';
import { until } from '#test/until';
import { Gate, HOUR_MS, PollingWorld } from './polling-world.js';

let world: PollingWorld;
beforeAll(async () => (world = await PollingWorld.open()));
afterEach(() => world.end());
afterAll(() => world.close());

/** Two records of every window. */
const twoOf = (from: string): PlayedRecord[] => [
  { id: `${from} a`, amount: '1.1' },
  { id: `${from} b`, amount: '2.2' },
];
const through = (stream: PlayedStream, windows: number): Promise<void> =>
  until(`${windows} windows of ${stream.source}`, async () => {
    const ended = (await world.ledger(stream)).filter((w) => w.outcome !== 'unfinished');
    return ended.length >= windows;
  });
const succeeded = async (stream: PlayedStream): Promise<string[]> =>
  (await world.ledger(stream)).filter((w) => w.outcome === 'succeeded').map((w) => w.slice_key);

describe('polling', () => {
  it('reads every window once, in order, publishes its records and keeps the books', async () => {
    const partner = await world.partner({ payouts: twoOf });
    const stream = world.stream(partner, { hours: 3 });
    await world.poll([stream]);
    await through(stream, 3);
    const ledger = await world.ledger(stream);
    expect(ledger).toHaveLength(3);
    expect(ledger.map((w) => w.slice_key)).toEqual(
      [0, 1, 2].map(
        (i) =>
          `${instantFromMs(stream.startMs + i * HOUR_MS)}/${instantFromMs(stream.startMs + (i + 1) * HOUR_MS)}`,
      ),
    );
    expect(ledger[0]).toMatchObject({
      kind: 'live',
      outcome: 'succeeded',
      attempt: 1,
      published: true,
      changed: null,
      rows_selected: '2',
      rows_by_event: { payout: 2 },
      amounts: { USD: '3.3' },
      rejected: '0',
    });
    expect(await world.logged(stream)).toHaveLength(6);
    expect(await world.watermarkMs(stream)).toBe(stream.startMs + 3 * HOUR_MS);
    const metrics = await world.platform.metrics.registry.metrics();
    expect(metrics).toContain(
      `tributary_source_slices_total{source="${stream.source}",stream="payouts",kind="live",outcome="succeeded"} 3`,
    );
  });

  it('shares the streams between pollers: no window is read twice at once, and each is read', async () => {
    const partner = await world.partner({ payouts: twoOf, refunds: twoOf, players: twoOf });
    const streams = ['payouts', 'refunds', 'players'].map((stream) =>
      world.stream(partner, { stream, hours: 20 }),
    );
    await Promise.all([1, 2, 3].map(() => world.poll(streams, { turnMs: 20 })));
    for (const stream of streams) await through(stream, 20);
    expect(partner.mostAtOnce).toBe(1);
    for (const stream of streams) {
      const read = await succeeded(stream);
      expect(read).toHaveLength(20);
      expect(new Set(read).size).toBe(20);
    }
  });

  it('records a failure, does not advance, waits in the table, and catches up window by window', async () => {
    let isDown = false;
    const partner = await world.partner({ payouts: (from) => (isDown ? 503 : twoOf(from)) });
    const stream = world.stream(partner, { hours: 6 });
    isDown = true;
    const first = await world.poll([stream]);
    await through(stream, 1);
    await first.stop();
    expect(await world.watermarkMs(stream)).toBeUndefined();
    const [status] = (await readStreams(world.pool)).filter((s) => s.source === stream.source);
    expect(status).toMatchObject({
      failures: 1,
      error_code: 'http_status',
      error: 'the partner answered 503',
      last_window: { outcome: 'failed', rows: 0 },
    });
    // a restart does not ask again before it is time
    await world.poll([stream]);
    const asked = partner.calls.length;
    await world.hurry(stream);
    await through(stream, 2);
    expect(partner.calls.length).toBe(asked + 1);
    isDown = false;
    await world.hurry(stream);
    await through(stream, 8);
    expect((await world.ledger(stream)).map((w) => [w.outcome, w.attempt])).toEqual([
      ['failed', 1],
      ['failed', 2],
      ['succeeded', 3],
      ...Array.from({ length: 5 }, () => ['succeeded', 1]),
    ]);
    expect(await world.watermarkMs(stream)).toBe(stream.startMs + 6 * HOUR_MS);
  });

  it('waits longer after every failure, also where a window before the one that fails is read each time', async () => {
    const broken = { from: '' };
    const partner = await world.partner({ payouts: (from) => (from === broken.from ? 500 : twoOf(from)) });
    const stream = world.stream(partner, { hours: 3, lookBack: 3 });
    await world.poll([stream]);
    await through(stream, 3);
    broken.from = instantFromMs(stream.startMs + HOUR_MS);
    for (let failures = 1; failures <= 3; failures++) {
      await world.hurry(stream);
      await through(stream, 3 + 2 * failures);
      const [status] = (await readStreams(world.pool)).filter((s) => s.source === stream.source);
      expect(status).toMatchObject({ failures, error_code: 'http_status' });
    }
  });

  it('reads the history of a start that is moved back, newest first, and then goes on as before', async () => {
    const partner = await world.partner({ payouts: twoOf });
    const played = world.stream(partner, { hours: 5 });
    const from = (hours: number): string => instantFromMs(played.startMs + hours * HOUR_MS);
    const since = (start: string): PlayedStream => ({
      ...played,
      sync: { type: 'datetime', start, step: 'PT1H', format: 'iso', timezone: 'UTC', settle_delay: 'PT1H' },
    });
    const earlier = async () => (await world.ledger(played)).filter((w) => w.slice_key < from(2));
    const first = await world.poll([since(from(2))]);
    await through(played, 2);
    await first.stop();
    expect(await earlier()).toEqual([]);
    await world.hurry(played);
    await world.poll([since(from(0))]);
    await until('the earlier history is read', async () => (await earlier()).length === 2);
    expect((await earlier()).map((w) => [w.kind, w.outcome, w.slice_key])).toEqual([
      ['live', 'succeeded', `${from(1)}/${from(2)}`],
      ['live', 'succeeded', `${from(0)}/${from(1)}`],
    ]);
    expect(await world.watermarkMs(played)).toBeGreaterThan(played.startMs + 4 * HOUR_MS);
    await world.hurry(played);
    await through(played, (await world.ledger(played)).length + 1);
    expect(await earlier()).toHaveLength(2);
  });

  it('reads the look-back once a poll beside earlier history, though it takes longer than a turn', async () => {
    const partner = await world.partner({
      payouts: async (from) => {
        await sleep(50);
        return twoOf(from);
      },
    });
    const played = world.stream(partner, { hours: 24 });
    const at = (hours: number): string => instantFromMs(played.startMs + hours * HOUR_MS);
    const since = (start: string): PlayedStream => ({
      ...played,
      sync: {
        ...{ type: 'datetime', start, step: 'PT1H', format: "yyyy-MM-dd'T'HH", timezone: 'UTC' },
        lookback_window: 'PT4H',
      },
    });
    const first = await world.poll([since(at(16))]);
    await through(played, 8);
    await first.stop();
    await world.hurry(played);
    const before = partner.calls.length;
    await world.poll([since(at(0))], { turnMs: 150 });
    const earlier = async () => (await world.ledger(played)).filter((w) => w.slice_key < at(16));
    await until('the earlier history is read', async () => (await earlier()).length === 16);
    const again = partner.calls.slice(before).filter(({ from }) => from >= at(16));
    // The hour that is not over and the look-back of four, once more where an hour has begun meanwhile
    expect(again.length).toBeLessThan(12);
  });

  it('publishes what it reads again only where it is other than last time', async () => {
    let note = 'first';
    const partner = await world.partner({
      payouts: (from) =>
        note === 'reversed' ? twoOf(from).reverse() : twoOf(from).map((r) => ({ ...r, note })),
    });
    const stream = world.stream(partner, { hours: 1, lookBack: 1 });
    await world.poll([stream]);
    const again = async (windows: number): Promise<unknown[]> => {
      await world.hurry(stream);
      await through(stream, windows);
      const { kind, published, changed } = (await world.ledger(stream)).at(-1)!;
      return [kind, published, changed, (await world.logged(stream)).length];
    };
    await through(stream, 1);
    expect(await again(2)).toEqual(['lookback', false, false, 2]);
    note = 'second';
    expect(await again(3)).toEqual(['lookback', true, true, 4]);
    expect(await again(4)).toEqual(['lookback', false, false, 4]);
    note = 'reversed';
    expect(await again(5)).toEqual(['lookback', true, true, 6]);
    expect(await again(6)).toEqual(['lookback', false, false, 6]);
  });

  it('comes to the look-back though the hour that is not over takes longer than a turn', async () => {
    const openHour = (): string => instantFromMs(Math.floor(Date.now() / HOUR_MS) * HOUR_MS);
    const partner = await world.partner({
      payouts: async (from) => {
        if (from >= openHour()) await sleep(300);
        return twoOf(from);
      },
    });
    const played = world.stream(partner, { hours: 4 });
    const lookback = { lookback_window: 'PT3H', lookback_tiers: [{ window: 'PT3H', every: 'PT1H' }] };
    const start = instantFromMs(played.startMs);
    const stream: PlayedStream = {
      ...played,
      sync: {
        ...{ type: 'datetime', start, step: 'PT1H', format: "yyyy-MM-dd'T'HH", timezone: 'UTC' },
        ...lookback,
      },
    };
    await world.poll([stream], { turnMs: 150 });
    await through(stream, 5);
    await world.hurry(stream);
    await until(
      'the look-back is read',
      async () => (await world.ledger(stream)).filter((w) => w.kind === 'lookback').length === 3,
      20_000,
    );
    // Once by each poll, and once more where an hour has begun meanwhile
    expect(partner.calls.filter(({ from, atMs }) => Date.parse(from) + HOUR_MS > atMs).length).toBeLessThan(
      4,
    );
  });

  it('keeps good partners going beside one that hangs and one that is broken', async () => {
    const gate = new Gate();
    const partner = await world.partner({
      slow: async () => gate.passed().then(() => []),
      slower: async () => gate.passed().then(() => []),
      broken: () => 401,
      good: twoOf,
    });
    const slow = ['slow', 'slower'].map((stream) =>
      world.stream(partner, { stream, hours: 1, source: 'slow' }),
    );
    const broken = world.stream(partner, { stream: 'broken', hours: 1 });
    const good = world.stream(partner, { stream: 'good', hours: 30 });
    await world.poll([...slow, broken, good]);
    await through(good, 30);
    await through(broken, 1);
    expect(await world.ledger(slow[0]!)).toEqual([]);
    expect((await world.ledger(broken))[0]).toMatchObject({ outcome: 'failed', error_code: 'http_status' });
    expect((await world.platform.health.readiness()).ready).toBe(true);
    gate.open();
    for (const stream of slow) await through(stream, 1);
  });

  it('gives the lease back when it is stopped, and says what it has abandoned', async () => {
    const gate = new Gate();
    const partner = await world.partner({
      payouts: async (from) => (partner.calls.length === 1 ? gate.passed().then(() => []) : twoOf(from)),
    });
    const stream = world.stream(partner, { hours: 1 });
    const first = await world.poll([stream]);
    await until('it is asked', () => partner.calls.length === 1);
    await first.stop();
    expect(await world.ledger(stream)).toMatchObject([{ outcome: 'abandoned', error_code: 'stopping' }]);
    await world.poll([stream]);
    await through(stream, 2);
    expect(await succeeded(stream)).toHaveLength(1);
    gate.open();
  });

  it('writes nothing when the stream was reset while it was read', async () => {
    const gate = new Gate();
    const partner = await world.partner({
      payouts: async (from) =>
        partner.calls.length === 1 ? gate.passed().then(() => twoOf(from)) : twoOf(from),
    });
    const stream = world.stream(partner, { hours: 4 });
    await world.poll([stream], { leaseMs: 60_000 });
    await until('it is asked', () => partner.calls.length === 1);
    const watermark = instantFromMs(stream.startMs + 3 * HOUR_MS);
    await resetStream(world.pool, stream, { type: 'datetime', watermark, tiers: {} }, 'anna');
    gate.open();
    await through(stream, 1);
    await until(
      'it is through',
      async () => (await world.watermarkMs(stream)) === stream.startMs + 4 * HOUR_MS,
    );
    expect((await succeeded(stream)).map((key) => key.split('/')[0])).toEqual([watermark]);
  });

  it('counts what the mapping refuses and what goes back in time', async () => {
    const modified = ['2026-11-21T10:00:02Z', '2026-11-21T10:00:01Z'];
    const partner = await world.partner({
      payouts: () => [{ id: 'same', modified_at: modified[Math.min(partner.calls.length, 2) - 1]! }],
    });
    const stream = world.stream(partner, { hours: 2 });
    await world.poll([stream]);
    await through(stream, 2);
    expect(await world.ledger(stream)).toMatchObject([
      { rejected: '1', monotone_violations: '0' },
      { rejected: '1', monotone_violations: '1' },
    ]);
  });
});

describe('a backfill', () => {
  it('reads what was asked for and always publishes it, beside live polls, and leaves the state alone', async () => {
    const partner = await world.partner({ payouts: twoOf });
    const stream = world.stream(partner, { hours: 5 });
    await world.poll([stream]);
    await through(stream, 5);
    const watermark = await world.watermarkMs(stream);
    const id = await requestBackfill(databaseOf(world.platform), {
      ...stream,
      from: instantFromMs(stream.startMs),
      to: instantFromMs(stream.startMs + 4 * HOUR_MS),
      askedBy: 'anna',
    });
    const backfill = async () => (await readBackfills(world.pool)).find((b) => b.id === id)!;
    await until('it is done', async () => (await backfill()).status === 'succeeded');
    expect(await backfill()).toMatchObject({ rows: 8, windows: 4, error: null });
    expect((await world.ledger(stream)).slice(5)).toMatchObject(
      Array.from({ length: 4 }, () => ({ kind: 'backfill', published: true, backfill_id: id })),
    );
    expect(await world.watermarkMs(stream)).toBe(watermark);
    expect(await world.logged(stream)).toHaveLength(18);
  });

  it('waits while its stream is paused, and goes on where it stands when it is resumed', async () => {
    const gate = new Gate();
    let isHeld = false;
    const partner = await world.partner({
      payouts: async (from) => (isHeld ? gate.passed().then(() => twoOf(from)) : twoOf(from)),
    });
    const stream = world.stream(partner, { hours: 4 });
    await world.poll([stream]);
    await through(stream, 4);
    isHeld = true;
    const id = await requestBackfill(databaseOf(world.platform), {
      ...stream,
      from: instantFromMs(stream.startMs),
      to: instantFromMs(stream.startMs + 3 * HOUR_MS),
      askedBy: 'anna',
    });
    const backfill = async () => (await readBackfills(world.pool)).find((b) => b.id === id)!;
    await until('it is reading', () => partner.calls.length === 5);
    expect(await setPaused(world.pool, stream, true, 'anna')).toBe(true);
    isHeld = false;
    gate.open();
    expect(await backfill()).toMatchObject({ status: 'running', paused: true, windows: 0 });
    const beside = world.stream(partner, { hours: 1 });
    const another = await requestBackfill(databaseOf(world.platform), {
      ...stream,
      from: instantFromMs(stream.startMs),
      to: instantFromMs(stream.startMs + HOUR_MS),
      askedBy: 'anna',
    });
    // whoever looks for backfills looks again and again meanwhile
    await world.poll([beside]);
    await through(beside, 1);
    expect(await claimBackfill(world.pool, [stream], { owner: 'me', lifeMs: 60_000 })).toBeUndefined();
    const read = (await world.ledger(stream)).filter(
      (w) => w.kind === 'backfill' && w.outcome === 'succeeded',
    );
    expect(read).toEqual([]);
    expect(await setPaused(world.pool, stream, false, 'anna')).toBe(true);
    await until('they are done', async () =>
      (await readBackfills(world.pool)).every(
        (b) => ![id, another].includes(b.id) || b.status === 'succeeded',
      ),
    );
    expect(await backfill()).toMatchObject({ windows: 3, rows: 6, paused: false, error: null });
  });

  it('waits after a failure and goes on where it stands', async () => {
    let isDown = false;
    const partner = await world.partner({ payouts: (from) => (isDown ? 500 : twoOf(from)) });
    const stream = world.stream(partner, { hours: 3 });
    await world.poll([stream]);
    await through(stream, 3);
    isDown = true;
    const id = await requestBackfill(databaseOf(world.platform), {
      ...stream,
      from: instantFromMs(stream.startMs),
      to: instantFromMs(stream.startMs + 2 * HOUR_MS),
      askedBy: 'anna',
    });
    await through(stream, 4);
    const backfill = async () => (await readBackfills(world.pool)).find((b) => b.id === id)!;
    expect(await backfill()).toMatchObject({ status: 'running', error_code: 'http_status', windows: 0 });
    isDown = false;
    await world.pool.query('UPDATE tributary.source_backfills SET next_attempt_at = now()');
    await until('it is done', async () => (await backfill()).status === 'succeeded');
    expect((await world.ledger(stream)).at(-2)).toMatchObject({ attempt: 2, kind: 'backfill' });
  });
});
