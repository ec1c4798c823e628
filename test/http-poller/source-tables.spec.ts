import {
  advanceBackfill,
  advanceStream,
  cancelBackfill,
  claimBackfill,
  claimStream,
  endTokenTurn,
  deleteSourceWindowsBefore,
  failStream,
  lookAtStream,
  readBackfills,
  readContentHash,
  recordUnfinished,
  readRefusedDefinitions,
  readStreams,
  registerStreams,
  releaseBackfill,
  releaseStream,
  renewStreamLease,
  replaceDefinitions,
  requestBackfill,
  resetStream,
  setPaused,
  takeTokenTurn,
  type Database,
  type SourceWindow,
  type StreamKey,
} from '#libs/database';
import { withMigratedDatabase } from '#test/migrated-database';
import { until } from '#test/until';

let database: Database;
withMigratedDatabase((migrated) => (database = migrated));

const msUntilClaimable = async (pool: Database['pool'], key: StreamKey): Promise<number | null> =>
  (await lookAtStream(pool, key))!.waitMs;

let streams = 0;
async function newStream(): Promise<StreamKey> {
  const key = { source: 'partner', stream: `s${++streams}` };
  await registerStreams(database.pool, [{ ...key, definitionHash: 'h1' }]);
  return key;
}

const OWNER = { owner: 'me', lifeMs: 60_000 };
const FROM = '2026-11-21T10:00:00.000000Z';
const TO = '2026-11-21T11:00:00.000000Z';

function windowOf(key: StreamKey, more: Partial<SourceWindow> = {}): SourceWindow {
  return {
    ...key,
    kind: 'live',
    slice_key: `${FROM}/${TO}`,
    slice_from: FROM,
    slice_to: TO,
    attempt: 1,
    pages: 2,
    rows_read: 3,
    rows_selected: 3,
    rows_by_event: { payout: 3 },
    amounts: { USD: '40.5' },
    rejected: 0,
    stated_total: null,
    content_hash: 'abc',
    changed: null,
    published: true,
    monotone_violations: 0,
    paging_contradictions: 0,
    started_at: TO,
    finished_at: TO,
    outcome: 'succeeded',
    error_code: null,
    error: null,
    backfill_id: null,
    ...more,
  };
}

const windowsOf = async ({ source, stream }: StreamKey): Promise<Record<string, unknown>[]> =>
  (
    await database.pool.query<Record<string, unknown>>(
      'SELECT * FROM tributary.source_windows WHERE source = $1 AND stream = $2 ORDER BY window_id',
      [source, stream],
    )
  ).rows;
const statusOf = async ({ stream }: StreamKey) =>
  (await readStreams(database.pool)).find((s) => s.stream === stream)!;

