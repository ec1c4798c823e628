import { SliceError } from '#libs/sources';
import {
  startPartner,
  type ScriptedAnswer,
  type ScriptedPartner,
} from '../support/partners/scripted-partner.js';
import { until } from '../support/until.js';
import { closeConnections, readStream, streamOf } from './read-stream.js';

let partner: ScriptedPartner;
beforeAll(async () => {
  partner = await startPartner();
});
afterAll(async () => {
  await closeConnections();
  await partner.close();
});

const rows = (...ids: number[]): ScriptedAnswer => ({ json: { data: ids.map((id) => ({ id })) } });
const idsOf = ({ records }: { records: unknown[] }) => records.map((r) => (r as { id: number }).id);
const byPage = { type: 'page', page_param: 'page', size_param: 'size', size: 2 } as const;

describe('a slice of one answer', () => {
  it('is read, with what it was asked', async () => {
    partner.play([rows(1, 2)]);
    const stream = streamOf(partner.origin, {
      requester: {
        url: `${partner.origin}/brands/\${env.BRAND}/rows?sort=a,b&empty=\${cursor}`,
        query: { from: '${window.from}', to: '${window.to}', all: true, after: '${cursor}' },
        headers: { 'X-Tag': 'tag ${env.BRAND}' },
      },
    });
    const read = await readStream(stream, {
      env: (name) => (name === 'BRAND' ? 'a/b ü' : undefined),
      bounds: { from: '2026-01-01 00:00', to: '2026-01-02 00:00' },
    });
    expect(read.error).toBeUndefined();
    expect(read.result).toEqual({ pages: 1, read: 2, selected: 2 });
    expect(idsOf(read)).toEqual([1, 2]);
    const [asked] = partner.asked;
    expect(asked!.url).toBe(
      '/brands/a%2Fb%20%C3%BC/rows?sort=a,b&from=2026-01-01+00%3A00&to=2026-01-02+00%3A00&all=true',
    );
    expect(asked!.headers['user-agent']).toMatch(/^tributary\/\d/);
    expect(read.exchanges).toMatchObject([{ purpose: 'page', page: 1, attempt: 1, status: 200, bytes: 28 }]);
  });

  it('has no records where the partner says 204, or null', async () => {
    partner.play([{ status: 204 }]);
    expect((await readStream(streamOf(partner.origin))).result).toEqual({ pages: 1, read: 0, selected: 0 });
    partner.play([{ json: { data: null } }]);
    expect((await readStream(streamOf(partner.origin))).result).toEqual({ pages: 1, read: 0, selected: 0 });
  });

  it('is unpacked', async () => {
    partner.play([{ ...rows(1), gzip: true }]);
    expect(idsOf(await readStream(streamOf(partner.origin)))).toEqual([1]);
  });

  it('keeps rows that are no objects', async () => {
    partner.play([{ json: { data: [[1, 2], 'x'] } }]);
    expect((await readStream(streamOf(partner.origin))).records).toEqual([{ value: [1, 2] }, { value: 'x' }]);
  });

  it('counts what the filter drops as read', async () => {
    partner.play([rows(1, 2, 3)]);
    const stream = streamOf(partner.origin, {
      record_selector: { path: 'data', filter: { id: { equals: 2 } } },
    });
    const read = await readStream(stream);
    expect(read.result).toEqual({ pages: 1, read: 3, selected: 1 });
    expect(idsOf(read)).toEqual([2]);
  });
});

