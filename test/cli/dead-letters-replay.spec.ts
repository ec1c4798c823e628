import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attribution } from '#apps/attribution';
import { readStatus } from '#apps/console';
import { httpPoller } from '#apps/http-poller';
import { normalizer } from '#apps/normalizer';
import { databaseOf, startProcess, type RunningProcess } from '#libs/runtime';
import { startPartner, type ScriptedPartner } from '#test/partners/scripted-partner';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { runNode, type Ended } from '#test/run-node';
import { until } from '#test/until';

/** What the log takes at most, of key and value. */
const LIMIT_BYTES = 1024 * 1024;

const definition = (origin: string, custom: string): string => `
name: wall
type: http
brand: spacevegas
streams:
  - name: payouts
    poll_interval: PT1H
    requester: { url: '${origin}/payouts' }
    incremental_sync: { type: full_refresh }
    decoder: { type: json }
    primary_key: [id]
    mapping:
      - event: payout
        fields:
          transaction_id: id
          player_id: player
          occurred_at: { path: at, time: iso }
          amount: { path: payout, money: USD }
${custom}`;

/** Tells the note twice. */
const TWICE = '        custom: { note: note, again: note }\n';

describe('dead-letters replay of what was too large', () => {
  let folder: string;
  let database: TestDatabase;
  let partner: ScriptedPartner;
  let river: RunningProcess;

  /** Payouts with notes of so many characters. */
  function play(notes: Record<string, number>): void {
    const rows = Object.entries(notes).map(([id, length]) => ({
      ...{ id, player: 'anna', at: '2026-11-21T10:00:00Z', payout: '1.50', note: 'n'.repeat(length) },
    }));
    partner.play(() => ({ json: rows }));
  }

  async function start(custom: string): Promise<void> {
    writeFileSync(join(folder, 'wall.yaml'), definition(partner.origin, custom));
    river = await startProcess('test', [httpPoller, normalizer, attribution], {
      migrates: true,
      environment: {
        ...{ DATABASE_URL: database.url, SOURCES_DIR: folder, KAFKA_PARTITIONS: '2' },
        ...{ ADMIN_HOST: '127.0.0.1', ADMIN_PORT: '0', LOG_LEVEL: 'silent' },
      },
    });
    await settled();
  }

  /** Waits until the partner was read and every record is a row or a dead letter. */
  async function settled(): Promise<void> {
    await until('all is taken in', async () => {
      const { lag, unsettled_batches, sources } = await readStatus(river.platform);
      const isRead = sources.streams.every((s) => s.last_window?.outcome === 'succeeded');
      return isRead && lag.every((group) => group.lag === 0) && unsettled_batches === 0;
    });
  }

  const replay = (): Promise<Ended> =>
    runNode(['bin/tributary.js', 'dead-letters', 'replay', '--reason', 'too_large'], {
      DATABASE_URL: database.url,
    });
  async function rows<T>(sql: string): Promise<T[]> {
    return (await databaseOf(river.platform).pool.query(sql)).rows as T[];
  }
  const paid = async (): Promise<string[]> =>
    (await rows<{ id: string }>('SELECT transaction_id AS id FROM tributary.conversions ORDER BY 1')).map(
      ({ id }) => id,
    );
  const letters = (): Promise<{ app: string; cut: boolean; open: boolean }[]> =>
    rows(
      `SELECT app, original_truncated AS cut, replayed_at IS NULL AS open FROM tributary.dead_letters
       ORDER BY length(original), open`,
    );

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-test-'));
    [database, partner] = await Promise.all([testDatabase(), startPartner()]);
  });
  afterEach(async () => {
    await river.stop();
    await partner.close();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  it('makes rows of it once its mapping says less, also where the dead letter holds its beginning alone', async () => {
    play({ small: 10, half: LIMIT_BYTES * 0.6, whole: LIMIT_BYTES - 1_000 });
    await start(TWICE);
    expect(await paid()).toEqual(['small']);
    expect(await letters()).toEqual([
      { app: 'normalizer', cut: true, open: true },
      { app: 'normalizer', cut: false, open: true },
    ]);
    // As nothing has changed the same comes of it: new dead letters
    expect(await replay()).toMatchObject({ code: 0, stdout: 'published 2 records to raw-events again\n' });
    await settled();
    expect((await letters()).map(({ open }) => open)).toEqual([false, true, false, true]);
    expect(await paid()).toEqual(['small']);

    await river.stop();
    await start('');
    expect(await replay()).toMatchObject({ code: 0, stdout: 'published 2 records to raw-events again\n' });
    await settled();
    expect(await paid()).toEqual(['half', 'small', 'whole']);
    expect((await letters()).map(({ open }) => open)).toEqual([false, false, false, false]);
    expect(await replay()).toMatchObject({ code: 1, stderr: 'tributary: no dead letter matches\n' });
  });

  it('says of what the log never took where the whole is, and leaves it open', async () => {
    play({ small: 10, more: LIMIT_BYTES });
    await start('');
    expect(await paid()).toEqual(['small']);
    expect(await letters()).toEqual([{ app: 'http-poller', cut: true, open: true }]);
    const { code, stdout, stderr } = await replay();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('only its beginning is kept here, and the log never had the whole');
    expect((await letters()).map(({ open }) => open)).toEqual([true]);
  });
});
