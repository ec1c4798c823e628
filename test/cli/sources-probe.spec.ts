import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playWindows, type WindowManners, type WindowRow } from '#test/partners/window-partner';
import { openPartner } from '../../apps/cli/src/sources/ask-partner.js';
import { findHttpStream } from '../../apps/cli/src/sources/load-source.js';
import { histogram, settlingTime } from '../../apps/cli/src/sources/probe/lateness.js';
import { probe, type ProbeOptions, type Probed } from '../../apps/cli/src/sources/probe/run-probe.js';
import type { Verdict } from '../../apps/cli/src/sources/probe/verdict.js';
import { windowSource, writeSource } from './window-source.js';

const NOW = Date.parse('2026-11-21T12:30:00Z');
const MINUTE_MS = 60_000;

/** A row every four minutes of the last two days, some on the hour. */
const someRows = (): WindowRow[] =>
  Array.from({ length: 720 }, (_, i) => ({
    id: String(10_000 - i),
    atMs: Date.parse('2026-11-21T12:28:00Z') - i * 4 * MINUTE_MS,
  }));

describe('probing a partner', () => {
  let folder: string;
  let requests: number;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-test-'));
    process.env['SECRET_WINDOWS_KEY'] = 'sesame';
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    delete process.env['SECRET_WINDOWS_KEY'];
  });

  /** What is found out of a partner by a definition. */
  async function probed(
    manners: WindowManners,
    definition: Parameters<typeof windowSource>[1] = {},
    options: Partial<ProbeOptions> = {},
    rows = someRows(),
  ): Promise<Probed> {
    const played = await playWindows(rows, manners);
    writeSource(folder, 'windows.yaml', windowSource(played.url, definition));
    const found = findHttpStream(join(folder, 'sources'), 'windows', undefined);
    const partner = openPartner(found);
    try {
      return await probe(found, partner, { maxRequests: 60, now: () => NOW, onStep: () => {}, ...options });
    } finally {
      requests = played.calls.length;
      await partner.close();
      await played.close();
    }
  }
  const verdictOn = ({ verdicts }: Probed, question: RegExp): Verdict =>
    verdicts.find((v) => question.test(v.question))!;
  const verdictsOf = ({ verdicts }: Probed): string[] => verdicts.map((v) => v.verdict);

  it('finds nothing wrong with one that does what is said', async () => {
    const found = await probed({});
    expect(found.verdicts.filter((v) => v.verdict === 'wrong')).toEqual([]);
    expect(verdictsOf(found).slice(0, 5)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    expect(requests).toBeLessThan(20);
  });

  it.each([
    ['closed', 'half_open'],
    ['open', 'half_open'],
    ['half_open', 'closed'],
    ['open', 'closed'],
    ['closed', 'open'],
    ['half_open', 'open'],
  ] as const)('finds out that the ends are %s where the definition says %s', async (boundary, declared) => {
    const found = await probed({ boundary }, { boundary: declared });
    expect(verdictOn(found, /both ends/)).toMatchObject({
      verdict: 'wrong',
      change: { place: 'incremental_sync.boundary', text: `write boundary: ${boundary}` },
    });
  });

  it.each(['half_open', 'closed', 'open'] as const)(
    'finds windows that tile where the ends are %s',
    async (boundary) => {
      const found = await probed({ boundary }, { boundary });
      expect(verdictOn(found, /tile/).verdict).toBe('ok');
      expect(verdictOn(found, /both ends/).verdict).toBe('ok');
    },
  );

  it('finds rows that are lost between two windows', async () => {
    const found = await probed({ boundary: 'open' }, { boundary: 'half_open' });
    expect(verdictOn(found, /tile/)).toMatchObject({
      verdict: 'wrong',
      change: { place: 'incremental_sync.boundary' },
    });
  });

  it.each([-300, 60, 330])('finds out that the zone is %i minutes off', async (offsetMinutes) => {
    const found = await probed({ offsetMinutes }, { timezone: 'UTC' });
    const right = await probed({ offsetMinutes: 0 }, { timezone: 'UTC' });
    expect(verdictOn(right, /zone/).verdict).toBe('ok');
    // Windows and records are off alike: only what lies in the future shows it
    expect(verdictOn(found, /zone/).verdict).toBe(offsetMinutes > 0 ? 'wrong' : 'ok');
    const halfMended = await probed({ offsetMinutes: 0 }, { timezone: "'-05:00'" });
    expect(verdictOn(halfMended, /zone/)).toMatchObject({
      verdict: 'wrong',
      change: { place: 'incremental_sync.timezone' },
    });
  });

  it('finds a partner that gives fewer records than are asked for', async () => {
    const found = await probed({ cap: 20 });
    expect(verdictOn(found, /page size/)).toMatchObject({
      verdict: 'wrong',
      change: { text: 'the partner gives at most 20: write size: 20' },
    });
  });

  it('takes a round number of records for a cut where there are no pages', async () => {
    const manyRows = Array.from({ length: 400 }, (_, i) => ({
      id: String(i),
      atMs: NOW - 40 * MINUTE_MS - i * 10_000,
    }));
    const found = await probed({ cap: 100 }, { paginator: '{ type: none }' }, {}, manyRows);
    expect(verdictOn(found, /page size/)).toMatchObject({
      verdict: 'wrong',
      change: { place: 'incremental_sync.step' },
    });
  });

  it('recommends a look-back from how late rows changed', async () => {
    const rows = someRows().map((row, i) => ({
      ...row,
      modifiedMs: row.atMs + (i % 10 === 0 ? 26 * 60 : 3) * MINUTE_MS,
    }));
    const found = await probed({}, {}, {}, rows);
    expect(verdictOn(found, /late/)).toMatchObject({
      verdict: 'wrong',
      change: { place: 'incremental_sync', text: expect.stringContaining('lookback_window: P3D') as string },
    });
    expect(histogram(found.delays).map((line) => line.split(' █')[0])).toEqual([
      'within PT5M ',
      'within P3D  ',
    ]);
    expect(settlingTime(found.delays)).toBe('PT5M');
  });

  it('sees rows that come late while it watches', async () => {
    let call = 0;
    const onRequest = (rows: WindowRow[]): void => {
      if (++call % 4 === 0) rows.push({ id: `late-${call}`, atMs: NOW - 50 * MINUTE_MS });
    };
    const found = await probed({ onRequest }, {}, { watchMs: 2_000, maxRequests: 20 });
    expect(found.delays.length).toBeGreaterThan(0);
    expect(found.delays.every((ms) => Math.abs(ms - 50 * MINUTE_MS) < 60_000)).toBe(true);
  });

  it('says so where nothing is there to be looked at, and keeps to the most requests', async () => {
    const found = await probed({}, {}, { maxRequests: 12 }, []);
    expect(verdictsOf(found).every((v) => v === 'cannot tell')).toBe(true);
    expect(requests).toBeLessThanOrEqual(12);
  });
});
