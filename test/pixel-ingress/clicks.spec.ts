import { openDatabase } from '#libs/database';
import { startIngress, type TestIngress } from './start-ingress.js';

const CLICK = 'fd3ba970-2330-4576-94ba-e1efc470bd56';
const BRANDS = `
brands:
  vegas:
    hosts: [go.vegas.example]
    currencies: [usd]
    links:
      welcome:
        url: "https://vegas.example/?cid={click_id}&s={sub1}&c={utm_campaign}"
        source: affiliate-42
        medium: affiliate
        campaign: autumn
  rest:
    links:
      other: {url: "https://rest.example/{click_id}"}
`;

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startIngress({ brands: BRANDS, environment: { TRUST_PROXY_HOPS: '1' } });
});
afterAll(() => ingress.close());

/** `fetch` cannot set a Host. */
async function call(path: string, init: RequestInit & { host?: string } = {}): Promise<Response> {
  const { request } = await import('node:http');
  const { host = 'GO.vegas.example:8080', method = 'GET', headers, body } = init;
  return new Promise((resolve, reject) => {
    const sent = request(
      ingress.url + path,
      { method, agent: false, headers: { ...(headers as Record<string, string>), host } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const own = Object.entries(answer.headers).map(([k, v]) => [k, String(v)] as [string, string]);
          const text = chunks.length > 0 ? Buffer.concat(chunks).toString() : null;
          resolve(new Response(text, { status: answer.statusCode!, headers: own }));
        });
      },
    );
    sent.on('error', reject).end(body as string | undefined);
  });
}

describe('GET /click/{link}', () => {
  it('stores the click and redirects with its id filled in', async () => {
    const response = await call('/click/welcome?sub1=a%26b&utm_term=x&ScCid=Abc&other=1&sub2=%00', {
      headers: {
        'user-agent': 'Mozilla/5.0',
        referer: 'https://ads.example/',
        'x-forwarded-for': '6.6.6.6, 203.0.113.77',
      },
    });
    expect(response.status).toBe(302);
    const location = new URL(response.headers.get('location')!);
    const clickId = location.searchParams.get('cid');
    expect(location.href).toBe(`https://vegas.example/?cid=${clickId}&s=a%26b&c=autumn`);
    const event = await ingress.storedAs(response.headers.get('x-receipt-id'));
    expect(event).toMatchObject({ subject: clickId, source: 'pixel-browser' });
    expect(event!.data).toMatchObject({
      stream: 'click',
      brand: 'vegas',
      payload: {
        click_id: clickId,
        link: 'welcome',
        referrer: 'https://ads.example/',
        sub_ids: { sub1: 'a&b' },
        utm: { source: 'affiliate-42', medium: 'affiliate', campaign: 'autumn', term: 'x' },
        ad_click_ids: { sccid: 'Abc' },
        client: { ip: '203.0.113.0' },
      },
    });
  });

  it.each([
    ['an unknown link', '/click/none', 'go.vegas.example', 404],
    ["another brand's link", '/click/other', 'go.vegas.example', 404],
    ['the rest of hosts', '/click/other', 'anything.example', 302],
  ])('knows %s', async (_what, path, host, status) => {
    expect((await call(path, { host })).status).toBe(status);
  });

  it('makes no click of a HEAD or a prefetch', async () => {
    const before = (await ingress.stored()).length;
    expect((await call('/click/welcome', { method: 'HEAD' })).status).toBe(204);
    expect((await call('/click/welcome', { headers: { 'sec-purpose': 'prefetch' } })).status).toBe(204);
    expect(await ingress.stored()).toHaveLength(before);
  });
});