describe('an answer that is no answer', () => {
  it('without the records’ path fails, and is told with what the partner said', async () => {
    partner.play([{ json: { error: { code: 'bad_range' }, secret_rows: ['x'] } }]);
    const { error, waits } = await readStream(streamOf(partner.origin));
    expect(error).toBeInstanceOf(SliceError);
    expect(error).toMatchObject({ reason: 'config_error', code: 'record_path', status: 200 });
    expect(error!.message).toContain('error.code: "bad_range"');
    expect(error!.message).toContain('record_selector.path');
    expect(error!.message).not.toContain('secret_rows');
    expect(waits).toEqual([]);
  });

  it('with 200 that carries an error is judged by a rule', async () => {
    const rules = [
      { body: { path: 'status', equals: 'wait' }, action: 'retry' as const },
      {
        body: { path: 'error', exists: true },
        action: 'fail' as const,
        failure_type: 'config_error' as const,
      },
    ];
    const stream = streamOf(partner.origin, { error_handler: { rules } });
    partner.play([{ json: { status: 'wait' } }, { json: { error: null, data: [{ id: 1 }] } }]);
    const read = await readStream(stream);
    expect([idsOf(read), read.waits.length]).toEqual([[1], 1]);
    partner.play([{ json: { error: 'no_access', data: [{ id: 1 }] } }]);
    const refused = await readStream(stream);
    expect(refused.error).toMatchObject({ reason: 'config_error', code: 'body_rule' });
    expect(refused.error!.message).toContain('error_handler.rules[1]');
    expect(refused.records).toEqual([]);
  });

  it('judges the document that is one record, and JSON where CSV was expected', async () => {
    const error_handler = { rules: [{ body: { path: 'error', exists: true }, action: 'empty' as const }] };
    const whole = streamOf(partner.origin, { error_handler, record_selector: {} });
    partner.play([{ json: { error: 'nothing' } }]);
    expect((await readStream(whole)).result).toEqual({ pages: 1, read: 0, selected: 0 });
    partner.play([{ json: { id: 1 } }]);
    expect(idsOf(await readStream(whole))).toEqual([1]);

    const csv = streamOf(partner.origin, { error_handler, record_selector: {}, decoder: { type: 'csv' } });
    partner.play([{ json: { error: 'nothing' } }]);
    expect((await readStream(csv)).result).toEqual({ pages: 1, read: 0, selected: 0 });
    partner.play([{ text: 'id,name\n1,a\n', headers: { 'content-type': 'text/csv' } }]);
    expect((await readStream(csv)).records).toEqual([{ id: '1', name: 'a' }]);
  });

  it.each([
    ['an HTML page', { text: '<html>Sorry</html>', headers: { 'content-type': 'text/html' } }],
    ['half of a document', { text: '{"data":[{"id":1},{"id"' }],
    ['a body that is cut off', { ...rows(1, 2), fault: 'cut' }],
    ['a reset connection', { fault: 'reset' }],
    ['damaged gzip', { text: 'no gzip', headers: { 'content-encoding': 'gzip' } }],
    ['gzip that is cut off', { ...rows(1, 2), gzip: true, fault: 'cut' }],
    ['500', { status: 500 }],
    ['408', { status: 408 }],
  ] satisfies [string, ScriptedAnswer][])('that is %s is asked for again', async (_, bad) => {
    partner.play([bad, bad, rows(7)]);
    const read = await readStream(streamOf(partner.origin));
    expect(read.error).toBeUndefined();
    expect(idsOf(read)).toEqual([7]);
    expect(read.waits).toEqual([500, 1000]);
    expect(read.taken).toBe(3);
  });

  it.each([
    ['a line of text', 'Could not connect to the database.'],
    ['a page of HTML', '<html>\n<body>Sorry</body>\n</html>\n'],
    ['another table', 'code,text\n17,too many connections\n'],
  ])('that is %s and no table with the key is asked for again', async (_, text) => {
    const stream = streamOf(partner.origin, { record_selector: {}, decoder: { type: 'csv' } });
    partner.play([{ text }, { text: 'name,id\na,1\n' }]);
    const read = await readStream(stream);
    expect([read.error, read.records, read.waits]).toEqual([undefined, [{ name: 'a', id: '1' }], [500]]);
  });

  it('is asked for again where it breaks off, and a rule has to know it', async () => {
    const rules = [{ http: [400], body: { path: 'error', equals: 'no rows' }, action: 'empty' as const }];
    const stream = streamOf(partner.origin, { error_handler: { rules } });
    const noRows: ScriptedAnswer = { status: 400, json: { error: 'no rows' } };
    partner.play([{ ...noRows, fault: 'cut' }, noRows]);
    const read = await readStream(stream);
    expect([read.error, read.waits, read.result?.read]).toEqual([undefined, [500], 0]);
  });

  it('is known by its rule behind a byte order mark, too', async () => {
    const rules = [{ http: [400], body: { path: 'error', equals: 'no rows' }, action: 'empty' as const }];
    partner.play([{ status: 400, text: '\ufeff{"error":"no rows"}' }]);
    const read = await readStream(streamOf(partner.origin, { error_handler: { rules } }));
    expect([read.error, read.result?.read]).toEqual([undefined, 0]);
  });

  it('fails in the end, and says how', async () => {
    partner.play(() => ({ status: 502, json: { message: 'upstream of key=s3cret' } }));
    const stream = streamOf(partner.origin, {
      requester: { url: `${partner.origin}/rows`, query: { key: '${secret.KEY}' } },
      error_handler: { max_retries: 2 },
    });
    const { error, exchanges } = await readStream(stream, { secrets: () => 's3cret' });
    expect(error).toMatchObject({ reason: 'transient_error', code: 'http_status', status: 502 });
    expect(error!.message).toBe(
      'the partner answered 502 (application/json); message: "upstream of key=***"; tried 3 times',
    );
    expect(exchanges.map((e) => e.request.url)).toEqual(Array(3).fill(`${partner.origin}/rows?key=***`));
  });

  it.each([
    [404, 'http_status'],
    [302, 'http_status'],
    [401, 'auth'],
    [403, 'auth'],
  ])('%i fails at once', async (status, code) => {
    partner.play([{ status, headers: { location: '/other' } }]);
    const { error, waits } = await readStream(streamOf(partner.origin));
    expect(error).toMatchObject({ reason: 'config_error', code, status });
    expect(waits).toEqual([]);
    expect(partner.asked).toHaveLength(1);
  });
});

