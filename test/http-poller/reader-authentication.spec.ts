import { createHmac } from 'node:crypto';
import { createMemoryTokenStore, type AuthenticatorDefinition } from '#libs/sources';
import {
  startPartner,
  type AskedRequest,
  type ScriptedAnswer,
  type ScriptedPartner,
} from '../support/partners/scripted-partner.js';
import { closeConnections, readStream, streamOf } from './read-stream.js';

let partner: ScriptedPartner;
beforeAll(async () => {
  partner = await startPartner();
});
afterAll(async () => {
  await closeConnections();
  await partner.close();
});

const SECRETS: Record<string, string> = {
  CLIENT: 'client s&cret',
  REFRESH: 'first-refresh-token',
  PASSWORD: 'p/w d',
};
const secrets = (name: string) => SECRETS[name];
const paginator = { type: 'page', page_param: 'page' } as const;
const paged = () => streamOf(partner.origin, { paginator });
const pages = (asked: AskedRequest, last: number): ScriptedAnswer => {
  const page = Number(asked.query.get('page'));
  return { json: { data: page > last ? [] : [{ id: page }] } };
};

function oauth(type: 'oauth2_client_credentials' | 'oauth2_refresh_token'): AuthenticatorDefinition {
  const common = { token_url: `${partner.origin}/token`, client_id: 'us', client_secret: '${secret.CLIENT}' };
  return type === 'oauth2_client_credentials'
    ? { type, ...common }
    : { type, ...common, refresh_token: '${secret.REFRESH}' };
}

/** A partner whose tokens are good for so many requests; `t1`, `t2` …, each with its refresh token. */
function playTokens(uses: number, lastPage: number): { tokenRequests: AskedRequest[] } {
  const tokenRequests: AskedRequest[] = [];
  let left = 0;
  partner.play((asked) => {
    if (asked.path === '/token') {
      tokenRequests.push(asked);
      left = uses;
      const n = tokenRequests.length;
      return {
        json: {
          access_token: `token-number-${n}`,
          token_type: 'Bearer',
          refresh_token: `refresh-number-${n}`,
        },
      };
    }
    const isGood = asked.headers.authorization === `Bearer token-number-${tokenRequests.length}` && left > 0;
    if (!isGood) return { status: 401, json: { error: 'token_expired' } };
    left -= 1;
    return pages(asked, lastPage);
  });
  return { tokenRequests };
}