describe('POST /clicks', () => {
  const post = (body: unknown): Promise<Response> =>
    call('/clicks', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });

  it('takes one', async () => {
    const response = await post({
      click_id: CLICK.toUpperCase(),
      link: 'welcome',
      time: '2026-01-01T10:00:00+01:00',
      sub_ids: { sub1: 'a', sub11: 'ignored' },
      utm_campaign: 'own',
      gclid: 'G',
      player_id: 7,
    });
    expect(response.status).toBe(202);
    const receipt = response.headers.get('x-receipt-id')!;
    expect(await response.json()).toEqual({ receipt_id: receipt });
    expect((await ingress.storedAs(receipt))!.data.payload).toEqual({
      click_id: CLICK,
      link: 'welcome',
      time: '2026-01-01T09:00:00.000000Z',
      sub_ids: { sub1: 'a' },
      utm: { source: 'affiliate-42', medium: 'affiliate', campaign: 'own' },
      ad_click_ids: { gclid: 'G' },
      player_id: '7',
    });
  });

  it('takes several, with a receipt for each', async () => {
    const response = await post([{ click_id: CLICK }, { click_id: CLICK.replace('f', 'a') }]);
    const receipts = (await response.json()) as { receipt_id: string }[];
    expect([response.status, receipts.length]).toEqual([202, 2]);
    expect(await ingress.storedAs(receipts[1]!.receipt_id)).toBeDefined();
  });

  it('refuses all where one is wrong, naming index and field', async () => {
    const before = (await ingress.stored()).length;
    const response = await post([
      { click_id: CLICK },
      { click_id: 'x', sub_ids: { sub1: '\u0001' }, gclid: 'x'.repeat(513), referrer: [] },
      { sub_ids: 'x' },
    ]);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      errors: [
        { index: 1, field: 'click_id', code: 'invalid_uuid' },
        { index: 1, field: 'referrer', code: 'invalid_type' },
        { index: 1, field: 'sub_ids.sub1', code: 'invalid_characters' },
        { index: 1, field: 'gclid', code: 'too_long' },
        { index: 2, field: 'sub_ids', code: 'invalid_type' },
        { index: 2, field: 'click_id', code: 'missing' },
      ],
    });
    expect(await ingress.stored()).toHaveLength(before);
  });

  it('refuses none and too many', async () => {
    expect((await post([])).status).toBe(422);
    expect((await post(Array.from({ length: 1_001 }, () => ({ click_id: CLICK })))).status).toBe(413);
  });
});

describe('test=true', () => {
  const convert = (clickId: string, query = ''): Promise<Response> =>
    call(`/convert/${clickId}?type=install&test=true${query}`);

  it('is stored as a test, and answered 202 where the click is not known', async () => {
    const response = await convert(CLICK);
    expect(response.status).toBe(202);
    const event = await ingress.storedAs(response.headers.get('x-receipt-id'));
    expect(event!.data.payload['test']).toBe(true);
  });

  it("redirects to the click's own link where the click is known", async () => {
    const database = openDatabase(ingress.database.url, 'test', { warn: () => {} });
    await database.migrate();
    await database.pool.query(
      `INSERT INTO tributary.clicks (brand, click_id, source, link, occurred_at, utm_campaign, sub_ids,
         ad_click_ids, client, event_id, receipt_id, first_receipt_id, first_received_at)
       VALUES ('vegas', $1, 'pixel-browser', 'welcome', now(), 'summer', '{"sub1": "s/1"}', '{}', '{}', 'e',
         gen_random_uuid(), gen_random_uuid(), now())`,
      [CLICK],
    );
    await database.close();
    const response = await convert(CLICK.toUpperCase());
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe(`https://vegas.example/?cid=${CLICK}&s=s%2F1&c=summer`);
    expect(await ingress.storedAs(response.headers.get('x-receipt-id'))).toBeDefined();
    const elsewhere = await call(`/convert/${CLICK}?type=install&test=true`, { host: 'x.example' });
    expect(elsewhere.status).toBe(202);
  });
});

it('decides the brand, its currencies too, by the host', async () => {
  const status = async (host: string): Promise<number> =>
    (await call(`/convert/${CLICK}?type=deposit&amount=1&currency=eur`, { host })).status;
  expect(await status('go.vegas.example')).toBe(422);
  expect(await status('x.example')).toBe(202);
});

it('answers 421 to a host that no brand takes', async () => {
  const strict = await startIngress({ brands: 'brands:\n  a: {hosts: [a.example]}\n' });
  try {
    const response = await fetch(`${strict.url}/convert/${CLICK}?type=install`);
    expect(response.status).toBe(421);
  } finally {
    await strict.close();
  }
});