describe('a partner that wants to be left alone', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, 7_500],
    ['an HTTP date', { 'retry-after': 'Sat, 21 Nov 2026 12:00:20 GMT' }, 20_500],
    ['epoch seconds', { 'x-ratelimit-reset': String(Date.parse('2026-11-21T12:01:00Z') / 1000) }, 60_500],
    ['nothing', {}, 500],
  ])('is, for %s', async (_, headers, waitMs) => {
    partner.play([{ status: 429, headers: headers }, rows(1)]);
    const read = await readStream(streamOf(partner.origin));
    expect([read.waits, idsOf(read)]).toEqual([[waitMs], [1]]);
  });

  it.each<[string, ScriptedAnswer]>([
    ['damaged', { text: 'no gzip', headers: { 'content-encoding': 'gzip' } }],
    ['packed as we do not know', { text: 'x', headers: { 'content-encoding': 'zstd' } }],
    ['cut off', { text: 'slow down', fault: 'cut' }],
  ])('is, though what it says beside is %s', async (_, answer) => {
    const headers = { ...answer.headers, 'retry-after': '7' };
    partner.play([{ ...answer, status: 429, headers }, rows(1)]);
    const read = await readStream(streamOf(partner.origin));
    expect([read.waits, idsOf(read)]).toEqual([[7_500], [1]]);
  });

  it('is not, where it is out of order and says beside when its quota begins anew', async () => {
    const headers = { 'x-ratelimit-reset': String(Date.parse('2026-11-21T13:00:00Z') / 1000) };
    partner.play([
      { status: 503, headers },
      { status: 503, headers: { ...headers, 'retry-after': '7' } },
      rows(1),
    ]);
    const read = await readStream(streamOf(partner.origin));
    expect([read.error, read.waits, idsOf(read)]).toEqual([undefined, [500, 7_500], [1]]);
  });

  it('for a day ends the slice', async () => {
    partner.play([{ status: 429, headers: { 'retry-after': '86400' } }]);
    const { error, waits } = await readStream(streamOf(partner.origin));
    expect(error).toMatchObject({
      reason: 'transient_error',
      code: 'rate_limited',
      retryAt: '2026-11-22T12:00:00.000000Z',
    });
    expect(error!.message).toContain('2026-11-22T12:00:00');
    expect(waits).toEqual([]);
  });
});

