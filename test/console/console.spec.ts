import { Topic, newReceiptId, serializeRawEvent } from '#libs/events';
import { exampleRawConversion } from '#test/example-events';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { runNode } from '#test/run-node';
import { startRiver, type River } from '#test/whole-river';

const CLICK = 'fd3ba970-2330-4576-94ba-e1efc470bd56';
const LATE = '0ca3f4e1-af20-4cb4-b19d-a36c8c6f1a00';
const TOKEN = 's3cret-of-the-test';
const RECEIPT_STATES = ['stored', 'duplicate', 'unattributed', 'test', 'dead_letter', 'pending'] as const;

describe('the console', () => {
  let database: TestDatabase;
  let river: River;
  beforeAll(async () => {
    database = await testDatabase();
    river = await startRiver(database.url, { ADMIN_TOKEN: TOKEN });
  });
  afterAll(async () => {
    await river.stop();
    await database.drop();
  });

  const ask = (path: string, headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }) =>
    fetch(river.consoleUrl + path, { headers });
  const receipt = async (id: string) =>
    (await (await ask(`/receipts/${id}`)).json()) as Record<string, unknown>;
  const convert = async (clickId: string, query: string): Promise<string> => {
    const answer = await fetch(`${river.pixelUrl}/convert/${clickId}?${query}`, { redirect: 'manual' });
    expect(answer.status).toBe(202);
    return answer.headers.get('x-receipt-id')!;
  };
  const reportClick = async (clickId: string): Promise<string> => {
    const answer = await fetch(`${river.pixelUrl}/clicks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ click_id: clickId, utm_source: 'newsletter' }),
    });
    expect(answer.status).toBe(202);
    return answer.headers.get('x-receipt-id')!;
  };

  it('tells the state of every receipt', async () => {
    const click = await reportClick(CLICK);
    await river.settled();
    const sameClick = await reportClick(CLICK);
    const query = 'type=deposit&amount=40&currency=usd&transaction_id=1&player_id=anna';
    const strong = await convert(CLICK, query);
    await river.settled();
    const again = await convert(CLICK, query);
    const weak = await convert(CLICK, 'type=deposit&amount=40&currency=usd&player_id=anna');
    const early = await convert(LATE, 'type=install');
    const test = await convert(CLICK, 'type=install&test=true');
    const broken = exampleRawConversion({ currency: 'no currency' });
    await river.platform.eventLog.publish(Topic.rawEvents, [{ key: 'k', value: serializeRawEvent(broken) }]);
    await river.settled();
    const given = newReceiptId(Date.parse('2026-11-21T10:00:00.123Z'), Buffer.from('uvwxyz'));

    const states = await Promise.all(
      [click, sameClick, strong, again, weak, early, test, broken.receipt_id, given].map(receipt),
    );
    expect(states.map((s) => s['state'])).toEqual([
      ...['stored', 'duplicate', 'stored', 'duplicate', 'stored', 'unattributed', 'test'],
      ...['dead_letter', 'pending'],
    ]);
    expect(new Set(states.map((s) => s['state']))).toEqual(new Set(RECEIPT_STATES));

    const [, , ofStrong, , ofWeak, ofEarly, ofTest, ofBroken, ofGiven] = states;
    expect(ofStrong).toEqual({
      receipt_id: strong,
      received_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as unknown,
      state: 'stored',
      event_id: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      conversion_id: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
    });
    expect(ofWeak!['conversion_id']).toBe(ofStrong!['conversion_id']);
    expect(ofTest).not.toHaveProperty('conversion_id');
    expect(ofBroken).toMatchObject({ reason: 'invalid_field', event_id: broken.event_id });
    expect(ofGiven).toEqual({
      receipt_id: given,
      received_at: '2026-11-21T10:00:00.123000Z',
      state: 'pending',
      event_id: null,
    });

    await reportClick(LATE);
    await river.settled();
    expect(await receipt(early)).toEqual({ ...ofEarly, state: 'stored' });
  });

  it.each([CLICK, 'no-uuid', '%00', '0'.repeat(90)])(
    'answers 404 for %s, which was never given',
    async (id) => {
      expect((await ask(`/receipts/${id}`)).status).toBe(404);
    },
  );

  it('shows the status', async () => {
    const status = (await (await ask('/status')).json()) as Record<string, unknown>;
    expect(status).toMatchObject({ event_log: { engine: 'postgres' }, unsettled_batches: 0 });
    expect(Object.keys(status)).toEqual(
      expect.arrayContaining(['version', 'node', 'database', 'lag', 'dead_letters', 'clicks', 'conversions']),
    );
  });

  it.each([{}, { authorization: 'Bearer wrong' }, { authorization: `Basic ${TOKEN}` }])(
    'asks for the token: %j',
    async (headers) => {
      const answer = await ask('/status', headers as Record<string, string>);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    },
  );
});

it('refuses to listen elsewhere than on loopback without a token, as a problem of the settings', async () => {
  const database = await testDatabase();
  const environment = { DATABASE_URL: database.url, ADMIN_PORT: '0', CONSOLE_PORT: '0', LOG_LEVEL: 'silent' };
  expect((await runNode(['bin/tributary.js', 'migrate'], environment)).code).toBe(0);
  const ended = await runNode(['dist/apps/console/src/main.js'], { ...environment, CONSOLE_HOST: '0.0.0.0' });
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/CONSOLE_HOST must be a loopback address .* while ADMIN_TOKEN is not set/);
  await database.drop();
});
