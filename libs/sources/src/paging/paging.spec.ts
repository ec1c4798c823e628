import fc from 'fast-check';
import { compareIds } from './compare-ids.js';
import { linkOf } from './link-header.js';
import { createPaginator } from './create-paginator.js';
import { fingerprintPage, overlapOf } from './page-fingerprint.js';
import type { PageSeen } from './paginator.js';
import { checkStatedTotal } from './stated-total.js';
import { compileStopSignals } from './stop-signals.js';

describe('a Link header (RFC 8288)', () => {
  it.each([
    [
      '<https://p.example/?page=2>; rel="next", <https://p.example/?page=9>; rel="last"',
      'https://p.example/?page=2',
    ],
    ['</a,b;c>; title="x, \\"<y>\\"; rel=no"; rel="prev NEXT"', '/a,b;c'],
    ['</a> ; REL=next', '/a'],
    ['<>; rel=next', ''],
    ['</a>; rel=prev; rel=next', undefined],
    ['</a>; rel=next; anchor="#foo", </b>; rel=next', '/b'],
    ['</a>; rel*=UTF-8\'\'next, </b>;rel="nextfoo"', undefined],
    ['', undefined],
  ])('%s leads to %s', (header, expected) => {
    expect(linkOf(header, 'next')).toBe(expected);
  });

  it('is read in a time that grows with its length only', () => {
    const hostile = '<a>; rel="' + '\\"'.repeat(50_000) + '<'.repeat(50_000) + ';a'.repeat(50_000);
    const startedMs = performance.now();
    linkOf(hostile, 'next');
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});

describe('a link', () => {
  const seen = (link: unknown): PageSeen => ({
    step: { number: 1, address: { params: [], in: 'query' } },
    url: 'https://p.example:8443/v1/rows?page=1',
    headers: {},
    envelope: { next: link as string },
    readSoFar: 1,
  });
  const paginator = createPaginator({ type: 'link', from: 'body', path: 'next' });
  const next = (page: PageSeen) => paginator.next(page);

  it.each([
    ['rows?page=2', 'https://p.example:8443/v1/rows?page=2'],
    ['?page=2#x', 'https://p.example:8443/v1/rows?page=2'],
    ['/v2', 'https://p.example:8443/v2'],
  ])('%s is followed from its page', (link, url) => {
    expect(next(seen(link))?.address.url).toBe(url);
  });

  it.each([null, '', false, undefined])('%s ends the paging', (link) => {
    expect(next(seen(link))).toBeUndefined();
  });

  it.each([
    'https://p.example/v1',
    'http://p.example:8443/v1',
    '//evil.example/',
    'https://p.example:8443@evil.example/',
    'https://u:p@p.example:8443/',
    'javascript:alert(1)',
    'http://[',
    { a: 1 },
  ])('%s is refused', (link) => {
    expect(() => next(seen(link))).toThrow(/link|paginator\.path/);
  });
});

describe('stop signals', () => {
  const none = { totalChanged: false };
  const place = { pageNumber: 2, read: 10, distinct: 10 };
  const all = {
    ...{ next_url_path: 'next', has_more_path: 'more', done_path: 'done' },
    ...{ last_page_path: 'last', total_path: 'total' },
  };

  it.each([
    [{ next_url_path: 'next' }, { next: null }, false],
    [{ next_url_path: 'next' }, { next: '/2' }, true],
    [{ next_url_path: 'next' }, {}, false],
    [{ has_more_path: 'more' }, { more: false }, false],
    [{ has_more_path: 'more' }, { more: 'true' }, true],
    [{ has_more_path: 'more' }, {}, false],
    [{ done_path: 'done' }, { done: true }, false],
    [{ done_path: 'done' }, { done: 'false' }, true],
    [{ done_path: 'done' }, {}, false],
    [{ last_page_path: 'last' }, { last: 3 }, true],
    [{ last_page_path: 'last' }, { last: '2' }, false],
    [{ total_path: 'total' }, { total: 10 }, false],
    [{ total_path: 'total' }, { total: 11 }, true],
    [{}, {}, undefined],
    [all, { next: '/2', more: true, last: 3, total: 11 }, true],
    [all, { next: null, more: false, last: 2, total: 10 }, false],
    [all, { last: 3, total: 11 }, true],
  ])('%j in %j: %s', (stop, envelope, expected) => {
    const signals = compileStopSignals(stop);
    const stated = signals.read(envelope, none, true);
    const { more, contradicted } = signals.judge(envelope, stated, place);
    expect([more, contradicted]).toEqual([expected, false]);
  });

  it.each([
    [{ next: '/2', more: false, last: 2, total: 10 }, 'next_url_path'],
    [{ next: null, more: true, last: 2, total: 10 }, 'has_more_path'],
    [{ next: null, done: false, last: 2, total: 10 }, 'done_path'],
    [{ next: null, more: false, last: 3, total: 10 }, 'last_page_path'],
    [{ next: null, more: false, last: 2, total: 99 }, 'total_path'],
  ])('%j go on, by %s', (envelope, key) => {
    const signals = compileStopSignals(all);
    const stated = signals.read(envelope, none, true);
    expect(signals.judge(envelope, stated, place)).toEqual({ more: true, key, contradicted: true });
  });

  it('do not go on for a row that the partner has twice, where others say that none follows', () => {
    const twice = { ...place, distinct: 9 };
    const judge = (stop: object) =>
      compileStopSignals(stop).judge({ more: false }, { ...none, total: 10 }, twice);
    expect(judge({ total_path: 'total', has_more_path: 'more' }).more).toBe(false);
    expect(judge({ total_path: 'total' }).more).toBe(true);
  });

  it('must be numbers where numbers are needed, at least once', () => {
    const signals = compileStopSignals({ total_path: 'total' });
    const read: typeof signals.read = (...args) => signals.read(...args);
    expect(() => read({}, none, true)).toThrow('paginator.stop.total_path: the answer has no total');
    expect(() => read({ total: 'many' }, none, true)).toThrow('no whole number');
    expect(read({}, { total: 7, totalChanged: false }, true)).toEqual({ total: 7, totalChanged: false });
    expect(read({}, none, false)).toEqual({ totalChanged: false });
    expect(read({ total: -1 }, none, false)).toEqual({ totalChanged: false });
    expect(read({ total: 8 }, { total: 7, totalChanged: false }, true)).toEqual({
      total: 8,
      totalChanged: true,
    });
  });
});

describe('a stated total', () => {
  it.each([
    [10, false, 10, 0, true],
    [10, true, 10, 0, true],
    [10, false, 10, 1, true], // the partner has a row twice
    [10, true, 10, 1, false], // a row was inserted, and moved another
    [10, false, 12, 2, true], // pages overlap
    [10, false, 9, 0, false],
    [10, false, 11, 0, false],
    [0, false, 0, 0, true],
  ])(
    'of %i (changed: %s) and %i read, %i overlapping: %s',
    (total, totalChanged, read, overlapping, fits) => {
      const check = () => checkStatedTotal({ total, totalChanged }, read, overlapping);
      if (fits) expect(check).not.toThrow();
      else expect(check).toThrow(new RegExp(`stated ${total} .* ${read} were read`));
    },
  );
});

describe('a page’s fingerprint', () => {
  const printOf = (ids: number[]) => {
    const print = fingerprintPage();
    for (const id of ids) print.add({ id });
    return print.end();
  };

  it('shows with how many records two pages overlap', () => {
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
    expect(overlapOf(printOf([1, 2, 3]), printOf([3, 4]))).toBe(1);
    expect(overlapOf(printOf([1, 2, 3]), printOf([2, 3, 4]))).toBe(2);
    expect(overlapOf(printOf([1, 2, 3]), printOf([1, 4]))).toBe(0);
    expect(overlapOf(printOf(range(0, 5000)), printOf(range(4500, 6000)))).toBe(500);
  });

  it('is another for other records or another order', () => {
    const hashes = [[1, 2], [2, 1], [1], [1, 2, 3]].map((ids) => printOf(ids).hash);
    expect(new Set(hashes).size).toBe(4);
    expect(printOf([1, 2]).hash).toBe(hashes[0]);
  });
});

describe('ids', () => {
  it('are ordered by value where they are whole numbers', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
        expect(Math.sign(compareIds(String(a), String(b)))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
    expect(compareIds('01ARZ3', '01ARZ4')).toBe(-1);
  });
});
