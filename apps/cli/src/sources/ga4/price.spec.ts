import { bytesText, monthlyPrice, priceText } from './price.js';

const GIB = 1024 ** 3;

it('estimates what a month of queries is billed for', () => {
  expect(monthlyPrice({ daily: GIB, intraday: 0 }, 'PT1H').bytes).toBe(120 * GIB);
  const streaming = monthlyPrice({ daily: GIB, intraday: GIB }, 'PT1H');
  expect(streaming.bytes).toBe((120 + 360) * GIB);
  expect(streaming.usd).toBeCloseTo((480 / 1024) * 6.25, 10);
});

it('bills no query for less than 10 MiB', () => {
  expect(monthlyPrice({ daily: 0, intraday: 1024 }, 'P1D').bytes).toBe(300 * 1024 ** 2);
});

it('says what the estimate rests on', () => {
  expect(priceText({ daily: 30 * 1024 ** 2, intraday: 60 * 1024 ** 2 }, 'PT1H')).toBe(
    "about 24.6 GiB and 0.15 USD a month: a day of 30.0 MiB, 4 times, as it is rewritten for three days; today's " +
      'table of 60.0 MiB with every poll (PT1H), half of it on average. That is 6.25 USD a TiB, the list price; the ' +
      'first TiB of a month is free',
  );
  expect(priceText({ daily: 0, intraday: 1 }, 'PT1H')).not.toContain('a day of');
  expect(bytesText(12)).toBe('12 bytes');
});
