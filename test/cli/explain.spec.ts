import { hashParts } from '#libs/events';
import { withLoadedCli } from '#test/loaded-cli';
import { testDatabase, type TestDatabase } from '#test/postgres';
import type { Ended } from '#test/run-node';
import { startRiver, type River } from '#test/whole-river';

const runCli = withLoadedCli();

const FIRST_CLICK = 'fd3ba970-2330-4576-94ba-e1efc470bd56';
const SECOND_CLICK = '0ca3f4e1-af20-4cb4-b19d-a36c8c6f1a00';
const EARLY_CLICK = '5e1b7f0a-9d51-4c0e-8d5b-0d3d0a5b9d11';

/** A canonical event of the world as a line of a file; the time of receipt is the given minute of 21 November. */
const line = (source: string, subject: string, minute: number, data: object): string =>
  JSON.stringify({
    ...{ specversion: '1.0', type: 'tributary.event.v1', source, subject },
    time: `2026-11-21T12:${String(minute).padStart(2, '0')}:00.000000Z`,
    data: { stream: 'test', brand: 'spacevegas', ...data },
  });
const on = (day: number, time = '10:00:00'): string =>
  `2026-11-${String(day).padStart(2, '0')}T${time}.000000Z`;
const touch = (id: string, at: string, source: string): string =>
  line('pixel-browser', id, 0, {
    ...{ kind: 'touchpoint', touch_id: id, click_id: id, occurred_at: at },
    utm: { source, medium: 'affiliate', campaign: 'autumn' },
  });
const paid = { kind: 'deposit', transaction_id: '9001', amount: '40', currency: 'USD' };
const transaction = (status: string, minute: number, change: object = {}): string =>
  line('intarget', '9001', minute, {
    ...{ kind: 'transaction', occurred_at: on(21, '09:00:00') },
    record: {
      ...{ id: '9001', player_id: 'dana', amount: '40', currency: 'USD', status, dir: 'IN' },
      ...{ created_at: on(21, '09:00:00'), updated_at: on(21, `09:0${minute}:00`), ...change },
    },
  });

const bought = (transaction_id: string): object => ({
  ...{ kind: 'purchase', transaction_id, amount: '9', currency: 'USD', player_id: 'erin' },
});
const retraction = (transaction_id: string): object => ({
  ...{ kind: 'retraction', conversion_type: 'purchase', transaction_id },
});

/** One deposit that five sources tell, and what belongs to it. */
const WORLD = [
  line('intarget', 'd', 0, {
    ...{ kind: 'deposit', transaction_id: '8000', amount: '5', currency: 'USD', player_id: 'dana' },
    ...{ occurred_at: on(20), status: 'rejected' },
  }),
  ...[touch(FIRST_CLICK, on(18), 'affiliate-42'), touch(SECOND_CLICK, on(20), 'newsletter')],
  ...[touch(EARLY_CLICK, '2026-10-01T10:00:00.000000Z', 'search')],
  line('pixel-browser', `${FIRST_CLICK}`, 1, {
    ...{ kind: 'registration', click_id: FIRST_CLICK, player_id: 'dana', occurred_at: on(18, '10:05:00') },
  }),
  ...[SECOND_CLICK, EARLY_CLICK].map((click) =>
    line('crm', click, 1, { kind: 'identity_link', click_id: click, player_id: 'dana', occurred_at: on(20) }),
  ),
  line('ga4', 'visit-1', 1, {
    ...{ kind: 'touchpoint', touch_id: 'visit-1', client_id: 'GA1.7', player_id: 'dana', trust: 'ga4' },
    ...{ occurred_at: on(21, '11:00:00'), utm: { source: 'google', medium: 'organic' } },
  }),
  line('pixel-browser', '9001', 2, {
    ...{ ...paid, click_id: SECOND_CLICK, player_id: 'dana', occurred_at: on(21, '09:00:01') },
    ...{ client: { ip: '203.0.113.0', user_agent: 'secret-agent' }, custom: { note: 'hush' } },
  }),
  ...[transaction('New', 3), transaction('Success', 4)],
  line('acme', '9001', 5, { ...paid, trust: 'postback', occurred_at: on(21, '09:00:02'), player_id: 'dana' }),
  line('payments', '9001', 6, { ...paid, trust: 'pubsub', version: '7', occurred_at: on(21, '09:00:03') }),
  line('ga4', '9001', 7, { ...paid, trust: 'ga4', amount: '41', occurred_at: on(21, '09:00:04') }),
  line('intarget', 'r1', 8, {
    ...{ kind: 'refund', conversion_type: 'deposit', transaction_id: '9001', refund_id: 'r1' },
    ...{ amount: '15', currency: 'USD', occurred_at: on(21, '11:30:00') },
  }),
  line('acme', 'r1', 9, {
    ...{ kind: 'refund', conversion_type: 'deposit', transaction_id: '9001', refund_id: 'r1' },
    ...{ amount: '14', currency: 'USD', occurred_at: on(21, '11:31:00'), trust: 'postback' },
  }),
  line('besitos', 'g1', 1, {
    ...{ kind: 'payout', partner: 'besitos', transaction_id: 'g1', amount: '3', currency: 'USD' },
    ...{ occurred_at: on(21), player_id: 'dana', trust: 'postback' },
  }),
  line('besitos', 'g1-back', 0, {
    ...{ kind: 'reversal', conversion_type: 'payout', partner: 'besitos', transaction_id: 'g1' },
    ...{ occurred_at: on(21, '11:00:00'), trust: 'postback' },
  }),
  line('besitos', 'g2-back', 0, {
    ...{ kind: 'reversal', conversion_type: 'payout', partner: 'besitos', transaction_id: 'g2' },
    ...{ occurred_at: on(21, '11:00:00'), trust: 'postback' },
  }),
  ...['p1', 'p2'].flatMap((id) => [
    line('ga4', id, 1, { ...bought(id), trust: 'ga4', version: '1', occurred_at: on(21) }),
    line('ga4', id, 3, { ...retraction(id), trust: 'ga4', version: '2', occurred_at: on(21, '12:00:00') }),
  ]),
  line('payments', 'p1', 2, { ...bought('p1'), amount: '8', trust: 'pubsub', occurred_at: on(21) }),
  line('intarget', '9002', 9, {
    ...{ kind: 'transaction', occurred_at: on(21) },
    record: {
      ...{ id: '9002', player_id: 'dana', amount: '7', currency: 'USD', type: 'Prize', dir: 'IN' },
      ...{ created_at: on(21), updated_at: on(21), ip: '203.0.113.9', requisite: 'dana@example.com' },
    },
  }),
];

