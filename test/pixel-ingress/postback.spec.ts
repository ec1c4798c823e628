import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { normalizer } from '#apps/normalizer';
import { Topic, parseCanonicalEvent, type CanonicalEvent } from '#libs/events';
import { until } from '#test/until';
import { storedIn } from '../normalizer/log-probe.js';
import { startIngress, type TestIngress } from './start-ingress.js';

const SIGNED = `
name: signed
type: http
brand: spacevegas
streams:
  - name: goals
    poll_interval: PT1H
    requester: { url: 'https://signed.example/goals' }
    incremental_sync: { type: full_refresh }
    decoder: { type: json }
    primary_key: [id]
    mapping:
      - event: payout
        fields: { transaction_id: id, occurred_at: { path: at, time: epoch_seconds }, amount: { path: usd, money: USD } }
postback:
  stream: goals
  verify:
    type: signature
    algorithm: md5
    parts: [{ part: params, names: [id, at, usd], pair: value }, { text: '\${secret.SIGNED}' }]
    in: query
    name: sig
  reply: { status: 202, body: '{"ok":true}', content_type: application/json }
`;
const UNSET = SIGNED.replace('name: signed', 'name: unset').replace('secret.SIGNED', 'secret.NOT_THERE');

let folder: string;
let ingress: TestIngress;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-postback-'));
  cpSync('sources/schemas', join(folder, 'schemas'), { recursive: true });
  cpSync('sources/besitos.yaml', join(folder, 'besitos.yaml'));
  writeFileSync(join(folder, 'signed.yaml'), SIGNED);
  writeFileSync(join(folder, 'unset.yaml'), UNSET);
  ingress = await startIngress({
    environment: {
      SOURCES_DIR: folder,
      SECRET_BESITOS_POSTBACK_TOKEN: 't0ken',
      SECRET_SIGNED: 's3cret',
    },
  });
});
afterAll(async () => {
  await ingress.close();
  rmSync(folder, { recursive: true });
});

const GOAL = {
  transaction_id: '2601266',
  user_id: 'ERIK',
  payout: '11.05',
  date_time: '2024-12-04 06:24:55',
  goal_id: 'g_1',
};
const query = (params: Record<string, string>): string => new URLSearchParams(params).toString();
const call = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${ingress.url}/postback/${path}`, init);

describe('a postback', () => {
  it('is stored as it came, without what shows whose it is, under the key of its API', async () => {
    const response = await call(`besitos?${query({ ...GOAL, token: 't0ken' })}`);
    expect([response.status, await response.text()]).toEqual([200, 'OK']);
    const stored = (await ingress.stored()).find(
      ({ event }) => event.data.receipt_id === response.headers.get('x-receipt-id'),
    )!;
    expect(stored.key).toBe('besitos|2601266');
    expect(stored.event).toMatchObject({
      source: 'besitos.postback',
      subject: '2601266',
      data: { stream: 'conversions', brand: 'default', payload: GOAL },
    });
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded', query(GOAL)],
    [
      'JSON, its numbers to the digit',
      'application/json',
      '{"transaction_id":2601266,"payout":11.050,"n":{"a":[1]}}',
    ],
  ])('may be %s', async (_, type, body) => {
    const response = await call('besitos?token=t0ken', {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect(response.status).toBe(200);
    const event = await ingress.storedAs(response.headers.get('x-receipt-id'));
    expect(event!.data.payload).toEqual(
      type === 'application/json' ? { transaction_id: '2601266', payout: '11.050', n: { a: ['1'] } } : GOAL,
    );
  });

  it('told twice is one event', async () => {
    const ids = [];
    for (const token of ['token=t0ken&', '']) {
      const path = `besitos?${token}${query({ ...GOAL, transaction_id: '77' })}${token === '' ? '&token=t0ken' : ''}`;
      const response = await call(path);
      ids.push((await ingress.storedAs(response.headers.get('x-receipt-id')))!.id);
    }
    expect(new Set(ids).size).toBe(1);
  });

  it.each([
    ['without the token', `besitos?${query(GOAL)}`, 401],
    ['with another token', `besitos?${query({ ...GOAL, token: 'T0ken' })}`, 401],
    ['of a source that is not there', 'nobody?a=1', 404],
    ['of a source whose secret is not there', 'unset?id=1&sig=x', 503],
  ])('%s is refused', async (_, path, status) => {
    const before = (await ingress.stored()).length;
    expect((await call(path)).status).toBe(status);
    expect((await ingress.stored()).length).toBe(before);
  });

  it('that is no object is refused, and one by another method', async () => {
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '[1]' };
    expect((await call('besitos?token=t0ken', json)).status).toBe(422);
    const put = await call('besitos?token=t0ken', { method: 'PUT' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, OPTIONS']);
  });

  it('that nests as deep as its body allows is refused, as the documents of APIs are', async () => {
    const send = (levels: number): Promise<Response> => {
      const deep = `${'['.repeat(levels)}${']'.repeat(levels)}`;
      const body = `{"transaction_id":1,"deep":${deep}}`;
      const headers = { 'content-type': 'application/json' };
      return call('besitos?token=t0ken', { method: 'POST', headers, body });
    };
    const refused = await send(30_000);
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { error: 'the body nests deeper than 512 levels' },
    ]);
    expect((await send(500)).status).toBe(200);
  });

  it('may be signed, and is answered as its definition says', async () => {
    const signed = (usd: string, over: string): string =>
      `signed?id=9&at=1733311495&usd=${usd}&sig=${createHash('md5').update(`91733311495${over}s3cret`).digest('hex')}`;
    const response = await call(signed('1.5', '1.5'));
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      ...[202, 'application/json', '{"ok":true}'],
    ]);
    expect((await call(signed('2.5', '1.5'))).status).toBe(401);
  });

  it('keeps a parameter that came twice, for its mapping to refuse', async () => {
    const response = await call(`besitos?token=t0ken&${query(GOAL)}&payout=12&__proto__=x`);
    const event = await ingress.storedAs(response.headers.get('x-receipt-id'));
    expect(event!.data.payload['payout']).toEqual(['11.05', '12']);
  });

  it('becomes what its API tells, and a reversal of it', async () => {
    const app = await normalizer.start(ingress.platform);
    try {
      const reversal = { ...GOAL, transaction_id: '501', reverse: '1' };
      const first = await call(`besitos?${query({ ...GOAL, transaction_id: '501', token: 't0ken' })}`);
      const second = await call(`besitos?${query({ ...reversal, token: 't0ken' })}`);
      const receipts = [first, second].map((r) => r.headers.get('x-receipt-id'));
      let events: CanonicalEvent[] = [];
      await until('both are canonical events', async () => {
        const records = await storedIn(ingress.platform.eventLog, Topic.conversionEvents);
        events = records
          .map((r) => parseCanonicalEvent(r.value) as CanonicalEvent)
          .filter((e) => receipts.includes(e.receipt_id ?? null));
        return events.length === 2;
      });
      const told = {
        source: 'besitos.postback',
        trust: 'postback',
        partner: 'besitos',
        transaction_id: '501',
      };
      expect(events).toEqual([
        expect.objectContaining({
          ...told,
          kind: 'payout',
          player_id: 'erik',
          amount: '11.05',
          currency: 'USD',
        }),
        expect.objectContaining({ ...told, kind: 'reversal', conversion_type: 'payout' }),
      ]);
    } finally {
      await app.stop();
    }
  });
});