describe('leases of streams', () => {
  it('are held by one at a time', async () => {
    const key = await newStream();
    const claims = await Promise.all([1, 2, 3, 4].map(() => claimStream(database.pool, key, OWNER)));
    expect(claims.filter((c) => c !== undefined)).toEqual([
      { token: '1', state: null, failures: 0, behindSinceMs: null },
    ]);
    expect(await msUntilClaimable(database.pool, key)).toBeGreaterThan(50_000);
    await releaseStream(database.pool, key, '1', 'now');
    expect(await msUntilClaimable(database.pool, key)).toBe(0);
    expect(await claimStream(database.pool, key, OWNER)).toMatchObject({ token: '2' });
  });

  it('let only the last holder write', async () => {
    const key = await newStream();
    const first = (await claimStream(database.pool, key, { owner: 'a', lifeMs: 1 }))!;
    await until('it runs out', async () => (await msUntilClaimable(database.pool, key)) === 0);
    const second = (await claimStream(database.pool, key, { owner: 'b', lifeMs: 60_000 }))!;
    const { pool } = database;
    expect(await renewStreamLease(pool, key, first.token, 60_000)).toBe(false);
    expect(
      await advanceStream(pool, first.token, { type: 'id', greatest: '9' }, windowOf(key)),
    ).toBeUndefined();
    const failure = { code: 'x', text: 'y', waitMs: 60_000 };
    expect(await failStream(pool, key, first.token, failure, windowOf(key, { outcome: 'failed' }))).toBe(
      false,
    );
    await releaseStream(pool, key, first.token, 'now', windowOf(key, { outcome: 'abandoned' }));
    expect(await windowsOf(key)).toEqual([]);
    expect(await msUntilClaimable(pool, key)).toBeGreaterThan(50_000);

    const state = { type: 'datetime', watermark: TO, tiers: {} };
    expect(await advanceStream(pool, second.token, state, windowOf(key))).toBeDefined();
    await releaseStream(pool, key, second.token, { intervalMs: 60_000 });
    expect(await statusOf(key)).toMatchObject({
      watermark: '2026-11-21T11:00:00Z',
      failures: 0,
      last_window: { outcome: 'succeeded', rows: 3, slice: `${FROM}/${TO}` },
    });
    expect(await msUntilClaimable(pool, key)).toBeGreaterThan(50_000);
  });

  it('are behind since what was read last, and no reading sets that back', async () => {
    const key = await newStream();
    const { pool } = database;
    const { token, behindSinceMs } = (await claimStream(pool, key, OWNER))!;
    expect(behindSinceMs).toBeNull();
    const state = { type: 'datetime', watermark: '2020-01-01T00:00:00.000000Z', tiers: {} };
    await advanceStream(pool, token, state, windowOf(key));
    const lag = async () => (await statusOf(key)).watermark_lag_seconds;
    expect(await lag()).not.toBe(0);
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    expect(await advanceStream(pool, token, state, windowOf(key), inAnHour)).toEqual({
      behindSinceMs: Date.parse(inAnHour),
    });
    expect(await advanceStream(pool, token, state, windowOf(key), FROM)).toEqual({
      behindSinceMs: Date.parse(inAnHour),
    });
    expect(await lag()).toBe(0);
    expect((await lookAtStream(pool, key))!.lagSeconds).toBe(0);
    await resetStream(pool, key, state, 'anna');
    expect(await lag()).not.toBe(0);
  });

  it('wait after a failure, unless the definition has changed', async () => {
    const key = await newStream();
    const { token } = (await claimStream(database.pool, key, OWNER))!;
    const failure = { code: 'auth', text: 'the partner answered 401', waitMs: 3_600_000 };
    const failed = windowOf(key, { outcome: 'failed', error_code: 'auth', content_hash: null });
    expect(await failStream(database.pool, key, token, failure, failed)).toBe(true);
    expect(await msUntilClaimable(database.pool, key)).toBeGreaterThan(3_500_000);
    expect(await statusOf(key)).toMatchObject({ failures: 1, error_code: 'auth', error: failure.text });
    await registerStreams(database.pool, [{ ...key, definitionHash: 'h1' }]);
    expect(await msUntilClaimable(database.pool, key)).toBeGreaterThan(3_500_000);
    await registerStreams(database.pool, [{ ...key, definitionHash: 'h2' }]);
    expect(await claimStream(database.pool, key, OWNER)).toMatchObject({ failures: 1 });
  });

  it('are lost by a reset and by a pause, which are recorded', async () => {
    const key = await newStream();
    const { pool } = database;
    const { token } = (await claimStream(pool, key, OWNER))!;
    await advanceStream(pool, token, { type: 'id', greatest: '9' }, windowOf(key));
    expect(await resetStream(pool, key, { type: 'id', greatest: '5' }, 'anna')).toBe(true);
    expect(await advanceStream(pool, token, { type: 'id', greatest: '10' }, windowOf(key))).toBeUndefined();
    const next = (await claimStream(pool, key, OWNER))!;
    expect(next.state).toEqual({ type: 'id', greatest: '5' });
    expect(await setPaused(pool, key, true, 'ben')).toBe(true);
    expect(await renewStreamLease(pool, key, next.token, 1_000)).toBe(false);
    expect(await claimStream(pool, key, OWNER)).toBeUndefined();
    expect(await lookAtStream(pool, key)).toEqual({ waitMs: null, lagSeconds: null });
    expect(await setPaused(pool, key, false, 'ben')).toBe(true);
    expect(await claimStream(pool, key, OWNER)).toBeDefined();
    expect(await resetStream(pool, { source: 'nobody', stream: 's' }, null, 'anna')).toBe(false);
    const changes = await pool.query(
      'SELECT change, asked_by, old_state, new_state FROM tributary.source_changes WHERE stream = $1 ORDER BY change_id',
      [key.stream],
    );
    const five = { type: 'id', greatest: '5' };
    expect(changes.rows).toEqual([
      { change: 'reset', asked_by: 'anna', old_state: { type: 'id', greatest: '9' }, new_state: five },
      { change: 'pause', asked_by: 'ben', old_state: five, new_state: five },
      { change: 'resume', asked_by: 'ben', old_state: five, new_state: five },
    ]);
  });
});

