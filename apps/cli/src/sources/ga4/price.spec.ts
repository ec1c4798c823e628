import { bytesText, monthlyPrice, priceText } from './price.js';

const GIB = 1024 ** 3;

it('estimates what a month of queries is billed for', () => {
  expect(monthlyPrice({ daily: GIB, intraday: 0 }, 'PT1H').bytes).toBe(120 * GIB);
  const streaming = monthlyPrice({ daily: GIB, intraday: GIB }, 'PT1H');
  expect(streaming.bytes).toBe((120 + 360) * GIB);
  expect(streaming.usd).toBeCloseTo((480 / 1024) * 6.25, 10);
});

it('says what the estimate rests on', () => {
  expect(priceText({ daily: 3 * 1024 ** 2, intraday: 1024 ** 2 }, 'PT15M')).toBe(
    'about 1.8 GiB and 0.01 USD a month, if every reading were a query: a day of 3.0 MiB 4 times (it is rewritten for ' +
      'three days), and an intraday one of 1.0 MiB by every poll (PT15M), half of it on average; 6.25 USD a TiB by the ' +
      'list price, of which the first TiB of a month is free',
  );
  expect(bytesText(12)).toBe('12 bytes');
});
