import { isReceiptId } from '#libs/events';
import { startIngress, type TestIngress } from './start-ingress.js';

const CLICK = 'fd3ba970-2330-4576-94ba-e1efc470bd56';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startIngress({ brands: 'brands:\n  vegas: {max_age: P90D, links: {}}\n' });
});
afterAll(() => ingress.close());

const get = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(ingress.url + path, { redirect: 'manual', ...init });
const codesOf = async (response: Response): Promise<Record<string, string>> => {
  const { errors } = (await response.json()) as { errors: { field: string; code: string }[] };
  return Object.fromEntries(errors.map((e) => [e.field, e.code]));
};

describe('GET /convert/{click_id}', () => {
  it('answers the documented call with 202, no body, and a receipt of what is in the log', async () => {
    const response = await get(
      `/convert/${CLICK.toUpperCase()}?type=deposit&currency=usd&amount=040.50&player_id=1874552&transaction_id=123456789&foo=1`,
    );
    expect(response.status).toBe(202);
    expect(await response.text()).toBe('');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'access-control-allow-origin': '*',
      'content-length': '0',
    });
    const receipt = response.headers.get('x-receipt-id')!;
    expect(isReceiptId(receipt)).toBe(true);
    const stored = (await ingress.stored()).find(({ event }) => event.data.receipt_id === receipt)!;
    expect(stored.key).toBe('pixel|tx|123456789');
    expect(stored.event).toMatchObject({ source: 'pixel-server', subject: 'tx|123456789' });
    expect(stored.event.data).toEqual({
      stream: 'convert',
      brand: 'vegas',
      receipt_id: receipt,
      payload: {
        click_id: CLICK,
        type: 'deposit',
        amount: '40.5',
        currency: 'USD',
        player_id: '1874552',
        transaction_id: '123456789',
      },
    });
  });

  it('gives the same call the same event id and another receipt', async () => {
    const path = `/convert/${CLICK}?type=install&player_id=same`;
    const [a, b] = await Promise.all([get(path), get(path)]);
    const [x, y] = [a.headers.get('x-receipt-id'), b.headers.get('x-receipt-id')];
    expect(x).not.toBe(y);
    expect((await ingress.storedAs(x))!.id).toBe((await ingress.storedAs(y))!.id);
  });

  const ago = (ms: number): string => encodeURIComponent(new Date(Date.now() - ms).toISOString());
  const DAY = 24 * 60 * 60 * 1000;
  it.each([
    ['no type', '', { type: 'missing' }],
    ['a wrong type', 'type=purchase', { type: 'invalid_type' }],
    ['a type in another case', 'type=Deposit', { type: 'invalid_type' }],
    ['a negative amount', 'type=deposit&amount=-1&currency=usd', { amount: 'invalid_amount' }],
    ['an exponent', 'type=deposit&amount=1e3&currency=usd', { amount: 'invalid_amount' }],
    ['a comma', 'type=deposit&amount=1,5&currency=usd', { amount: 'invalid_amount' }],
    ['hex', 'type=deposit&amount=0x10&currency=usd', { amount: 'invalid_amount' }],
    ['a plus sign', 'type=deposit&amount=%2B1&currency=usd', { amount: 'invalid_amount' }],
    ['an empty amount', 'type=deposit&amount=&currency=usd', { amount: 'invalid_amount' }],
    ['13 digits', 'type=deposit&amount=1234567890123&currency=usd', { amount: 'invalid_amount' }],
    ['9 decimals', 'type=deposit&amount=1.123456789&currency=usd', { amount: 'invalid_amount' }],
    ['a foreign currency', 'type=deposit&amount=1&currency=chf', { currency: 'invalid_currency' }],
    ['an amount alone', 'type=deposit&amount=1', { currency: 'missing' }],
    ['an amount of an install', 'type=install&amount=1', { amount: 'not_allowed' }],
    ['a currency of a registration', 'type=registration&currency=usd', { currency: 'not_allowed' }],
    ['a time in words', 'type=install&time=yesterday', { time: 'invalid_time' }],
    ['a day that is none', 'type=install&time=2026-02-30T00:00:00Z', { time: 'invalid_time' }],
    ['11 minutes ahead', `type=install&time=${ago(-11 * 60_000)}`, { time: 'in_future' }],
    ['91 days ago', `type=install&time=${ago(91 * DAY)}`, { time: 'too_old' }],
    ['a long player', `type=install&player_id=${'x'.repeat(129)}`, { player_id: 'too_long' }],
    ['129 bytes in 65 letters', `type=install&player_id=x${'%C3%A9'.repeat(64)}`, { player_id: 'too_long' }],
    ['a control character', 'type=install&player_id=a%00b', { player_id: 'invalid_characters' }],
    ['a lone surrogate', 'type=install&player_id=%ED%A0%80', { player_id: 'invalid_characters' }],
    ['bytes that are no UTF-8', 'type=install&transaction_id=%FF', { transaction_id: 'invalid_characters' }],
    ['a repeated type', 'type=install&type=install', { type: 'repeated' }],
    ['a test that is neither', 'type=install&test=maybe', { test: 'invalid_type' }],
    ['another click id', `type=install&click_id=${CLICK.replace('f', 'a')}`, { click_id: 'repeated' }],
  ])('refuses %s with 422', async (_what, query, expected) => {
    const response = await get(`/convert/${CLICK}?${query}`);
    expect([response.status, await codesOf(response)]).toEqual([422, expected]);
    expect(response.headers.get('x-receipt-id')).toBeNull();
  });

  it('tells every error at once', async () => {
    const response = await get(
      `/convert/nonsense?type=deposit&amount=x&currency=y&time=z&player_id=%01&transaction_id=1&transaction_id=2`,
    );
    expect(await codesOf(response)).toEqual({
      click_id: 'invalid_uuid',
      amount: 'invalid_amount',
      currency: 'invalid_currency',
      time: 'invalid_time',
      player_id: 'invalid_characters',
      transaction_id: 'repeated',
    });
  });

  it.each([
    ['9 minutes ahead', `type=install&time=${ago(-9 * 60_000)}`],
    ['89 days ago', `type=install&time=${ago(89 * DAY)}`],
    ['any case of a currency', 'type=deposit&amount=999999999999.12345678&currency=eUr'],
    ['a deposit without amount', 'type=deposit&transaction_id=t-1'],
    ['128 bytes of player', `type=install&player_id=${'%C3%A9'.repeat(64)}`],
    ['an empty player', 'type=install&player_id='],
    ['its own click id again', `type=install&click_id=${CLICK.toUpperCase()}`],
    ['unknown parameters twice', 'type=install&x=1&x=2'],
  ])('takes %s', async (_what, query) => {
    expect((await get(`/convert/${CLICK}?${query}`)).status).toBe(202);
  });

  it('takes an unencoded plus of a zone for what it is', async () => {
    const now = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString();
    const local = new Date(Date.parse(now) + 2 * 60 * 60 * 1000).toISOString().slice(0, 19);
    const response = await get(`/convert/${CLICK}?type=deposit&time=${local}+02:00`);
    const event = await ingress.storedAs(response.headers.get('x-receipt-id'));
    expect(event!.data.payload['time']).toBe(now.replace('.000Z', '.000000Z'));
  });

  it('composes letters, so that one player has one id', async () => {
    const response = await get(`/convert/${CLICK}?type=install&player_id=e%CC%81`);
    const event = await ingress.storedAs(response.headers.get('x-receipt-id'));
    expect(event!.data.payload['player_id']).toBe('\u00e9');
  });

  it('gives a GIF where an image is asked for', async () => {
    const response = await get(`/convert/${CLICK}.gif?type=install`, {
      headers: { accept: 'image/avif,image/webp,image/*,*/*;q=0.8' },
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/gif']);
    expect(Buffer.from(await response.arrayBuffer()).toString('latin1', 0, 6)).toBe('GIF89a');
    expect(await ingress.storedAs(response.headers.get('x-receipt-id'))).toBeDefined();
    const json = await get(`/convert/${CLICK}.gif?type=install`, { headers: { accept: 'application/json' } });
    expect(json.status).toBe(202);
    expect((await get(`/convert/${CLICK}.gif`)).status).toBe(422);
  });

  it('records what a browser tells of itself, and nothing of a server', async () => {
    const headers = {
      'user-agent': 'Mozilla/5.0 (X11)',
      referer: 'https://play.example/cashier',
      'accept-language': 'de-CH',
    };
    const browser = await get(`/convert/${CLICK}?type=install`, { headers });
    expect(await ingress.storedAs(browser.headers.get('x-receipt-id'))).toMatchObject({
      source: 'pixel-browser',
      data: {
        payload: {
          client: {
            ip: '127.0.0.0',
            user_agent: 'Mozilla/5.0 (X11)',
            referrer: 'https://play.example/cashier',
            language: 'de-CH',
          },
        },
      },
    });
  });

  it.each([
    ['HEAD', { method: 'HEAD' }],
    ['Sec-Purpose', { headers: { 'sec-purpose': 'prefetch;prerender' } }],
    ['Purpose', { headers: { purpose: 'prefetch' } }],
    ['X-Moz', { headers: { 'x-moz': 'prefetch' } }],
  ])('never converts on %s', async (_what, init) => {
    const before = (await ingress.stored()).length;
    const response = await get(`/convert/${CLICK}?type=install`, init);
    expect([response.status, response.headers.get('x-receipt-id')]).toEqual([204, null]);
    expect(await ingress.stored()).toHaveLength(before);
  });

  it('lets any page ask before it calls', async () => {
    const response = await get(`/convert/${CLICK}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
    expect(response.headers.get('access-control-allow-headers')).toBe('*');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it.each([
    ['/', 'GET', 404, null],
    ['/convert/', 'GET', 404, null],
    ['/convert/a/b', 'GET', 404, null],
    ['/nothing', 'OPTIONS', 404, null],
    [`/convert/${CLICK}`, 'PUT', 405, 'GET, HEAD, POST, OPTIONS'],
    ['/convert', 'GET', 405, 'POST, OPTIONS'],
    ['/clicks', 'DELETE', 405, 'POST, OPTIONS'],
    ['/click/x', 'POST', 405, 'GET, HEAD, OPTIONS'],
  ])('answers %s %s with %d', async (path, method, status, allow) => {
    const response = await get(path, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([status, allow]);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});

describe('POST /convert/{click_id}', () => {
  const post = (type: string | undefined, body: string | Buffer | undefined, query = ''): Promise<Response> =>
    get(`/convert/${CLICK}${query}`, { method: 'POST', body, headers: type ? { 'content-type': type } : {} });

  it.each([
    [
      'JSON',
      'application/json',
      '{"type":"deposit","amount":40.10,"currency":"usd","player_id":18745529999999999999}',
    ],
    [
      'a form',
      'application/x-www-form-urlencoded',
      'type=deposit&amount=40.1&currency=usd&player_id=18745529999999999999',
    ],
    [
      'a beacon of JSON',
      'text/plain;charset=UTF-8',
      ' {"type":"deposit","amount":"40.1","currency":"usd","player_id":"18745529999999999999"}',
    ],
  ])('takes %s', async (_what, type, body) => {
    const response = await post(type, body);
    expect(response.status).toBe(202);
    const event = await ingress.storedAs(response.headers.get('x-receipt-id'));
    expect(event!.data.payload).toMatchObject({ amount: '40.1', player_id: '18745529999999999999' });
  });

  it('takes a beacon without body by its query', async () => {
    expect((await post(undefined, undefined, '?type=install')).status).toBe(202);
  });

  it.each([
    ['a key twice', 'application/json', '{"type":"install","type":"deposit"}', 422],
    ['an object for text', 'application/json', '{"type":"install","player_id":{}}', 422],
    ['an array', 'application/json', '[]', 422],
    ['half of JSON', 'application/json', '{"type":', 400],
    ['bytes that are no UTF-8', 'application/json', Buffer.from([0x22, 0xff, 0x22]), 400],
    ['a multipart form', 'multipart/form-data; boundary=x', '--x--', 415],
    ['more than 64 KiB', 'application/json', `{"type":"install","x":"${'x'.repeat(65_536)}"}`, 413],
  ])('refuses %s', async (_what, type, body, status) => {
    const response = await post(type, body);
    expect([response.status, response.headers.get('referrer-policy')]).toEqual([status, 'no-referrer']);
  });

  it('refuses a parameter that stands in query and body', async () => {
    const response = await post('application/json', '{"type":"install"}', '?type=install');
    expect(await codesOf(response)).toEqual({ type: 'repeated' });
  });
});

describe('POST /convert', () => {
  const post = (body: unknown): Promise<Response> =>
    get('/convert', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });

  it('answers item by item, in order', async () => {
    const response = await post([
      { click_id: CLICK, type: 'install' },
      { click_id: 'x', type: 'deposit', amount: 1 },
      7,
      { click_id: CLICK, type: 'deposit', amount: 1.5, currency: 'USD', test: true },
    ]);
    expect(response.status).toBe(207);
    const answers = (await response.json()) as { status: number; receipt_id: string }[];
    expect(answers).toMatchObject([
      { status: 202 },
      {
        status: 422,
        errors: [
          { field: 'click_id', code: 'invalid_uuid' },
          { field: 'currency', code: 'missing' },
        ],
      },
      { status: 422, errors: [{ field: '', code: 'invalid_type' }] },
      { status: 202 },
    ]);
    expect((await ingress.storedAs(answers[3]!.receipt_id))!.data.payload).toMatchObject({
      amount: '1.5',
      test: true,
    });
  });

  it('takes a thousand, and no more', async () => {
    const items = Array.from({ length: 1_000 }, (_, i) => ({
      click_id: CLICK,
      type: 'deposit',
      transaction_id: `many-${i}`,
      player_id: 'p'.repeat(128),
    }));
    const response = await post(items);
    const answers = (await response.json()) as { status: number }[];
    expect(answers.map((a) => a.status)).toEqual(items.map(() => 202));
    expect((await ingress.stored()).filter((s) => s.key.startsWith('pixel|tx|many-'))).toHaveLength(1_000);
    expect((await post([...items, items[0]])).status).toBe(413);
    expect((await post({ click_id: CLICK })).status).toBe(422);
    expect(await (await post([])).json()).toEqual([]);
  });
});