describe('the ledger', () => {
  it('tells the content of the last acknowledged reading of a slice', async () => {
    const key = await newStream();
    const { pool } = database;
    const { token } = (await claimStream(pool, key, OWNER))!;
    const read = (): Promise<string | undefined> =>
      readContentHash(pool, key.source, key.stream, `${FROM}/${TO}`);
    const state = { type: 'full_refresh' };
    expect(await read()).toBeUndefined();
    await advanceStream(pool, token, state, windowOf(key, { content_hash: 'one' }));
    await advanceStream(pool, token, state, windowOf(key, { content_hash: 'two', published: false }));
    const other = { slice_key: 'other', slice_from: TO, slice_to: '2026-11-21T12:00:00.000000Z' };
    await advanceStream(pool, token, state, windowOf(key, { ...other, content_hash: 'three' }));
    expect(await read()).toBe('two');
    const broken = { outcome: 'failed', content_hash: null, published: false } as const;
    await advanceStream(pool, token, state, windowOf(key, broken));
    expect(await read()).toBe('two');
    await advanceStream(pool, token, state, windowOf(key, { ...broken, published: true }));
    expect(await read()).toBeUndefined();
  });

  it('does not know the content of a slice once a part of it was published, as a backfill does', async () => {
    const key = await newStream();
    const { pool } = database;
    const { token } = (await claimStream(pool, key, OWNER))!;
    const state = { type: 'full_refresh' };
    const read = () => readContentHash(pool, key.source, key.stream, `${FROM}/${TO}`);
    const part = { slice_key: 'part', slice_from: '2026-11-21T10:30:00.000000Z' };
    await advanceStream(pool, token, state, windowOf(key));
    await advanceStream(pool, token, state, windowOf(key, { ...part, published: false }));
    expect(await read()).toBe('abc');
    await advanceStream(pool, token, state, windowOf(key, part));
    expect(await read()).toBeUndefined();
    await advanceStream(pool, token, state, windowOf(key));
    expect(await read()).toBe('abc');
  });

  it('says of a reading that it publishes, until it says what became of it', async () => {
    const key = await newStream();
    const { pool } = database;
    const { token } = (await claimStream(pool, key, OWNER))!;
    const state = { type: 'full_refresh' };
    const read = () => readContentHash(pool, key.source, key.stream, `${FROM}/${TO}`);
    const outcomes = async () => (await windowsOf(key)).map((w) => w.outcome);
    await advanceStream(pool, token, state, windowOf(key));
    const unfinished = () =>
      recordUnfinished(pool, windowOf(key, { outcome: 'unfinished', content_hash: null }));
    await unfinished();
    expect(await read()).toBeUndefined();
    const second = windowOf(key, { unfinished_id: await unfinished() });
    expect(await advanceStream(pool, '0', state, second)).toBeUndefined();
    expect(await outcomes()).toEqual(['succeeded', 'unfinished', 'unfinished']);
    expect(await advanceStream(pool, token, state, second)).toBeDefined();
    expect(await outcomes()).toEqual(['succeeded', 'unfinished', 'succeeded']);
    expect(await read()).toBe('abc');
  });

  it('forgets what is old', async () => {
    const key = await newStream();
    const { token } = (await claimStream(database.pool, key, OWNER))!;
    for (const finished_at of [FROM, TO]) {
      await advanceStream(database.pool, token, { type: 'full_refresh' }, windowOf(key, { finished_at }));
    }
    await deleteSourceWindowsBefore(database.pool, new Date('2026-11-21T10:30:00Z'));
    expect(await windowsOf(key)).toMatchObject([{ finished_at: new Date(TO), amounts: { USD: '40.5' } }]);
  });
});

