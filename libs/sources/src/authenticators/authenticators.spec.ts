import { createHash, generateKeyPairSync } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { jwtVerify } from 'jose';
import type { AuthenticatorDefinition, SignatureDefinition } from '../definition.js';
import { SliceError } from '../errors/slice-error.js';
import { parseQuery } from '../requesting/query.js';
import { requestOf, type RequestDraft } from '../requesting/request-draft.js';
import type { AskForToken, AuthenticatorWorld } from './authenticator.js';
import { createAuthenticator } from './create-authenticator.js';
import { signingText } from './signature.js';
import { createMemoryTokenStore } from './token-store.js';

const SECRETS: Record<string, string> = { KEY: 'k+y/1', USER: 'Aladdin', PASSWORD: 'open sesame' };
const NOW_MS = Date.parse('2026-11-21T12:00:00.250Z');
const never = new AbortController().signal;

function worldOf(more: Partial<AuthenticatorWorld> = {}): AuthenticatorWorld {
  return {
    env: () => undefined,
    secrets: (name) => SECRETS[name],
    tokenStore: createMemoryTokenStore(),
    askForToken: () => Promise.reject(new Error('no token is needed')),
    now: () => NOW_MS,
    random: () => 0.5,
    ...more,
  };
}

function draftOf(query = 'from=2026-01-01+00%3A00&app=7', more: Partial<RequestDraft> = {}): RequestDraft {
  return {
    method: 'GET',
    address: 'https://partner.example/v1/rows',
    query: parseQuery(query),
    queryEncoding: 'form',
    headers: {},
    ...more,
  };
}

async function sent(definition: AuthenticatorDefinition, world = worldOf(), draft = draftOf()) {
  return requestOf((await createAuthenticator(definition, world).authenticate(draft, never)).draft);
}

describe('credentials that do not change', () => {
  it('basic: as RFC 7617 writes them', async () => {
    const definition = { type: 'basic', username: '${secret.USER}', password: '${secret.PASSWORD}' } as const;
    expect((await sent(definition)).headers.authorization).toBe('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==');
    const inUtf8 = { type: 'basic', username: 'test', password: '123£' } as const;
    expect((await sent(inUtf8)).headers.authorization).toBe('Basic dGVzdDoxMjPCow==');
  });

  it('bearer', async () => {
    const definition = { type: 'bearer', token: '${secret.KEY}' } as const;
    expect((await sent(definition)).headers.authorization).toBe('Bearer k+y/1');
  });

  it.each([
    ['header', { headers: { 'x-key': 'k+y/1' } }],
    ['query', { url: 'https://partner.example/v1/rows?from=2026-01-01+00%3A00&app=7&X-Key=k%2By%2F1' }],
    ['cookie', { headers: { cookie: 'X-Key=k+y/1' } }],
  ] as const)('api_key in a %s', async (place, expected) => {
    const definition = { type: 'api_key', in: place, name: 'X-Key', value: '${secret.KEY}' } as const;
    expect(await sent(definition)).toMatchObject(expected);
  });

  it('that are missing are named', async () => {
    const definition = { type: 'bearer', token: '${secret.GONE}' } as const;
    await expect(sent(definition)).rejects.toMatchObject({
      reason: 'config_error',
      code: 'secret',
      message: expect.stringContaining('authenticator.token: there is no secret GONE') as string,
    });
  });

  it('cannot break a header', async () => {
    const world = worldOf({ secrets: () => 'a\r\nx-evil: 1' });
    await expect(sent({ type: 'bearer', token: '${secret.KEY}' }, world)).rejects.toThrow(SliceError);
  });
});