describe('a token', () => {
  it('that is refused in mid-paging is replaced, and nothing is read twice', async () => {
    const { tokenRequests } = playTokens(2, 5);
    const authenticator = oauth('oauth2_client_credentials');
    const read = await readStream(paged(), { authenticator, secrets });
    expect(read.error).toBeUndefined();
    expect(read.records).toEqual([1, 2, 3, 4, 5].map((id) => ({ id })));
    expect(read.waits).toEqual([]);
    expect(tokenRequests).toHaveLength(3);
  });

  it('that is refused again and again fails the slice', async () => {
    const { tokenRequests } = playTokens(0, 5);
    const { error } = await readStream(paged(), {
      authenticator: oauth('oauth2_client_credentials'),
      secrets,
    });
    expect(error).toMatchObject({ reason: 'config_error', code: 'auth', status: 401 });
    expect(tokenRequests).toHaveLength(2);
  });

  it('is asked for with the newest refresh token, by two streams at once too', async () => {
    const { tokenRequests } = playTokens(100, 2);
    const options = {
      authenticator: oauth('oauth2_refresh_token'),
      secrets,
      tokenStore: createMemoryTokenStore(),
    };
    const reads = await Promise.all([readStream(paged(), options), readStream(paged(), options)]);
    expect(reads.map((read) => read.error)).toEqual([undefined, undefined]);
    expect(tokenRequests).toHaveLength(1);
    playTokens(100, 2); // the partner forgets its tokens
    const { tokenRequests: later } = playTokens(100, 2);
    expect((await readStream(paged(), options)).error).toBeUndefined();
    expect(later.map((asked) => new URLSearchParams(asked.body).get('refresh_token'))).toEqual([
      'refresh-number-1',
    ]);
  });

  it('that cannot be had for the moment is asked for again', async () => {
    partner.play([
      { status: 503, headers: { 'retry-after': '2' } },
      { fault: 'reset' },
      { json: { access_token: 'token', expires_in: '3600' }, gzip: true },
      { json: { data: [] } },
    ]);
    const authenticator = oauth('oauth2_client_credentials');
    const read = await readStream(paged(), { authenticator, secrets });
    expect(read.result).toMatchObject({ pages: 1, read: 0 });
    expect(read.waits).toEqual([2_500, 1_000]);
  });

  it('that is refused for good is told with the partner’s words and without secrets', async () => {
    const error_description = `client s&cret is unknown`;
    partner.play(() => ({ status: 401, json: { error: 'invalid_client', error_description } }));
    const read = await readStream(paged(), { authenticator: oauth('oauth2_client_credentials'), secrets });
    expect(read.error).toMatchObject({ reason: 'config_error', code: 'auth', status: 401 });
    expect(read.error!.message).toContain('invalid_client: *** is unknown');
    expect(partner.asked).toHaveLength(1);
    const [exchange] = read.exchanges;
    expect(exchange).toMatchObject({ purpose: 'token', status: 401 });
    expect(exchange!.request.headers.authorization).toBe('Basic ***');
  });

  it('of a session is shown as the definition says', async () => {
    partner.play((asked) => {
      if (asked.path === '/rows') return pages(asked, 1);
      return { text: '\ufeff{"result":{"session":"session-id-7"}}' }; // as .NET writes it
    });
    const authenticator: AuthenticatorDefinition = {
      type: 'session_token',
      login: {
        url: `${partner.origin}/login`,
        method: 'POST',
        body: { form: { user: 'us', password: '${secret.PASSWORD}' } },
      },
      token_path: 'result.session',
      in: 'cookie',
      name: 'sid',
    };
    const read = await readStream(paged(), { authenticator, secrets });
    expect(read.records).toEqual([{ id: 1 }]);
    expect(partner.asked.map((asked) => asked.headers.cookie)).toEqual([
      undefined,
      'sid=session-id-7',
      'sid=session-id-7',
    ]);
    const shown = JSON.stringify(read.exchanges);
    for (const secret of ['session-id-7', 'p/w d', 'p%2Fw+d']) expect(shown).not.toContain(secret);
    expect(shown).toContain('password=***');
  });
});

describe('a signature', () => {
  it('is made anew for every retry', async () => {
    partner.play([{ status: 500 }, { json: { data: [] } }]);
    const authenticator: AuthenticatorDefinition = {
      type: 'signature',
      algorithm: 'hmac_sha256',
      key: '${secret.CLIENT}',
      parts: [{ part: 'path' }, { part: 'params' }, { part: 'header', name: 'X-Nonce' }],
      join: '|',
      in: 'header',
      name: 'X-Signature',
      set: [
        { in: 'header', name: 'X-Nonce', value: '${nonce}' },
        { in: 'query', name: 'ts', value: '${timestamp_ms}' },
      ],
    };
    let n = 0;
    const random = () => (n = (n + 0.1) % 1);
    const read = await readStream(paged(), { authenticator, secrets, random });
    expect(read.error).toBeUndefined();
    const seen = partner.asked.map(({ path, query, headers }) => {
      const text = [path, `page=1&ts=${query.get('ts')}`, headers['x-nonce']].join('|');
      const expected = createHmac('sha256', SECRETS.CLIENT!).update(text).digest('hex');
      expect(headers['x-signature']).toBe(expected);
      expect(JSON.stringify(read.exchanges)).not.toContain(expected);
      return `${query.get('ts')} ${headers['x-nonce']}`;
    });
    expect(new Set(seen).size).toBe(2);
  });
});
