import { stripVTControlCharacters } from 'node:util';
import { sourceTables } from './status-of-sources.js';

const STREAM = {
  source: 'besitos',
  stream: 'conversions',
  paused: false,
  defined: true,
  watermark: '2026-11-21T10:00:00Z',
  watermark_lag_seconds: 400,
  last_succeeded_at: '2026-11-21T10:05:00Z',
  next_attempt_at: '2026-11-21T10:10:00Z',
  failures: 0,
  error_code: null,
  error: null,
  last_window: {
    kind: 'live',
    slice: '2026-11-21T09:00:00.000000Z/2026-11-21T10:00:00.000000Z',
    outcome: 'succeeded',
    rows: 1234,
    published: true,
    finished_at: '2026-11-21T10:05:00Z',
  },
};

const plain = (tables: string[]): string => stripVTControlCharacters(tables.join('\n')).replace(/ +/g, ' ');

describe('the streams of partners on the screen', () => {
  it('are not there where there are no sources', () => {
    expect(sourceTables({ streams: [], backfills: [], refused: [] })).toEqual([]);
  });

  it('show what was read last, how far behind they are, and why they fail', () => {
    const failing = {
      ...STREAM,
      stream: 'clicks',
      failures: 3,
      error_code: 'auth',
      error: 'the partner answered 401',
    };
    const unread = { watermark_lag_seconds: null, last_window: null, last_succeeded_at: null };
    const fresh = { ...STREAM, stream: 'new', ...unread };
    const pulled = { ...STREAM, stream: 'pulled', watermark_lag_seconds: 2, last_window: null };
    const said = plain(
      sourceTables({
        streams: [
          STREAM,
          failing,
          fresh,
          pulled,
          { ...STREAM, stream: 'held', paused: true },
          { ...STREAM, stream: 'gone', defined: false },
        ],
        backfills: [],
        refused: [],
      }),
    );
    expect(said).toContain('besitos/conversions 6 min live 2026-11-21 09:00 – 10:00 1,234 succeeded');
    expect(said).toContain('failed 3×, next 2026-11-21 10:10');
    expect(said).toContain('besitos/clicks: auth: the partner answered 401');
    expect(said).toContain('besitos/new – – – not read yet');
    expect(said).toContain('besitos/pulled 2 s – – pulling');
    expect(said).toMatch(/besitos\/held .* paused/);
    expect(said).toMatch(/besitos\/gone .* no definition/);
  });

  it('show backfills, and definitions that are not used', () => {
    const backfill = {
      id: '7',
      source: 'besitos',
      stream: 'conversions',
      from: '2026-11-01T00:00:00Z',
      to: '2026-11-11T00:00:00Z',
      position: '2026-11-04T12:00:00Z',
      status: 'running',
      rows: 10,
      windows: 3,
      paused: false,
      error_code: null,
      error: null,
    };
    const refused = { file: 'bad.yaml', source: null, problems: ['bad.yaml:2:1: unknown key', 'not polled'] };
    const held = { ...backfill, id: '8', paused: true };
    const said = plain(sourceTables({ streams: [], backfills: [backfill, held], refused: [refused] }));
    expect(said).toMatch(/8 besitos\/conversions .* waits: the stream is paused/);
    expect(said).toContain('7 besitos/conversions 2026-11-01 00:00 – 2026-11-11 00:00 35 % 10 running');
    expect(said).toContain('bad.yaml\n 2:1: unknown key\n not polled');
  });
});