describe('a slow partner', () => {
  const slow = () =>
    streamOf(partner.origin, {
      requester: { url: `${partner.origin}/rows`, timeout: 'PT0.3S' },
      error_handler: { max_retries: 0 },
    });

  it.each(['silent', 'stall'] as const)('that falls %s is given up', async (fault) => {
    partner.play([{ ...rows(1, 2), fault }]);
    const { error } = await readStream(slow());
    expect(error).toMatchObject({ reason: 'transient_error', code: 'timeout' });
  });

  it('that sends a byte now and then is given up', async () => {
    partner.play([{ ...rows(...Array(5000).keys()), fault: 'drip' }]);
    const { error } = await readStream(slow(), { now: Date.now });
    expect(error).toMatchObject({ reason: 'transient_error', code: 'timeout' });
    expect(error!.message).toMatch(/bytes in \d+ seconds/);
  });
});

describe('stopping', () => {
  it('ends a request that is under way', async () => {
    partner.play([{ fault: 'silent' }]);
    const stop = new AbortController();
    const reading = readStream(streamOf(partner.origin), { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('stopped')), 50);
    expect((await reading).error).toEqual(new Error('stopped'));
  });

  it('ends a body that is coming in', async () => {
    partner.play([{ ...rows(...Array(5000).keys()), fault: 'stall' }]);
    const stop = new AbortController();
    const reading = readStream(streamOf(partner.origin), { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('stopped')), 50);
    expect((await reading).error).toEqual(new Error('stopped'));
  });

  it('by its reader closes the connection', async () => {
    const lines = Array.from({ length: 200_000 }, (_, id) => JSON.stringify({ id })).join('\n');
    const endless = await startPartner([{ text: lines, fault: 'stall' }]);
    const stream = streamOf(endless.origin, { decoder: { type: 'jsonl' }, record_selector: {} });
    const read = await readStream(stream, { batches: 1 });
    expect(read.error).toBeUndefined();
    expect(read.records.length).toBeGreaterThan(0);
    expect(read.exchanges).toMatchObject([{ attempt: 1, status: 200 }]);
    await until('the connection is closed', () => endless.open() === 0);
    await endless.close();
  });
});

describe('records that were given on before the body broke off', () => {
  it('fail the slice instead of being told twice in one reading', async () => {
    const lines = Array.from({ length: 20_000 }, (_, id) =>
      JSON.stringify({ id, name: 'x'.repeat(50) }),
    ).join('\n');
    partner.play([{ text: lines, fault: 'cut' }]);
    const read = await readStream(
      streamOf(partner.origin, { decoder: { type: 'jsonl' }, record_selector: {} }),
    );
    expect(read.records.length).toBeGreaterThan(1000);
    expect(read.error).toMatchObject({ reason: 'transient_error', code: 'network' });
    expect(partner.asked).toHaveLength(1);
  });
});

