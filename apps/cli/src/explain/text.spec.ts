import { at, facts, item, list, reasoned, wrap } from './text.js';

it.each([
  ['2026-11-21T10:00:00.000000Z', '2026-11-21 10:00:00 UTC'],
  ['2026-11-21T10:20:30.120000Z', '2026-11-21 10:20:30.12 UTC'],
  ['2026-11-21T10:00:00.000001Z', '2026-11-21 10:00:00.000001 UTC'],
])('tells %s', (instant, told) => {
  expect(at(instant)).toBe(told);
});

it('lists in words', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(list)).toEqual(['', 'a', 'a and b', 'a, b and c']);
});

it('breaks lines between words, and leaves a long word whole', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('one-very-long-word two', 7)).toEqual(['one-very-long-word', 'two']);
});

it('sets values in beside their names, their further lines too', () => {
  expect(
    facts([
      ['a', 'one\ntwo'],
      ['long', 'x '.repeat(60).trim()],
      ['none', undefined],
    ])
      .split('\n')
      .map((line) => line.length),
  ).toEqual([10, 10, 94, 38]);
  expect(item('one\ntwo', '1.')).toBe('1. one\n   two');
});

it('tells a reason beside its value where both fit', () => {
  expect(reasoned('40 USD', 'by a', 10)).toBe('40 USD — by a');
  expect(reasoned('40 USD', 'x'.repeat(80), 10)).toBe(`40 USD\n${'x'.repeat(80)}`);
});
