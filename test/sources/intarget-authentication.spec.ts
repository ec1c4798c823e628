import { createHash, createHmac } from 'node:crypto';
import { startPartner, type AskedRequest, type ScriptedPartner } from '#test/partners/scripted-partner';
import { ShippedRiver, intargetRows } from './shipped-river.js';

const BASIC = "{ type: basic, username: '${secret.INTARGET_USER}', password: '${secret.INTARGET_PASSWORD}' }";
/** Of the first token; the ten streams of an installation ask more often. */
const CALLS_A_TOKEN = 8;

/** How a product wants to be asked, and what it checks of every call. */
interface Manner {
  authenticator: string;
  secrets: Record<string, string>;
  /** Where it hands out tokens: the next one, or undefined where it does not know who asks. */
  token?: { path: string; give: (asked: AskedRequest, token: string) => object | undefined };
  /** @param token the one that is good now */
  isShown(asked: AskedRequest, token: string): boolean;
}

const clear = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

/** Parameters as they stand in the URL, by name. */
function sortedQuery({ url }: AskedRequest, without?: string): string[] {
  const pairs = url.split('?')[1]!.split('&');
  return pairs.filter((pair) => pair.split('=')[0] !== without).sort();
}

const MANNERS = {
  'a token that never changes': {
    authenticator: "{ type: bearer, token: '${secret.T}' }",
    secrets: { SECRET_T: 'abc' },
    isShown: ({ headers }) => headers['authorization'] === 'Bearer abc',
  },
  'a key in the query': {
    authenticator: "{ type: api_key, in: query, name: key, value: '${secret.T}' }",
    secrets: { SECRET_T: 'a b' },
    isShown: ({ query }) => query.get('key') === 'a b',
  },
  'a signature by md5': {
    authenticator:
      '{ type: signature, algorithm: md5, in: query, name: sign, parts: ' +
      "[{ part: params, names: [from, to], pair: value, encoded: false }, { text: '${secret.T}' }] }",
    secrets: { SECRET_T: 's3cret' },
    isShown: ({ query }) => {
      const text = `${query.get('from')}${query.get('to')}s3cret`;
      return query.get('sign') === createHash('md5').update(text).digest('hex');
    },
  },
  'a signature by HMAC of method, path, parameters and time': {
    authenticator:
      '{ type: signature, algorithm: hmac_sha256, key: \'${secret.T}\', encoding: base64, join: "\\n", ' +
      "parts: [{ part: method }, { part: path }, { part: params }, { text: '${timestamp}' }, { part: header, name: X-Nonce }], " +
      'in: header, name: X-Signature, ' +
      "set: [{ in: query, name: ts, value: '${timestamp}' }, { in: header, name: X-Nonce, value: '${nonce}' }] }",
    secrets: { SECRET_T: 'k3y' },
    isShown: (asked) => {
      const { method, path, query, headers } = asked;
      const at = query.get('ts') ?? '';
      const text = [method, path, sortedQuery(asked).join('&'), at, headers['x-nonce']].join('\n');
      const isNow = Math.abs(Number(at) * 1_000 - Date.now()) < 300_000;
      const signature = createHmac('sha256', 'k3y').update(text).digest('base64');
      return isNow && Boolean(headers['x-nonce']) && headers['x-signature'] === signature;
    },
  },
  'a token for the client’s id and secret (OAuth 2.0)': {
    authenticator:
      "{ type: oauth2_client_credentials, token_url: '${env.INTARGET_URL}/oauth/token', " +
      "client_id: '${secret.ID}', client_secret: '${secret.T}', scope: 'rows:read' }",
    secrets: { SECRET_ID: 'tri butary', SECRET_T: 'p/w:d' },
    token: {
      path: '/api/oauth/token',
      give: ({ method, headers, body }, token) => {
        const [id, secret] = atob((headers['authorization'] ?? '').replace('Basic ', ''))
          .split(':')
          .map(clear);
        const params = new URLSearchParams(body);
        const isAsked =
          params.get('grant_type') === 'client_credentials' && params.get('scope') === 'rows:read';
        if (method !== 'POST' || !isAsked || id !== 'tri butary' || secret !== 'p/w:d') return undefined;
        return { access_token: token, token_type: 'Bearer', expires_in: 3600 };
      },
    },
    isShown: ({ headers }, token) => headers['authorization'] === `Bearer ${token}`,
  },
  'the token of a session after a login': {
    authenticator:
      "{ type: session_token, login: { url: '${env.INTARGET_URL}/login', method: POST, body: { json: " +
      "{ login: '${secret.INTARGET_USER}', password: '${secret.INTARGET_PASSWORD}' } } }, " +
      'token_path: data.token, in: header, name: X-Auth-Token }',
    secrets: { SECRET_INTARGET_USER: 'us', SECRET_INTARGET_PASSWORD: 'p"w' },
    token: {
      path: '/api/login',
      give: ({ method, body }, token) => {
        const told = JSON.parse(body) as { login: string; password: string };
        const isKnown = method === 'POST' && told.login === 'us' && told.password === 'p"w';
        return isKnown ? { data: { token } } : undefined;
      },
    },
    isShown: ({ headers }, token) => headers['x-auth-token'] === token,
  },
} satisfies Record<string, Manner>;

