import fc from 'fast-check';
import type { RequesterDefinition } from '../definition.js';
import { compileRequester } from './compile-requester.js';
import { maskRequest } from './mask-request.js';
import { REQUEST_PLACEHOLDERS, type PlaceholderValues } from './placeholders.js';
import { requestOf } from './request-draft.js';

const values = (moment: PlaceholderValues['moment'] = {}): PlaceholderValues => ({
  env: (name) => ({ HOST: 'api.partner.example' })[name],
  secret: (name) => ({ KEY: 's3cr&t' })[name],
  moment,
});

function request(definition: Partial<RequesterDefinition>, moment: PlaceholderValues['moment'] = {}) {
  const draft = compileRequester(
    { url: 'https://p.example/rows', ...definition },
    'requester',
    REQUEST_PLACEHOLDERS,
  );
  return requestOf(draft(values(moment)));
}

describe('a request', () => {
  it.each([
    ['form', 'from=2026-01-01+00%3A00%27&tilde=%7E'],
    ['percent', 'from=2026-01-01%2000%3A00%27&tilde=~'],
  ] as const)('encodes its query as %s', (query_encoding, query) => {
    const definition = { query_encoding, query: { from: '${window.from}', tilde: '~' } };
    expect(request(definition, { 'window.from': "2026-01-01 00:00'" }).url).toBe(
      `https://p.example/rows?${query}`,
    );
  });

  it('keeps the URL’s own query to the byte, save what the definition replaces', () => {
    const url = 'https://p.example/rows?a=x,y&from=${window.from}&b=%5b&b=2&drop=${cursor}';
    expect(request({ url, query: { b: 3 } }, { 'window.from': 'é' }).url).toBe(
      'https://p.example/rows?a=x,y&from=%C3%A9&b=3',
    );
  });

  it('has a parameter for each value of a list, in the place of all of that name', () => {
    const url = 'https://p.example/rows?a=1&s[]=x&b=2&s[]=y';
    const query = { 's[]': ['${window.from}', '${cursor}', 7], 'f[]': ['', 'id'] };
    expect(request({ url, query }, { 'window.from': '2026-01-01' }).url).toBe(
      'https://p.example/rows?a=1&s%5B%5D=2026-01-01&s%5B%5D=7&b=2&f%5B%5D=&f%5B%5D=id',
    );
    expect(() => request({ query: { a: ['1', '${nothing}'] } })).toThrow('requester.query.a[1]');
  });

  it('leaves out what its placeholder leaves empty, and keeps what is empty by itself', () => {
    const form = { a: '', b: '${cursor}', c: 'x${cursor}' };
    const made = request({ method: 'POST', query: form, headers: form, body: { form } });
    expect(made.url).toBe('https://p.example/rows?a=&c=x');
    expect(made.body).toBe('a=&c=x');
    expect(made.headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded', a: '', c: 'x' });
    const json = { ...form, list: ['${cursor}', 'y'], page: '${page.number}', deep: { b: '${cursor}' } };
    const { body } = request({ method: 'POST', body: { json } }, { 'page.number': '3' });
    expect(JSON.parse(body!)).toEqual({ a: '', c: 'x', list: ['y'], page: 3, deep: {} });
  });

  it('puts the operator’s values before the path, and no others', () => {
    expect(request({ url: 'https://${env.HOST}/a' }).url).toBe('https://api.partner.example/a');
    expect(() => request({ url: 'https://${cursor}/a' }, { cursor: 'evil.example' })).toThrow(
      'requester.url',
    );
    expect(() => request({ url: '${cursor}' }, { cursor: 'https://evil.example/' })).toThrow('requester.url');
  });

  it('cannot be led to another path by a value', () => {
    const url = 'https://p.example/a/${cursor}/b';
    expect(request({ url }, { cursor: '../x?y#z' }).url).toBe('https://p.example/a/..%2Fx%3Fy%23z/b');
    expect(() => request({ url }, { cursor: '..' })).toThrow('cannot be ..');
  });

  it.each([
    ['an unknown placeholder', { url: 'https://p.example/${now}' }, '${now} cannot stand here'],
    ['an open placeholder', { query: { a: '${cursor' } }, 'requester.query.a'],
    ['a missing secret', { query: { a: '${secret.NONE}' } }, 'there is no secret NONE'],
    ['a missing variable', { query: { a: '${env.NONE}' } }, 'the environment has no NONE'],
    ['a password in the URL', { url: 'https://a:b@p.example/' }, 'must hold no password'],
    ['another scheme', { url: 'ftp://p.example/' }, 'is no http or https URL'],
    ['a body of a GET', { body: { form: {} } }, 'a GET has no body'],
    ['a broken header', { headers: { a: 'x\ny' } }, 'requester.headers.a'],
  ])('refuses %s', (_, definition, message) => {
    expect(() => request(definition)).toThrow(message);
  });

  it('says any value so that the partner reads the same', () => {
    // A value that is . or .. is refused in a path, as a test above says
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((t) => t !== '.' && t !== '..');
    fc.assert(
      fc.property(text, fc.constantFrom('form' as const, 'percent' as const), (value, query_encoding) => {
        const definition = {
          url: 'https://p.example/x-${cursor}/b',
          method: 'POST' as const,
          query_encoding,
          query: { 'a[]': '${cursor}' },
          body: { json: { a: '${cursor}' } },
        };
        const made = request(definition, { cursor: value });
        const url = new URL(made.url);
        expect(url.searchParams.get('a[]')).toBe(value.toString());
        expect(decodeURIComponent(url.pathname)).toBe(`/x-${value}/b`);
        expect(JSON.parse(made.body!)).toEqual({ a: value });
      }),
    );
  });
});

describe('a masked request', () => {
  it('shows no secret, wherever and however it stands', () => {
    const secret = 'p@ss "w+rd"';
    const pair = Buffer.from(`me:${secret}`).toString('base64');
    const query = new URLSearchParams({ key: secret });
    const masked = maskRequest(
      {
        method: 'POST',
        url: `https://p.example/${encodeURIComponent(secret)}?${query.toString()}`,
        headers: {
          authorization: `Basic ${pair}`,
          'x-key': secret,
          'x-b64': Buffer.from(secret).toString('base64'),
        },
        body: JSON.stringify({ secret, form: query.toString() }),
      },
      [secret, pair],
    );
    expect(masked).toEqual({
      method: 'POST',
      url: 'https://p.example/***?key=***',
      headers: { authorization: 'Basic ***', 'x-key': '***', 'x-b64': '***' },
      body: '{"secret":"***","form":"key=***"}',
    });
  });

  it('never holds the secret, whatever it is', () => {
    const anySecret = fc.string({ unit: 'grapheme', minLength: 8 }).filter((s) => s.trim().length >= 8);
    fc.assert(
      fc.property(anySecret, (secret) => {
        const draft = compileRequester(
          {
            url: 'https://p.example/x-${secret.KEY}?own=${secret.KEY}',
            method: 'POST',
            query: { a: '${secret.KEY}' },
            body: { form: { a: '${secret.KEY}' } },
          },
          'requester',
          [],
        );
        const made = requestOf(draft({ ...values(), secret: () => secret }));
        const shown = maskRequest(made, [secret]);
        expect(shown).toEqual({
          ...made,
          url: 'https://p.example/x-***?own=***&a=***',
          body: 'a=***',
        });
      }),
    );
  });
});
