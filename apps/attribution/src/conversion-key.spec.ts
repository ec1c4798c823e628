import fc from 'fast-check';
import type { ConversionEvent } from '#libs/events';
import { exampleCanonicalEvents } from '#test/example-events';
import { conversionIdOf, conversionKeyOf } from './conversion-key.js';

const [install, registration, deposit] = exampleCanonicalEvents() as [
  ConversionEvent,
  ConversionEvent,
  ConversionEvent,
];
const click = install.click_id!;

describe('conversionKeyOf', () => {
  it.each([
    ['a deposit is its transaction', deposit, 'tx:123456789'],
    ['an install is its click', install, `click:${click}`],
    ['a registration is its click', registration, `click:${click}`],
    [
      'a registration without a click is its player',
      { ...registration, click_id: undefined },
      'player:1874552',
    ],
    [
      'an install without both is itself',
      { ...install, click_id: undefined, player_id: undefined },
      `event:${install.event_id}`,
    ],
  ])('%s', (_what, event, key) => {
    expect(conversionKeyOf(event)).toBe(key);
  });

  const weak = { ...deposit, transaction_id: undefined };

  it('is one for a weak deposit that two sources tell by one natural key', () => {
    const key = conversionKeyOf(weak);
    expect(key).toMatch(/^event:[0-9a-f]{32}$/);
    expect(conversionKeyOf({ ...weak, source: 'pixel-browser', event_id: 'f'.repeat(64) })).toBe(key);
    expect(conversionKeyOf({ ...weak, natural_key: 'other' })).not.toBe(key);
    expect(conversionKeyOf({ ...weak, brand: 'other' })).not.toBe(key);
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