describe('backfills', () => {
  it('are held by one at a time, go on where they stand, and end', async () => {
    const key = await newStream();
    const { pool } = database;
    const middle = '2026-11-21T10:30:00.000000Z';
    const id = await requestBackfill(database, { ...key, from: FROM, to: TO, askedBy: 'anna' });
    const claims = await Promise.all([1, 2, 3].map(() => claimBackfill(pool, [key], OWNER)));
    const [first] = claims.filter((c) => c !== undefined);
    expect(claims.filter((c) => c !== undefined)).toHaveLength(1);
    expect(first).toEqual({ ...key, id, token: '1', position: FROM, to: TO, failures: 0 });
    const window = windowOf(key, { kind: 'backfill', backfill_id: id });
    expect(await advanceBackfill(pool, id, '1', middle, window)).toBe(true);
    await releaseBackfill(pool, id, '1');
    const second = (await claimBackfill(pool, [key], OWNER))!;
    expect(second).toMatchObject({ token: '2', position: middle });
    expect(await advanceBackfill(pool, id, '1', TO, window)).toBe(false);
    expect(await advanceBackfill(pool, id, '2', '2026-11-22T00:00:00.000000Z', window)).toBe(true);
    expect(await claimBackfill(pool, [key], OWNER)).toBeUndefined();
    expect((await readBackfills(pool)).find((b) => b.id === id)).toMatchObject({
      status: 'succeeded',
      position: '2026-11-21T11:00:00Z',
      rows: 6,
      windows: 2,
    });
    expect(await windowsOf(key)).toHaveLength(2);
  });

  it('are cancelled for good, and only streams that are asked for are claimed', async () => {
    const key = await newStream();
    const { pool } = database;
    const id = await requestBackfill(database, { ...key, from: FROM, to: TO, askedBy: 'anna' });
    expect(await claimBackfill(pool, [{ source: 'other', stream: key.stream }], OWNER)).toBeUndefined();
    const { token } = (await claimBackfill(pool, [key], OWNER))!;
    expect(await cancelBackfill(database, id, 'ben')).toBe(true);
    expect(await cancelBackfill(database, id, 'ben')).toBe(false);
    expect(await advanceBackfill(pool, id, token, TO, windowOf(key))).toBe(false);
    expect(await claimBackfill(pool, [key], OWNER)).toBeUndefined();
  });
});

it('renews a token in turns, and keeps what the last one brought', async () => {
  const { pool } = database;
  const turns = await Promise.all([1, 2, 3].map(() => takeTokenTurn(pool, 'k', 60_000)));
  expect(turns.filter((t) => t !== undefined)).toEqual([{ turn: '1', token: null }]);
  await endTokenTurn(pool, 'k', '1', { refreshToken: 'a' });
  const failed = (await takeTokenTurn(pool, 'k', 60_000))!;
  await endTokenTurn(pool, 'k', failed.turn);
  const slept = (await takeTokenTurn(pool, 'k', 0))!;
  expect(slept.token).toEqual({ refreshToken: 'a' });
  await until('its time is over', async () => (await takeTokenTurn(pool, 'k', 60_000)) !== undefined);
  await endTokenTurn(pool, 'k', slept.turn, { refreshToken: 'stale' });
  await endTokenTurn(pool, 'k', '4', { refreshToken: 'b' });
  expect((await takeTokenTurn(pool, 'k', 0))!.token).toEqual({ refreshToken: 'b' });
});

it('knows which definitions were loaded', async () => {
  const { pool } = database;
  const key = await newStream();
  const good = { file: 'partner.yaml', source: 'partner', streams: [key.stream], problems: [] };
  const bad = { file: 'bad.yaml', source: null, streams: [], problems: ['line 2: no name'] };
  expect((await statusOf(key)).defined).toBe(false);
  await Promise.all([1, 2, 3].map(() => replaceDefinitions(database, 'http-poller', [good, bad])));
  expect((await statusOf(key)).defined).toBe(true);
  expect(await readRefusedDefinitions(pool)).toEqual([
    { file: 'bad.yaml', source: null, problems: ['line 2: no name'] },
  ]);
});
