import fc from 'fast-check';
import type { ConversionFact, ReturnFact } from '#libs/database';
import type { Conversion } from '#libs/events';
import { exampleFact, exampleLink, exampleTouch } from '#test/example-facts';
import { IdentityGraph } from './identity-graph.js';
import { Journeys } from './journeys.js';
import { resolveConversion } from './resolve-conversion.js';

const nobody = new Journeys(new IdentityGraph(), []);
const resolve = (facts: ConversionFact[], journeys = nobody, returns: ReturnFact[] = []): Conversion =>
  resolveConversion(facts[0]!, facts, returns, journeys);
const server = (change: Partial<ConversionFact> = {}): ConversionFact =>
  exampleFact({ source: 'pixel-server', ...change });
const browser = (change: Partial<ConversionFact> = {}): ConversionFact =>
  exampleFact({ source: 'pixel-browser', ...change });
const partner = (change: Partial<ConversionFact> = {}): ConversionFact =>
  exampleFact({ source: 'partner', ...change });

describe('resolveConversion', () => {
  it('is what a single source says, and says so of every field', () => {
    const c = resolve([server({ click_id: 'c', custom: { tier: 'gold' } })]);
    expect(c).toMatchObject({
      ...{
        player_id: 'p1',
        click_id: 'c',
        transaction_id: '1',
        amount: '40',
        currency: 'USD',
        net_amount: '40',
      },
      ...{ status: 'approved', sources: ['pixel-server'], conflict: false, custom: { tier: 'gold' } },
      ...{ is_first_deposit: false, attributed: false, first_touch: null, last_touch: null, sub_ids: {} },
    });
    const named = ['player_id', 'click_id', 'transaction_id', 'occurred_at', 'amount', 'currency', 'status'];
    expect(c.provenance).toEqual(Object.fromEntries(named.map((name) => [name, 'pixel-server'])));
  });

  it.each([
    [
      'a partner before the pixels',
      [browser({ amount: '1' }), partner({ amount: '3' }), server({ amount: '2' })],
      '3',
      'partner',
    ],
    [
      'the server before the browser',
      [browser({ amount: '1' }), server({ amount: '2' })],
      '2',
      'pixel-server',
    ],
    [
      'one that has it before a weightier one without',
      [browser({ amount: '1' }), server({ amount: null, currency: null })],
      '1',
      'pixel-browser',
    ],
  ])('takes the money from %s', (_what, facts, amount, source) => {
    const c = resolve(facts);
    expect([c.amount, c.net_amount]).toEqual([amount, amount]);
    expect([c.provenance['amount'], c.provenance['currency']]).toEqual([source, source]);
  });

  it('takes amount and currency from one source, never one from each', () => {
    const c = resolve([
      browser({ amount: '1', currency: 'EUR' }),
      partner({ amount: null, currency: 'USD' }),
    ]);
    expect([c.amount, c.currency]).toEqual(['1', 'EUR']);
  });

  it('falls back on the least money that a source ever said where its standing word has none', () => {
    const forgot = server({ amount: null, currency: null, money_low: 'USD 40.5', money_high: 'USD 41' });
    expect(resolve([forgot])).toMatchObject({ amount: '40.5', currency: 'USD', net_amount: '40.5' });
    expect(resolve([forgot]).provenance).toMatchObject({ amount: 'pixel-server', currency: 'pixel-server' });
    expect(resolve([forgot, browser({ amount: '39' })])).toMatchObject({ amount: '39' });
    const never = server({ amount: null, currency: null });
    expect(resolve([never])).toMatchObject({ amount: null, currency: null, net_amount: null });
    expect(resolve([never]).provenance).not.toHaveProperty('amount');
  });

  it('takes the player from standing words alone: those are what a player’s deposits are found by', () => {
    const c = resolve([server({ player_id: null, player_id_low: 'anna', player_id_high: 'anna' })]);
    expect([c.player_id, c.provenance['player_id'], c.conflict]).toEqual([null, undefined, false]);
  });

  it('takes the click from a pixel before a partner', () => {
    const c = resolve([partner({ click_id: 'partner' }), browser({ click_id: 'browser' })]);
    expect([c.click_id, c.provenance['click_id']]).toEqual(['browser', 'pixel-browser']);
  });

  it.each([
    ['agreeing sources', [server(), browser()], false],
    ['differing amounts', [server(), browser({ amount: '41' })], true],
    ['differing currencies', [server(), browser({ currency: 'EUR' })], true],
    ['differing players', [server(), browser({ player_id: 'p2' })], true],
    [
      'one that says nothing of either',
      [server(), browser({ amount: null, currency: null, player_id: null })],
      false,
    ],
    ['two words of one source on money', [server({ money_high: 'USD 41' })], true],
    ['two words of one source on the player', [server({ player_id_high: 'p2' })], true],
    ['differing clicks', [server({ click_id: 'a' }), browser({ click_id: 'b' })], false],
  ])('sees whether there is a conflict between %s', (_what, facts, conflict) => {
    expect(resolve(facts).conflict).toBe(conflict);
  });

  it('lays custom fields over each other, the weightiest on top', () => {
    const c = resolve([
      partner({ custom: { a: 'partner' } }),
      browser({ custom: { a: 'browser', b: 'browser', c: 'browser' } }),
      server({ custom: { b: 'server' } }),
    ]);
    expect(c.custom).toEqual({ a: 'partner', b: 'server', c: 'browser' });
  });

  it('finds the click through the player, and says how', () => {
    const journeys = new Journeys(new IdentityGraph([exampleLink('c', 'p1')]), [
      exampleTouch('c', '2026-11-20T00:00:00.000000Z', { sub_ids: { sub1: 'x' } }),
    ]);
    const c = resolve([server()], journeys);
    expect(c).toMatchObject({ click_id: 'c', attributed: true, sub_ids: { sub1: 'x' } });
    expect(c.first_touch).toEqual(c.last_touch);
    expect(c.first_touch).toMatchObject({ source: 's-c', click_id: 'c' });
    expect(c.provenance).toMatchObject({ click_id: 'identity_link', player_id: 'pixel-server' });
  });

  it('finds the player through the click, and says how', () => {
    const c = resolve(
      [server({ player_id: null, click_id: 'c' })],
      new Journeys(new IdentityGraph([exampleLink('c', 'p9')]), []),
    );
    expect(c).toMatchObject({ player_id: 'p9', click_id: 'c', attributed: false });
    expect(c.provenance).toMatchObject({ player_id: 'identity_link', click_id: 'pixel-server' });
  });

  it('was updated when the last of all that it rests on was received', () => {
    const received = (day: number): string => `2026-11-2${day}T00:00:00.000000Z`;
    const facts = [
      server({ first_received_at: received(2), received_at: received(3) }),
      browser({ first_received_at: received(1), received_at: received(1) }),
    ];
    expect(resolve(facts)).toMatchObject({ first_received_at: received(1), updated_at: received(3) });
    const late = new Journeys(
      new IdentityGraph([exampleLink('c', 'p1', { first_received_at: received(4) })]),
      [],
    );
    expect(resolve(facts, late)).toMatchObject({ first_received_at: received(1), updated_at: received(4) });
  });

  it('is one row for one set of facts, however they come', () => {
    const facts = fc.uniqueArray(
      fc
        .record({
          source: fc.constantFrom('pixel-server', 'pixel-browser', 'a', 'b'),
          player_id: fc.constantFrom('p', 'q', null),
          click_id: fc.constantFrom('c', 'd', null),
          amount: fc.constantFrom('1', '2', null),
          currency: fc.constantFrom('EUR', 'USD'),
          custom: fc.dictionary(fc.constantFrom('x', 'y'), fc.nat({ max: 2 })),
        })
        .map((change) => exampleFact(change)),
      { selector: (f) => f.source, minLength: 1 },
    );
    fc.assert(
      fc.property(facts, (set) => {
        expect(resolve(set.toReversed())).toEqual(resolve(set));
      }),
    );
  });

  describe('what was taken back', () => {
    const returned = (change: Partial<ReturnFact> = {}): ReturnFact => {
      const { conversion_id, brand, conversion_key, event_id, receipt_id, occurred_at } = server();
      const fact = { conversion_id, brand, conversion_key, event_id, receipt_id, occurred_at };
      const kind = { kind: 'refund' as const, conversion_type: 'deposit' as const, return_id: 'r' };
      const word = {
        source: 'partner',
        trust: null,
        version: 1n,
        received_at: '2026-12-01T00:00:00.000000Z',
      };
      return { ...fact, ...kind, ...word, amount: '10', currency: 'USD', ...change };
    };
    const reversal = (change: Partial<ReturnFact> = {}): ReturnFact =>
      returned({ kind: 'reversal', return_id: '', amount: null, currency: null, ...change });

    it.each<[string, ReturnFact[], Partial<Conversion>]>([
      ['one refund', [returned()], { net_amount: '30', conflict: false }],
      ['two', [returned(), returned({ return_id: 's', amount: '5.5' })], { net_amount: '24.5' }],
      [
        'one, as its weightiest source tells it',
        [returned({ source: 'a', trust: 'postback', amount: '11' }), returned(), returned({ source: 'z' })],
        { net_amount: '30', sources: ['a', 'partner', 'pixel-server', 'z'] },
      ],
      ['all of it', [returned({ amount: '40' })], { net_amount: '0', status: 'approved', conflict: false }],
      ['more than was paid', [returned({ amount: '41' })], { net_amount: '0', conflict: true }],
      ['some in another currency', [returned({ currency: 'EUR' })], { net_amount: '40', conflict: true }],
    ])('lessens the money by %s', (_what, returns, expected) => {
      expect(resolve([server()], nobody, returns)).toMatchObject({ amount: '40', ...expected });
    });

    it('is everything where any source reverses it', () => {
      const by = [reversal({ source: 'b.postback', trust: 'postback' }), reversal()];
      const c = resolve([server()], nobody, [...by, returned()]);
      expect(c).toMatchObject({ status: 'reversed', amount: '40', net_amount: '0' });
      expect(c.provenance['status']).toBe('partner');
      expect(c.updated_at).toBe(by[0]!.received_at);
    });
  });

  it('earns nothing where it was rejected, and its money where it is pending', () => {
    expect(resolve([partner({ status: 'rejected' })])).toMatchObject({ net_amount: '0', status: 'rejected' });
    expect(resolve([partner({ status: 'pending' })])).toMatchObject({ net_amount: '40', status: 'pending' });
  });

  it('takes the click from a pixel before a partner, and the rest from the partner', () => {
    const c = resolve([
      partner({ click_id: 'theirs', client_id: 'g' }),
      browser({ click_id: 'ours', amount: '1' }),
    ]);
    expect(c).toMatchObject({ click_id: 'ours', client_id: 'g', amount: '40', conflict: true });
    expect(c.provenance).toMatchObject({ click_id: 'pixel-browser', client_id: 'partner' });
  });
});