describe('a JWT', () => {
  const definition = {
    type: 'jwt',
    algorithm: 'HS256',
    key: '${secret.KEY}',
    key_id: 'one',
    claims: { iss: 'us', jti: '${nonce}' },
  } as const;

  it('is signed anew for each request', async () => {
    const key = 'x'.repeat(32);
    const { headers } = await sent(definition, worldOf({ secrets: () => key }));
    const { payload, protectedHeader } = await jwtVerify(
      headers.authorization!.replace(/^Bearer /, ''),
      new TextEncoder().encode(key),
      { currentDate: new Date(NOW_MS) },
    );
    expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT', kid: 'one' });
    const iat = Math.floor(NOW_MS / 1000);
    expect(payload).toEqual({ iss: 'us', jti: '80000000'.repeat(4), iat, exp: iat + 300 });
  });

  it.each([
    ['RS256', 'pkcs8', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['RS256', 'pkcs1', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['ES256', 'sec1', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ] as const)(
    'takes a private key (%s, %s), its line breaks written out too',
    async (algorithm, type, pair) => {
      const { privateKey, publicKey } = pair();
      const pem = String(privateKey.export({ format: 'pem', type } as { format: 'pem'; type: 'pkcs8' }));
      const world = worldOf({ secrets: () => pem.replaceAll('\n', '\\n') });
      const { headers } = await sent(
        { ...definition, algorithm, header: { name: 'X-Jwt', value: '${token}' } },
        world,
      );
      const verified = await jwtVerify(headers['x-jwt']!, publicKey, { currentDate: new Date(NOW_MS) });
      expect(verified.payload.iss).toBe('us');
    },
  );

  it('says so where the key is none', async () => {
    await expect(sent({ ...definition, algorithm: 'RS256' })).rejects.toThrow('private key in PEM');
  });
});

describe('a signature', () => {
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const partner: SignatureDefinition = {
    type: 'signature',
    algorithm: 'md5',
    parts: [
      { part: 'params', names: ['app', 'from'], pair: 'value', encoded: false },
      { text: '${secret.KEY}' },
    ],
    in: 'query',
    name: 'sign',
  };

  it('is the md5 of values and a secret, as many offerwalls ask for', async () => {
    const { url } = await sent(partner);
    expect(new URL(url).searchParams.get('sign')).toBe(md5('72026-01-01 00:00k+y/1'));
  });

  it('takes sorted parameters as they stand in the URL, and those set before', async () => {
    const definition: SignatureDefinition = {
      type: 'signature',
      algorithm: 'hmac_sha256',
      key: '${secret.KEY}',
      parts: [
        { part: 'method' },
        { part: 'path' },
        { part: 'params' },
        { part: 'header', name: 'X-Nonce' },
        { text: '${timestamp_ms}' },
        { part: 'body_sha256' },
      ],
      join: '\n',
      in: 'header',
      name: 'Authorization',
      value: 'HMAC ${timestamp}:${signature}',
      set: [
        { in: 'query', name: 'ts', value: '${timestamp}' },
        { in: 'header', name: 'X-Nonce', value: '${nonce}' },
      ],
    };
    const { text, signature } = signingText(definition, draftOf(), worldOf(), { masked: false });
    expect(text.split('\n')).toEqual([
      'GET',
      '/v1/rows',
      'app=7&from=2026-01-01+00%3A00&ts=1795262400',
      '80000000800000008000000080000000',
      '1795262400250',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ]);
    expect((await sent(definition)).headers.authorization).toBe(`HMAC 1795262400:${signature}`);
  });

  it('is shown without its secrets', () => {
    expect(signingText(partner, draftOf(), worldOf(), { masked: true })).toEqual({
      text: '72026-01-01 00:00***',
      signature: '***',
    });
  });

  it('of the whole URL does not hold itself', () => {
    const definition: SignatureDefinition = {
      ...partner,
      parts: [{ part: 'url' }, { part: 'query' }],
      join: ' ',
    };
    const draft = draftOf('a=1&sign=old');
    expect(signingText(definition, draft, worldOf(), { masked: false }).text).toBe(
      'https://partner.example/v1/rows?a=1 a=1',
    );
  });

  it('needs a key exactly where the algorithm has one', () => {
    expect(() => createAuthenticator({ ...partner, key: 'k' }, worldOf())).toThrow('authenticator.key');
    expect(() => createAuthenticator({ ...partner, algorithm: 'hmac_md5' }, worldOf())).toThrow(
      'authenticator.key',
    );
  });
});

describe('a token that a partner gives', () => {
  const clientCredentials = {
    type: 'oauth2_client_credentials',
    token_url: 'https://partner.example/token',
    client_id: 'a1-b2_c3',
    client_secret: '${secret.KEY}',
    scope: 'read',
  } as const;
  const token = (n: number, more: object = {}) => ({
    status: 200,
    headers: {},
    text: JSON.stringify({ access_token: `t${n}`, expires_in: 100, ...more }),
  });

  it('is asked for once by all who need it, and again before it runs out', async () => {
    let asked = 0;
    let nowMs = NOW_MS;
    const requests: Parameters<AskForToken>[0][] = [];
    const world = worldOf({
      now: () => nowMs,
      askForToken: async (request) => {
        requests.push(request);
        return token((asked += 1));
      },
    });
    const authenticators = [1, 2].map(() => createAuthenticator(clientCredentials, world));
    const shown = async () => {
      const all = await Promise.all(
        [...authenticators, ...authenticators].map((one) => one.authenticate(draftOf(), never)),
      );
      return [...new Set(all.map(({ draft }) => draft.headers.authorization))];
    };
    expect(await shown()).toEqual(['Bearer t1']);
    nowMs += 89_999;
    expect(await shown()).toEqual(['Bearer t1']);
    nowMs += 1;
    expect(await shown()).toEqual(['Bearer t2']);
    authenticators[0]!.refuse!('t2');
    expect((await authenticators[0]!.authenticate(draftOf(), never)).token).toBe('t3');
    expect(requests[0]).toMatchObject({
      method: 'POST',
      body: 'grant_type=client_credentials&scope=read',
      headers: { authorization: `Basic ${Buffer.from('a1-b2_c3:k%2By%2F1').toString('base64')}` },
    });
  });

  it('for a refresh token that is good once: the newest is kept for the next process', async () => {
    const definition = {
      type: 'oauth2_refresh_token',
      token_url: 'https://partner.example/token',
      client_id: 'id',
      client_secret: 'secret',
      refresh_token: '${secret.KEY}',
      client_authentication: 'body',
    } as const;
    const bodies: string[] = [];
    let asked = 0;
    const world = worldOf({
      askForToken: async ({ body = '' }) => {
        bodies.push(body);
        asked += 1;
        return token(asked, asked === 2 ? {} : { refresh_token: `r${asked}` });
      },
    });
    const first = createAuthenticator(definition, world);
    await first.authenticate(draftOf(), never);
    for (const used of ['t1', 't2']) {
      const other = createAuthenticator(definition, world);
      other.refuse!(used);
      await other.authenticate(draftOf(), never);
    }
    expect(bodies.map((body) => new URLSearchParams(body).get('refresh_token'))).toEqual([
      'k+y/1',
      'r1',
      'r1',
    ]);
    expect(new URLSearchParams(bodies[0]).get('client_secret')).toBe('secret');
  });

  it('for a refresh token that is good once is kept, though who asked for it has been stopped', async () => {
    const definition: AuthenticatorDefinition = {
      ...{ type: 'oauth2_refresh_token', token_url: 'https://partner.example/token', client_id: 'id' },
      ...{ client_secret: 'secret', refresh_token: '${secret.KEY}' },
    };
    let answer = (): void => {};
    let asked = 0;
    const world = worldOf({
      askForToken: (_request, { signal }) => {
        asked += 1;
        return new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          answer = () => resolve(token(1, { refresh_token: 'r1' }));
        });
      },
    });
    const stop = new AbortController();
    const waiting = createAuthenticator(definition, world).authenticate(draftOf(), stop.signal);
    await nextTurn();
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    answer();
    await nextTurn();
    expect((await createAuthenticator(definition, world).authenticate(draftOf(), never)).token).toBe('t1');
    expect(asked).toBe(1);
  });

  it.each([
    [
      400,
      { error: 'invalid_client', error_description: 'unknown client' },
      'config_error',
      'invalid_client: unknown client',
    ],
    [400, { error: 'invalid_grant' }, 'config_error', 'authenticator.refresh_token'],
    [503, {}, 'transient_error', '503'],
    [200, { token: 'x' }, 'config_error', 'without an access_token'],
  ])('%i %j says what is wrong', async (status, document, reason, message) => {
    const world = worldOf({
      askForToken: async () => ({ status, headers: {}, text: JSON.stringify(document) }),
    });
    const refused = sent(clientCredentials, world);
    await expect(refused).rejects.toMatchObject({ reason, code: 'auth', status });
    await expect(refused).rejects.toThrow(message);
  });

  it.each([
    [429, '2026-11-21T13:00:00.000000Z'],
    [503, undefined],
  ])('%i waits for the quota to begin anew only where that is the reason', async (status, retryAt) => {
    const headers = { 'x-ratelimit-reset': String(Date.parse('2026-11-21T13:00:00Z') / 1000) };
    const world = worldOf({ askForToken: async () => ({ status, headers, text: '' }) });
    const refused = (await sent(clientCredentials, world).catch((error: unknown) => error)) as SliceError;
    expect([refused.reason, refused.retryAt]).toEqual(['transient_error', retryAt]);
  });

  it('that is refused is told without the refresh token that the partner gave last', async () => {
    const definition: AuthenticatorDefinition = {
      ...{ type: 'oauth2_refresh_token', token_url: 'https://partner.example/token', client_id: 'id' },
      ...{ client_secret: 'secret', refresh_token: '${secret.KEY}' },
    };
    const kept = { accessToken: 't1', refreshToken: 'given-last', renewAt: '2026-11-21T11:00:00.000000Z' };
    const text = JSON.stringify({ error: 'invalid_grant', error_description: 'given-last has expired' });
    const world = worldOf({
      tokenStore: { update: (_key, next) => next(kept) },
      askForToken: async () => ({ status: 400, headers: {}, text }),
    });
    const refused = sent(definition, world);
    await expect(refused).rejects.toThrow('invalid_grant: *** has expired');
    await expect(refused).rejects.not.toThrow('given-last');
  });

  it('comes from a login', async () => {
    const definition: AuthenticatorDefinition = {
      type: 'session_token',
      login: {
        url: 'https://partner.example/login',
        method: 'POST',
        body: { json: { user: '${secret.USER}', password: '${secret.PASSWORD}' } },
      },
      token_path: 'session.id',
      expires_in_path: 'session.ttl',
      in: 'header',
      name: 'X-Session',
      value: 'sid=${token}',
    };
    const logins: unknown[] = [];
    const answers = [{ session: { id: 17, ttl: 600 } }, { error: 'x' }];
    const world = worldOf({
      askForToken: async ({ body = '' }) => {
        logins.push(JSON.parse(body));
        return { status: 200, headers: {}, text: JSON.stringify(answers[logins.length - 1]) };
      },
    });
    const authenticator = createAuthenticator(definition, world);
    const { draft } = await authenticator.authenticate(draftOf(), never);
    expect(draft.headers['x-session']).toBe('sid=17');
    expect(logins).toEqual([{ user: 'Aladdin', password: 'open sesame' }]);
    authenticator.refuse!('17');
    await expect(authenticator.authenticate(draftOf(), never)).rejects.toThrow('authenticator.token_path');
  });

  it('comes from a login as it is written, to the last digit', async () => {
    const login = { url: 'https://partner.example/login' };
    const place = { in: 'header', name: 'X-Session' } as const;
    const text = '{"id": 12345678901234567890}';
    const world = worldOf({ askForToken: async () => ({ status: 200, headers: {}, text }) });
    const { headers } = await sent({ type: 'session_token', login, token_path: 'id', ...place }, world);
    expect(headers['x-session']).toBe('12345678901234567890');
  });

  it('is not waited for by who is stopped', async () => {
    const stop = new AbortController();
    const world = worldOf({ askForToken: () => new Promise(() => {}) });
    const waiting = createAuthenticator(clientCredentials, world).authenticate(draftOf(), stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
  });

  it('is not asked for by who is stopped already, and leaves no rejection that nobody hears', async () => {
    const tokenStore: AuthenticatorWorld['tokenStore'] = { update: async (_key, next) => next(undefined) };
    const authenticator = createAuthenticator(clientCredentials, worldOf({ tokenStore }));
    const stopped = authenticator.authenticate(draftOf(), AbortSignal.abort(new Error('stopped')));
    await expect(stopped).rejects.toThrow('stopped');
    await nextTurn(); // by then the runner hears of what nobody else has heard
  });
});