describe('paging', () => {
  it('goes on after a short page and one that the filter emptied, until one is empty', async () => {
    partner.play([rows(1, 2), rows(3), rows(4, 5), rows()]);
    const stream = streamOf(partner.origin, {
      paginator: byPage,
      record_selector: { path: 'data', filter: { id: { equals: 5 } } },
    });
    const read = await readStream(stream);
    expect(read.result).toEqual({ pages: 4, read: 5, selected: 1 });
    expect(partner.asked.map((a) => a.url)).toEqual([1, 2, 3, 4].map((n) => `/rows?page=${n}&size=2`));
  });

  it('fails where the last page repeats for ever', async () => {
    partner.play((asked) => rows(...(asked.query.get('page') === '1' ? [1, 2] : [3])));
    const { error, records } = await readStream(streamOf(partner.origin, { paginator: byPage }));
    expect(error).toMatchObject({ code: 'page_repeated' });
    expect(records).toHaveLength(4);
  });

  it('fails where a token leads back', async () => {
    let n = 0;
    partner.play(() => ({ json: { data: [{ id: (n += 1) }], next: n % 2 ? 'b' : 'a' } }));
    const paginator = { type: 'cursor', cursor_param: 'c', cursor_path: 'next' } as const;
    const { error } = await readStream(streamOf(partner.origin, { paginator }));
    expect(error).toMatchObject({ code: 'token_repeated' });
    expect(partner.asked.map((a) => a.query.get('c'))).toEqual([null, 'b', 'a']);
  });

  it('fails after too many pages', async () => {
    let n = 0;
    partner.play(() => rows((n += 1)));
    const paginator = { ...byPage, max_pages: 3 };
    const { error } = await readStream(streamOf(partner.origin, { paginator }));
    expect(error).toMatchObject({ reason: 'config_error', code: 'max_pages' });
    expect(partner.asked).toHaveLength(3);
  });

  it('notices by the stated total that rows were inserted', async () => {
    const page = (total: number, ...ids: number[]) => ({ json: { total, data: ids.map((id) => ({ id })) } });
    const stream = streamOf(partner.origin, { paginator: { ...byPage, stop: { total_path: 'total' } } });
    partner.play([page(4, 4, 3), page(5, 3, 2), page(5, 1), page(5)]);
    const { error } = await readStream(stream);
    expect(error).toMatchObject({ reason: 'transient_error', code: 'total_mismatch' });
    expect(error!.message).toContain('stated 5 records');
    expect(error!.message).toContain('but 5 were read, 1 of them twice');
    partner.play([page(4, 1, 2), page(5, 3, 4), page(5, 5)]);
    expect((await readStream(stream)).result).toMatchObject({ pages: 3, read: 5, statedTotal: 5 });
  });

  it('follows links, but not to another host', async () => {
    const link = (url: string) => ({ link: `</first>; rel="prev", <${url}>; title="a, b"; rel="last next"` });
    partner.play([{ ...rows(1), headers: link('rows?at=2') }, { ...rows(2) }]);
    const stream = streamOf(partner.origin, { paginator: { type: 'link', from: 'header' } });
    const authenticator = { type: 'api_key', in: 'query', name: 'key', value: '${secret.KEY}' } as const;
    const options = { authenticator, secrets: () => 'k' };
    expect(idsOf(await readStream(stream, options))).toEqual([1, 2]);
    expect(partner.asked.map((a) => a.url)).toEqual(['/rows?key=k', '/rows?at=2&key=k']);
    partner.play([{ ...rows(1), headers: link('https://elsewhere.example/rows') }]);
    expect((await readStream(stream, options)).error).toMatchObject({ code: 'next_link' });
    expect(partner.asked).toHaveLength(1);
  });

  it('by ids in a body, from where the slice begins', async () => {
    const page = (...ids: string[]) => ({ json: { data: ids.map((id) => ({ id })) } });
    partner.play([page('9007199254740993', '9007199254740995'), page('10000000000000000'), page()]);
    const read = await readStream(
      streamOf(partner.origin, {
        requester: {
          url: `${partner.origin}/rows`,
          method: 'POST',
          body: { json: { filter: { kind: 'x' } } },
        },
        incremental_sync: { type: 'id', id_path: 'id' },
        paginator: {
          type: 'id',
          id_param: 'filter.after',
          id_path: 'id',
          size_param: 'n',
          size: 2,
          in: 'body',
        },
      }),
      { slice: { type: 'id', after: '5' } },
    );
    expect(read.result).toEqual({ pages: 3, read: 3, selected: 3, greatestId: '10000000000000000' });
    expect(partner.asked.map((a) => JSON.parse(a.body) as unknown)).toEqual(
      ['5', '9007199254740995', '10000000000000000'].map((after) => ({ filter: { kind: 'x', after }, n: 2 })),
    );
  });

  it('by cursors keeps the last one', async () => {
    const page = (next: string | null, ...ids: number[]) => ({
      json: { data: ids.map((id) => ({ id })), next },
    });
    partner.play([page('b', 1), page('c', 2), page(null)]);
    const read = await readStream(
      streamOf(partner.origin, {
        requester: { url: `${partner.origin}/rows`, query: { cursor: '${cursor}' } },
        incremental_sync: { type: 'cursor', cursor_path: 'next' },
        paginator: { type: 'cursor', cursor_param: 'cursor', cursor_path: 'next' },
      }),
      { slice: { type: 'cursor', cursor: 'a' } },
    );
    expect(read.result).toEqual({ pages: 3, read: 2, selected: 2, nextCursor: 'c' });
    expect(partner.asked.map((a) => a.query.get('cursor'))).toEqual(['a', 'b', 'c']);
  });
});
