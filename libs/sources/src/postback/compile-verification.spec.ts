import { createHash, createHmac } from 'node:crypto';
import type { PostbackVerification } from '../definition.js';
import { parseQuery } from '../requesting/query.js';
import { compileVerification, type PostbackCall } from './compile-verification.js';

const secrets = (name: string): string | undefined => ({ TOKEN: 't0ken', EMPTY: '' })[name];
const env = (): undefined => undefined;

function call(query: string, more: Partial<PostbackCall> = {}): PostbackCall {
  return {
    method: 'GET',
    address: 'https://pixel.example/postback/besitos',
    query: parseQuery(query),
    headers: {},
    ...more,
  };
}

function isShown(verify: PostbackVerification, given: PostbackCall): boolean {
  return compileVerification(verify).isShown(given, secrets, env);
}

describe('what a postback must show', () => {
  it('is nothing where the definition says so', () => {
    expect(isShown({ type: 'none' }, call(''))).toBe(true);
  });

  const inQuery: PostbackVerification = {
    type: 'token',
    in: 'query',
    name: 'token',
    value: '${secret.TOKEN}',
  };

  it.each([
    ['token=t0ken&id=1', true],
    ['token=T0ken&id=1', false],
    ['token=t0ken2&id=1', false],
    ['token=&id=1', false],
    ['id=1', false],
  ])('is the token: %s %s', (query, shown) => {
    expect(isShown(inQuery, call(query))).toBe(shown);
  });

  it('is the token in a header, by any case of its name', () => {
    const verify: PostbackVerification = { ...inQuery, in: 'header', name: 'X-Token' };
    expect(isShown(verify, call('', { headers: { 'x-token': 't0ken' } }))).toBe(true);
    expect(isShown(verify, call('token=t0ken'))).toBe(false);
  });

  it('is never an empty secret, and a missing one is told by its name', () => {
    expect(isShown({ ...inQuery, value: '${secret.EMPTY}' }, call('token='))).toBe(false);
    expect(() => isShown({ ...inQuery, value: '${secret.NONE}' }, call('token=x'))).toThrow(/NONE/);
  });

  it('is a digest of the parameters, in any case of its hex digits', () => {
    const verify: PostbackVerification = {
      type: 'signature',
      algorithm: 'md5',
      parts: [{ part: 'params', names: ['user_id', 'amount'], pair: 'value' }, { text: '${secret.TOKEN}' }],
      in: 'query',
      name: 'sig',
    };
    const digest = createHash('md5').update('anna12.50t0ken').digest('hex');
    expect(isShown(verify, call(`user_id=anna&amount=12.50&sig=${digest.toUpperCase()}`))).toBe(true);
    expect(isShown(verify, call(`user_id=anna&amount=12.51&sig=${digest}`))).toBe(false);
    expect(compileVerification(verify).credential).toEqual({ in: 'query', name: 'sig' });
  });

  it('is an HMAC of the body, in base64 to the letter', () => {
    const verify: PostbackVerification = {
      type: 'signature',
      algorithm: 'hmac_sha256',
      key: '${secret.TOKEN}',
      parts: [{ part: 'body' }],
      encoding: 'base64',
      in: 'header',
      name: 'X-Signature',
    };
    const body = '{"id":1}';
    const digest = createHmac('sha256', 't0ken').update(body).digest('base64');
    const signed = (shown: string): PostbackCall =>
      call('', { method: 'POST', body, headers: { 'x-signature': shown } });
    expect(isShown(verify, signed(digest))).toBe(true);
    expect(isShown(verify, signed(digest.toLowerCase()))).toBe(false);
  });
});
