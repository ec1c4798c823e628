import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpPoller } from '#apps/http-poller';
import type { LoopbackPartner } from '#apps/standalone';
import { readStreams } from '#libs/database';
import { databaseOf, startProcess, type RunningProcess } from '#libs/runtime';
import { withLoadedCli } from '#test/loaded-cli';
import { playWindows } from '#test/partners/window-partner';
import { testDatabase, type TestDatabase } from '#test/postgres';
import type { Ended } from '#test/run-node';
import { until } from '#test/until';
import { windowSource, writeSource } from './window-source.js';

const runCli = withLoadedCli();

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A line of `source_changes`. */
interface Change {
  change: string;
  asked_by: string;
  old_state: { watermark?: string } | null;
  new_state: object;
}

describe('the state of a stream', () => {
  const yesterday = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);
  let folder: string;
  let database: TestDatabase;
  let partner: LoopbackPartner;
  let running: RunningProcess;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-test-'));
    database = await testDatabase();
    const rows = Array.from({ length: 10 }, (_, i) => ({
      id: String(i),
      atMs: Date.parse(`${yesterday}T12:00:00Z`) + i * 60_000,
    }));
    partner = await playWindows(rows);
    const definition = windowSource(partner.url).replace('start: 2026-01-01', `start: ${yesterday}`);
    writeSource(folder, 'windows.yaml', definition.replace('poll_interval: PT5M', 'poll_interval: PT1S'));
    running = await startProcess('test', [httpPoller], {
      migrates: true,
      environment: {
        DATABASE_URL: database.url,
        SOURCES_DIR: join(folder, 'sources'),
        SECRET_WINDOWS_KEY: 'sesame',
        ADMIN_HOST: '127.0.0.1',
        ADMIN_PORT: '0',
        KAFKA_PARTITIONS: '3',
        LOG_LEVEL: 'silent',
      },
    });
  });
  afterAll(async () => {
    await running.stop();
    await partner.close();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  const sources = (...argv: string[]): Promise<Ended> =>
    runCli(['sources', ...argv], {
      SOURCES_DIR: join(folder, 'sources'),
      DATABASE_URL: database.url,
    });
  const changes = async (): Promise<Change[]> => {
    const told = await databaseOf(running.platform).pool.query<Change>(
      'SELECT change, asked_by, old_state, new_state FROM tributary.source_changes ORDER BY change_id',
    );
    return told.rows;
  };
  const isReadUpToNow = async (): Promise<boolean> => {
    const [stream] = await readStreams(databaseOf(running.platform).pool);
    return Date.parse(stream?.watermark ?? '1970-01-01') > Date.now() - HOUR_MS;
  };

  it('is shown by list, and not moved by a backfill that is waited for', async () => {
    await until('the stream is read up to now', isReadUpToNow);
    const { stdout } = await sources('list');
    expect(stdout).toMatch(/read up to +last\n[^\n]*succeeded\n$/);

    const backfill = [
      'backfill',
      'windows',
      'rows',
      '--from',
      `${yesterday}T12:00:00Z`,
      '--to',
      `${yesterday}T14:00:00Z`,
    ];
    const waited = await sources(...backfill, '--wait');
    expect(waited).toEqual({
      code: 0,
      stdout: 'read 10 records in 2 windows\n',
      stderr: `backfill 1: windows rows, ${yesterday}T12:00:00Z to ${yesterday}T14:00:00Z, 2 windows\n`,
    });
    expect(JSON.parse((await sources('backfill', 'list', '--json')).stdout)).toMatchObject([
      { id: '1', status: 'succeeded', rows: 10, windows: 2 },
    ]);
    expect((await sources('backfill', 'list')).stdout).toMatch(/succeeded +100 % +10\n$/);
    expect(await sources('backfill', 'cancel', '1')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no open backfill') as string,
    });
  });

  it('is moved by a reset, which keeps the state before', async () => {
    await until('the stream is read up to now', isReadUpToNow);
    const calls = partner.calls.length;
    const reset = await sources('reset', 'windows', 'rows', '--to', yesterday, '--yes');
    expect(reset.code).toBe(0);
    expect(reset.stdout).toMatch(/^windows rows: read up to \S+ → read up to \S+T00:00:00Z\n$/);
    await until('it is read again from there', () =>
      partner.calls.slice(calls).some((call) => call.includes(`from=${yesterday}+00%3A00%3A00`)),
    );

    const told = await changes();
    const moved = told.find((c) => c.change === 'reset')!;
    expect(Date.parse(moved.old_state!.watermark!)).toBeGreaterThan(Date.parse(yesterday));
    expect(moved.new_state).toEqual({
      type: 'datetime',
      watermark: `${yesterday}T00:00:00.000000Z`,
      tiers: {},
    });
  });

  it('is not read while it is paused, and goes on where it stands, which is kept with who asked', async () => {
    await until('the stream is read up to now', isReadUpToNow);
    const paused = await sources('pause', 'windows', 'rows');
    expect(paused).toMatchObject({ code: 0, stdout: 'windows rows: paused\n' });
    expect((await sources('pause', 'windows')).stdout).toBe('windows rows: was paused before\n');
    const stream = async () => (await readStreams(databaseOf(running.platform).pool))[0]!;
    expect(await stream()).toMatchObject({ paused: true });
    const calls = partner.calls.length;
    expect((await sources('list')).stdout).toMatch(/ paused\n$/);
    expect(partner.calls.length).toBe(calls);
    const { watermark } = await stream();

    expect(JSON.parse((await sources('resume', 'windows', '--json')).stdout)).toEqual([
      { source: 'windows', stream: 'rows', paused: false, changed: true },
    ]);
    await until('it is read again', async () => partner.calls.length > calls);
    expect(Date.parse((await stream()).watermark!)).toBeGreaterThanOrEqual(Date.parse(watermark!));
    const told = (await changes()).slice(-2);
    expect(told.map(({ change }) => change)).toEqual(['pause', 'resume']);
    expect(told.map(({ asked_by }) => asked_by)).toEqual(
      told.map(() => expect.stringMatching(/^\S+@\S+$/) as string),
    );
    expect(await sources('pause', 'window')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no process reads a source window (did you mean windows?)') as string,
    });
    expect((await sources('resume', 'windows', 'row')).stderr).toContain(
      'has no stream row (did you mean rows?)',
    );
  });

  it('is not moved where nobody has read the stream, or the place is none', async () => {
    const definition = windowSource(partner.url).replace('name: windows', 'name: unseen');
    writeSource(folder, 'unseen.yaml', definition);
    expect((await sources('reset', 'unseen', 'rows', '--to', yesterday, '--yes')).stderr).toContain(
      'no poller has seen unseen rows yet',
    );
    expect((await sources('reset', 'windows', 'rows', '--to', '12', '--yes')).stderr).toContain(
      '--to must be an instant',
    );
    expect(
      (await sources('backfill', 'windows', 'rows', '--from', '2026-02-01', '--to', '2026-01-01')).stderr,
    ).toContain('--from must be before --to');
  });
});