describe('npx tributary explain, on a deposit that five sources tell', () => {
  let database: TestDatabase;
  let river: River;
  beforeAll(async () => {
    database = await testDatabase();
    river = await startRiver(database.url, { SECRET_BESITOS_POSTBACK_TOKEN: 't0ken' });
    expect(await tributary(['import'], WORLD.join('\n'))).toMatchObject({ code: 0, stderr: '' });
    await river.settled();
  });
  afterAll(async () => {
    await river.stop();
    await database.drop();
  });

  const tributary = (argv: string[], input?: string): Promise<Ended> =>
    runCli(argv, { DATABASE_URL: database.url }, input);

  const told = async (id: string): Promise<string> => {
    const { code, stdout } = await tributary(['explain', id]);
    expect(code).toBe(0);
    return stdout.replace(/\s+/g, ' '); // lines are broken where it fits
  };

  it('tells what each of them says, which rule chose what, and which words lost', async () => {
    const { stdout } = await tributary(['explain', '9001']);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    const text = stdout.replace(/\s+/g, ' ');
    for (const sentence of [
      '9001 is the transaction of a deposit of spacevegas.',
      'deposit of 40 USD by player dana, 2026-11-21 09:00:00 UTC: approved, worth 25 USD. 5 sources told of it, which disagree.',
      "Fact by intarget (a partner's API), its row in table transactions says 40 USD, approved (its status is Success)",
      'version 2026-11-21 09:04:00 UTC',
      'Fact by acme (a postback) says',
      'Fact by payments (Pub/Sub) says',
      'Fact by ga4 (GA4) says 41 USD, approved, transaction 9001',
      "amount 40 USD by intarget: a partner's API goes before Pub/Sub, a postback, a browser pixel and GA4; acme, payments and pixel-browser say the same not taken: 41 USD (ga4)",
      'only who says whose it is tells the time, not ga4 and payments not taken: 2026-11-21 09:00:02 UTC (acme), 2026-11-21 09:00:01 UTC (pixel-browser), 2026-11-21 09:00:03 UTC (payments), 2026-11-21 09:00:04 UTC (ga4)',
      `click_id ${SECOND_CLICK} by pixel-browser: nobody else tells it`,
      'net_amount 25 USD — 40 − 15 (refund r1, by intarget)',
      'refund r1 of 14 USD by acme (a postback): it is the same refund as that of intarget, whose word weighs more',
      'is_first_deposit yes — the only approved deposit of player dana',
      'conflict yes money: 40 USD (intarget, acme, payments and pixel-browser) and 41 USD (ga4)',
      `owner click ${FIRST_CLICK} the player registered with it, 2026-11-18 10:05:00 UTC`,
      `- player dana was seen with click ${SECOND_CLICK}, 2026-11-20 10:00:00 UTC, said by pixel-browser`,
      '1. 2026-11-18 10:00:00 UTC, affiliate-42 / affiliate / autumn, told by pixel-browser',
      `click ${EARLY_CLICK} more than 30 days before the conversion`,
      'touch visit-1 after the conversion',
      'each model shares out the net amount of 25 USD',
      '1. affiliate-42 25 0 0 12.5 12.5 11.27',
    ]) {
      expect(text).toContain(sentence);
    }
  });

  it('has the same as data, and nothing of a person but ids', async () => {
    const { stdout } = await tributary(['explain', '9001', '--json']);
    const { conversions } = JSON.parse(stdout) as { conversions: [Record<string, unknown>] };
    const fields = conversions[0]['fields'] as { field: string; source: string; others: object[] }[];
    expect(fields.find((f) => f.field === 'amount')).toMatchObject({
      ...{ value: '40 USD', source: 'intarget', others: [{ source: 'ga4', value: '41 USD' }] },
    });
    expect(conversions[0]).toMatchObject({
      is_settled: true,
      facts: [{ source: 'intarget', transaction: { status: 'Success' } }, {}, {}, {}, { trust: 'ga4' }],
      credits: [{ credits: { linear: '12.5' } }, { credits: { linear: '12.5' } }],
      journey: { touches: [{ touch_id: FIRST_CLICK }, {}], left_out: [{}, { touch_id: 'visit-1' }] },
    });
    for (const secret of ['203.0.113', 'secret-agent', 'hush', 'example.com']) {
      expect(stdout).not.toContain(secret);
    }
  });

  it('tells which source took back what it told, and when', async () => {
    const [one, both] = [await told('p1'), await told('p2')];
    expect(one).toContain(
      'purchase of 8 USD by player erin, 2026-11-21 10:00:00 UTC: approved. One source told of it.',
    );
    const took =
      'ga4 (GA4) took it back 2026-11-21 12:00:00 UTC, received 2026-11-21 12:03:00 UTC; ' +
      'it told of it first 2026-11-21 12:01:00 UTC what it tells below version 2 does not stand';
    for (const text of [one, both]) expect(text).toContain(took);
    expect(both).toContain('p2 is the transaction of a purchase of spacevegas.');
    expect(both).toContain('Nobody tells of it any more: ga4 took it back. It has no row;');
    const { stdout } = await tributary(['explain', 'p2', '--json']);
    const [story] = (JSON.parse(stdout) as { conversions: [{ retractions: [{ event_id: string }] }] })
      .conversions;
    expect(story).toMatchObject({ facts: [], row: null, retractions: [{ source: 'ga4', version: '2' }] });
    expect(await told(story.retractions[0].event_id)).toContain(
      'is the event of a retraction of a purchase.',
    );
  });

  it('finds payouts, refunds, reversals, transactions, touches, persons and derived events', async () => {
    const pixel = (await tributary(['export', 'touchpoints'])).stdout.split('\n').slice(0, -1);
    const visit = pixel.map((row) => JSON.parse(row) as { touch_id: string; event_id: string });
    const [payout, early, refund, prize, player, touch, event] = await Promise.all([
      told('g1'),
      told('g2'),
      told('r1'),
      told('9002'),
      told('dana'),
      told('visit-1'),
      told(visit.find((t) => t.touch_id === FIRST_CLICK)!.event_id),
    ]);
    expect(payout).toContain('g1 is the transaction of a payout of spacevegas.');
    expect(payout).toContain('net_amount 0 USD — besitos reversed it');
    expect(payout).toContain('click_id fd3ba970-2330-4576-94ba-e1efc470bd56 the click that owns the player');
    expect(early).toContain('g2 is a payout of spacevegas that was taken back.');
    expect(early).toContain('Nobody has told of it yet: it was taken back before.');
    expect(refund).toContain('r1 is a refund of a deposit of spacevegas.');
    expect(prize).toContain('It is no conversion: its money is of type Prize');
    expect(prize).not.toContain('example.com');
    expect(player).toContain('2026-11-21 09:00 deposit tx:9001 40 USD 25 approved');
    expect(player).toContain('2026-11-20 10:00 deposit tx:8000 5 USD 0 rejected');
    expect(touch).toContain('from google / organic names client GA1.7, player dana told by ga4');
    expect(event).toContain(`Click ${FIRST_CLICK} of spacevegas`);
  });

  it('tells of a postback what was made of it, and of what it said the form only', async () => {
    const params = new URLSearchParams({
      ...{ transaction_id: '2601266', user_id: 'ERIK', payout: '11.05', date_time: '2024-12-04 06:24:55' },
      ...{ token: 't0ken', note: 'erik@example.com' },
    });
    const response = await fetch(`${river.pixelUrl}/postback/besitos?${params.toString()}`);
    await river.settled();
    const text = await told(response.headers.get('x-receipt-id')!);
    expect(text).toContain('came from besitos.postback, brand default');
    expect(text).toContain(
      'it said transaction_id=a text, user_id=a text, payout=a text, date_time=a text, note=a text',
    );
    expect(text).toContain('understood as payout of 11.05 USD: transaction 2601266, player erik');
    expect(text).not.toContain('example.com');
    expect(text).not.toContain('t0ken');
  });

  it('finds a click by the events of the touch and the link that were made of its own', async () => {
    const click = '7d6f3c1e-2f0b-4d0a-9a53-2f6f0d6f1b22';
    await fetch(`${river.pixelUrl}/clicks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ click_id: click, player_id: 'emil', utm_source: 'newsletter' }),
    });
    await river.settled();
    const [stored] = (await tributary(['export', 'clicks'])).stdout.split('\n');
    const { event_id } = JSON.parse(stored!) as { event_id: string };
    for (const derived of ['touchpoint', 'identity_link']) {
      const text = await told(hashParts([event_id, derived]));
      expect(text).toContain(`Click ${click} of default`);
    }
  });
});
