import fc from 'fast-check';
import { SHARD_KINDS, bestShards, parseShard, shardVersion, writeShard, type Shard } from './shard.js';

const daily: Shard = { day: '20261120', kind: 'daily', modifiedAt: '2026-11-21T06:30:00.123456Z' };
const intraday: Shard = { ...daily, kind: 'intraday' };
const fresh: Shard = { ...daily, kind: 'fresh' };

const anyShard = fc.record({
  day: fc
    .date({ min: new Date('1970-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
    .map((d) => d.toISOString().slice(0, 10).replaceAll('-', '')),
  kind: fc.constantFrom(...SHARD_KINDS),
  modifiedAt: fc
    .date({ min: new Date('2020-01-01'), max: new Date('2050-01-01'), noInvalidDate: true })
    .map((d) => d.toISOString().replace('Z', '000Z')),
});

describe('the version of a shard', () => {
  it('is a kind, the days that the earlier day has more, and the milliseconds of the change', () => {
    expect(shardVersion(daily)).toBe('779222217405800123');
    expect(shardVersion(daily, true)).toBe('679222217405800123');
    expect(shardVersion(fresh)).toMatch(/^579222/);
    expect(shardVersion(intraday)).toMatch(/^379222/);
  });

  it('has 18 digits and orders by kind, then the earlier day, then the later change', () => {
    fc.assert(
      fc.property(anyShard, anyShard, (a, b) => {
        const [x, y] = [shardVersion(a), shardVersion(b)];
        expect(x).toMatch(/^\d{18}$/);
        const order = (s: Shard): string =>
          `${3 - SHARD_KINDS.indexOf(s.kind)}|${99_999_999 - Number(s.day)}|${s.modifiedAt}`;
        expect(Math.sign(Number(BigInt(x) - BigInt(y)))).toBe(
          order(a) === order(b) ? 0 : order(a) < order(b) ? -1 : 1,
        );
      }),
    );
  });

  it('puts a direct touch below all of its kind and above all of the next', () => {
    fc.assert(
      fc.property(anyShard, anyShard, (a, b) => {
        if (a.kind === b.kind) expect(shardVersion(a, true) < shardVersion(b)).toBe(true);
        else if (SHARD_KINDS.indexOf(a.kind) < SHARD_KINDS.indexOf(b.kind)) {
          expect(shardVersion(a, true) > shardVersion(b)).toBe(true);
        }
      }),
    );
  });

  it('takes changes out of its range for the nearest in it', () => {
    expect(shardVersion({ ...daily, modifiedAt: '2019-01-01T00:00:00.000000Z' })).toMatch(/0{12}$/);
    expect(shardVersion({ ...daily, modifiedAt: '2999-01-01T00:00:00.000000Z' })).toMatch(/9{12}$/);
  });

  it('refuses what is no day', () => {
    expect(() => shardVersion({ ...daily, day: 'today' })).toThrow('a shard must have a day from 1970 on');
  });
});

describe('the best shards', () => {
  it('are of each day the daily, else the fresh, else the intraday one, and never two of them', () => {
    const other = { ...intraday, day: '20261119' };
    expect(bestShards([intraday, fresh, daily, other])).toEqual([other, daily]);
    expect(bestShards([intraday, fresh])).toEqual([fresh]);
    expect(bestShards([])).toEqual([]);
  });

  it('are the later changed of two of a kind', () => {
    const later = { ...daily, modifiedAt: '2026-11-22T06:30:00.000000Z' };
    expect(bestShards([later, daily])).toEqual([later]);
    expect(bestShards([daily, later])).toEqual([later]);
  });
});

describe('a shard in a record', () => {
  it('is read as it was written', () => {
    fc.assert(fc.property(anyShard, (shard) => expect(parseShard(writeShard(shard))).toEqual(shard)));
  });

  it.each([
    ['nothing', undefined],
    ['a list', []],
    ['no day', { ...writeShard(daily), day: '20261131' }],
    ['a day with hyphens', { ...writeShard(daily), day: '2026-11-20' }],
    ['a day before 1970', { ...writeShard(daily), day: '19691231' }],
    ['another kind', { ...writeShard(daily), kind: 'users' }],
    ['an instant of another form', { ...writeShard(daily), modified_at: '2026-11-21T06:30:00Z' }],
  ])('is none where it is %s', (_name, value) => {
    expect(parseShard(value)).toBeUndefined();
  });
});
