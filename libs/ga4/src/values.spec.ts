import { idOf, instantOfMicros, int64Of, listOf, structOf, textOf } from './values.js';

describe('a text', () => {
  it.each(['', '(not set)', '<Other>', '(data deleted)'])('is none where it is %j', (word) => {
    expect(textOf(word)).toBeUndefined();
  });

  it('is as it stands, and the digits of a number', () => {
    expect(textOf('(direct)')).toBe('(direct)');
    expect(textOf(2_100_450_278)).toBe('2100450278');
    expect(textOf(null)).toBeUndefined();
    expect(textOf({})).toBeUndefined();
  });
});

describe('an id', () => {
  it.each(['null', 'undefined', 'NaN', '(none)', '(not set)', ''])('is none where it is %j', (word) => {
    expect(idOf(word)).toBeUndefined();
  });

  it('has one form of Unicode', () => {
    expect(idOf('e\u0301')).toBe('\u00e9');
  });
});

describe('an INT64', () => {
  it('keeps every digit', () => {
    expect(int64Of('9223372036854775807')).toBe('9223372036854775807');
    expect(int64Of('-591510660')).toBe('-591510660');
    expect(int64Of(1_604_192_073_036_492)).toBe('1604192073036492');
  });

  it.each([[2 ** 63], [1.5], ['1.0'], ['1e3'], [null], [undefined], [true]])(
    'is none where it is %p, which may have been rounded or is something else',
    (value) => {
      expect(int64Of(value)).toBeUndefined();
    },
  );
});

describe('an instant of microseconds', () => {
  it('has all six digits, from text as from a number', () => {
    expect(instantOfMicros('1702643009060308')).toBe('2023-12-15T12:23:29.060308Z');
    expect(instantOfMicros(1_702_643_009_060_308)).toBe('2023-12-15T12:23:29.060308Z');
    expect(instantOfMicros('253402300799999999')).toBe('9999-12-31T23:59:59.999999Z');
  });

  it.each([['253402300800000000'], ['9223372036854775807'], ['-1702643009060308'], ['1'], ['x'], [null]])(
    'is none where it is %p',
    (value) => {
      expect(instantOfMicros(value)).toBeUndefined();
    },
  );
});

describe('a nested column', () => {
  it('is itself or the JSON text of itself', () => {
    expect(structOf({ a: 1 })).toEqual({ a: 1 });
    expect(structOf('{"a":1}')).toEqual({ a: 1 });
    expect(listOf('[1]')).toEqual([1]);
    expect(listOf([1])).toEqual([1]);
  });

  it.each([['null'], [''], [null], [undefined]])('is nothing where it is %p', (value) => {
    expect(structOf(value)).toBeUndefined();
    expect(listOf(value)).toEqual([]);
  });

  it.each([['(not set)'], ['{'], [1], [true]])('is no struct and no list where it is %p', (value) => {
    expect(structOf(value)).toBeUndefined();
    expect(listOf(value)).toBeUndefined();
  });
});