/** What a product was asked, and how often it did not know who asked. */
interface Played {
  partner: ScriptedPartner;
  given: string[];
  refused: number;
}

/** A product API that checks every call; a token that it has given is good for some calls, then another is wanted. */
async function playProduct(manner: Manner): Promise<Played> {
  const played: Omit<Played, 'partner'> = { given: [], refused: 0 };
  let calls = 0;
  const nobody = { status: 401, json: { message: 'who are you?' } };
  const partner = await startPartner((asked) => {
    if (asked.path === manner.token?.path) {
      const token = `token-${played.given.length + 1}`;
      const answer = manner.token.give(asked, token);
      if (!answer) return nobody;
      played.given.push(token);
      calls = 0;
      return { json: answer };
    }
    const isWornOut = manner.token !== undefined && played.given.length === 1 && calls++ >= CALLS_A_TOKEN;
    if (isWornOut || !manner.isShown(asked, played.given.at(-1) ?? '')) {
      played.refused++;
      return nobody;
    }
    const [from, to] = [asked.query.get('from')!, asked.query.get('to')!];
    const rows = asked.path === '/api/logins' ? intargetRows('logins') : [];
    return {
      json: rows.filter((row) => String(row['created_at']) >= from && String(row['created_at']) < to),
    };
  });
  return Object.assign(played, { partner });
}

describe("InTarget's product API", () => {
  let river: ShippedRiver;
  let played: Played | undefined;
  beforeEach(() => {
    river = new ShippedRiver();
  });
  afterEach(async () => {
    await river.close();
    await played?.partner.close();
  });

  it.each(Object.entries<Manner>(MANNERS))('takes %s, from the request to the row', async (_, manner) => {
    played = await playProduct(manner);
    river.place('intarget-product-api', [
      [BASIC, manner.authenticator],
      ['&rows { type: csv }', '&rows { type: json }'],
    ]);
    await river.takeIn({ INTARGET_URL: `${played.partner.origin}/api`, ...manner.secrets });
    expect(await river.rows('SELECT id, is_success FROM tributary.logins ORDER BY id')).toEqual([
      { id: 'l-1', is_success: true },
      { id: 'l-2', is_success: false },
    ]);
    expect(await river.deadLetters()).toEqual([]);
    // Ten streams ask for a token once, and once more when it is worn out
    expect(played.given).toEqual(manner.token ? ['token-1', 'token-2'] : []);
    if (!manner.token) expect(played.refused).toBe(0);
  });
});
