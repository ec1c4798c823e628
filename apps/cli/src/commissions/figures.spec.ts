import { figure, figures, percent, pointBelowPoint, shortFigure } from './figures.js';

it.each([
  ['0', 'EUR', '0.00'],
  ['1234567.5', 'EUR', '1,234,567.50'],
  ['-1234.5', 'EUR', '−1,234.50'],
  ['-0.005', 'EUR', '−0.005'],
  ['999', 'JPY', '999'],
  ['1000', 'JPY', '1,000'],
  ['0.5', 'KWD', '0.500'],
  ['12345678901234567890.000000000000000001', 'ETH', '12,345,678,901,234,567,890.000000000000000001'],
  ['2', 'ETH', '2'],
])('writes %s %s as %s', (amount, currency, written) => {
  expect(figure(amount, currency)).toBe(written);
});

it.each([
  ['33.333333333333333333', 'EUR', '33.333333…'],
  ['33.333333', 'EUR', '33.333333'],
  ['-0.0000009', 'JPY', '−0.0000…'],
  ['1.5', 'EUR', '1.50'],
])('cuts %s %s to %s', (amount, currency, written) => {
  expect(shortFigure(amount, currency)).toBe(written);
});

it.each([
  ['0.25', '25 %'],
  ['0.125', '12.5 %'],
  ['0', '0 %'],
  ['1', '100 %'],
  ['0.005', '0.5 %'],
  ['1.5', '150 %'],
  ['-0.1', '−10 %'],
])('writes the rate %s as %s', (rate, written) => {
  expect(percent(rate)).toBe(written);
});

it('gives the figures of a column the same digits', () => {
  expect(figures(['1234', '-0.5'], 'EUR')).toEqual(['1,234.00', '−0.50']);
  expect(figures(['1234', '-0.125'], 'ETH')).toEqual(['1,234.000', '−0.125']);
  expect(figures([], 'EUR')).toEqual([]);
});

it('sets points below one another', () => {
  expect(pointBelowPoint(['1,000.00', '−33.333333…', '', '7'])).toEqual([
    '1,000.00     ',
    '  −33.333333…',
    '',
    '    7        ',
  ]);
});
