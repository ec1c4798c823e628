import fc from 'fast-check';
import type {
  DepositEvent,
  InstallEvent,
  PayoutEvent,
  RefundEvent,
  RegistrationEvent,
  ReversalEvent,
} from '#libs/events';
import { exampleCanonicalEvents } from '#test/example-events';
import { conversionIdOf, conversionKeyOf, returnedKeyOf } from './conversion-key.js';

const events = exampleCanonicalEvents();
const [install, registration, deposit] = events as unknown as [InstallEvent, RegistrationEvent, DepositEvent];
const payout = events.find((e): e is PayoutEvent & { click_id: string } => e.kind === 'payout')!;
const refund = events.find((e): e is RefundEvent & { click_id: string } => e.kind === 'refund')!;
const reversal = events.find((e): e is ReversalEvent & { click_id: string } => e.kind === 'reversal')!;
const click = install.click_id!;

describe('conversionKeyOf', () => {
  it.each([
    ['a deposit is its transaction', deposit, 'tx:123456789'],
    ["a payout is its partner's transaction", payout, 'tx:offers:123456789'],
    ['an install is its click', install, `click:${click}`],
    ['a registration is its click', registration, `click:${click}`],
    [
      'a registration without a click is its player',
      { ...registration, click_id: undefined },
      'player:1874552',
    ],
  ])('%s', (_what, event, key) => {
    expect(conversionKeyOf(event)).toBe(key);
  });

  it.each([
    ['a weak deposit that two sources tell', { ...deposit, transaction_id: undefined }],
    ['an install without click and player', { ...install, click_id: undefined, player_id: undefined }],
    ['a registration without both', { ...registration, click_id: undefined, player_id: undefined }],
  ])('is one for %s by one natural key', (_what, weak) => {
    const key = conversionKeyOf(weak);
    expect(key).toMatch(/^event:[0-9a-f]{32}$/);
    expect(conversionKeyOf({ ...weak, source: 'pixel-browser', event_id: 'f'.repeat(64) })).toBe(key);
    expect(conversionKeyOf({ ...weak, natural_key: 'other' })).not.toBe(key);
    expect(conversionKeyOf({ ...weak, brand: 'other' })).not.toBe(key);
  });
});

describe('returnedKeyOf', () => {
  it.each([
    ['a refund of a payout', refund, payout],
    ['a reversal of a payout', reversal, payout],
    ['a reversal of a deposit', { ...reversal, conversion_type: 'deposit' as const }, deposit],
    ['a reversal of a registration', { ...reversal, conversion_type: 'registration' as const }, registration],
    [
      'a reversal of a registration without a click',
      { ...reversal, conversion_type: 'registration' as const, click_id: undefined },
      { ...registration, click_id: undefined },
    ],
  ])('%s names it as its own event does', (_what, taken, conversion) => {
    expect(returnedKeyOf(taken as ReversalEvent)).toBe(conversionKeyOf(conversion as DepositEvent));
  });
});

describe('conversionIdOf', () => {
  it('tells brands, kinds and keys apart', () => {
    const ids = [
      install,
      registration,
      deposit,
      { ...install, brand: 'other' },
      { ...deposit, brand: 'other' },
      { ...deposit, transaction_id: click },
    ].map(conversionIdOf);
    expect(new Set(ids).size).toBe(6);
  });

  it('depends on nothing that another source or another telling changes', () => {
    const other = fc.record({
      source: fc.string(),
      event_id: fc.string(),
      natural_key: fc.string(),
      player_id: fc.string(),
      amount: fc.constantFrom('1', '2'),
      occurred_at: fc.constant('2027-01-01T00:00:00.000000Z'),
    });
    fc.assert(
      fc.property(other, (change) => {
        expect(conversionIdOf({ ...deposit, ...change })).toBe(conversionIdOf(deposit));
      }),
    );
  });
});
