import fc from 'fast-check';
import { JsonError, RepeatedKeyError, readJson } from './read-json.js';

describe('readJson', () => {
  it('keeps the digits of a number', () => {
    expect(
      readJson('{"a":123456789012.00000001,"b":[-0,1E+2],"c":"7 \\" 8","9":18745529999999999999}'),
    ).toEqual({
      a: '123456789012.00000001',
      b: ['-0', '1E+2'],
      c: '7 " 8',
      9: '18745529999999999999',
    });
  });

  it('reads what JSON.parse reads, but for numbers', () => {
    const quoteNumbers = (_key: string, value: unknown): unknown =>
      typeof value === 'number' ? JSON.stringify(value) : value;
    fc.assert(
      fc.property(fc.json(), (text) => {
        const plain: unknown = JSON.parse(text);
        expect(readJson(JSON.stringify(plain))).toEqual(JSON.parse(JSON.stringify(plain), quoteNumbers));
      }),
    );
  });

  it.each(['', '{', '{"a":01}', '{1:2}', '[1,]', 'nul', '{"a":1}x'])('refuses %s', (text) => {
    expect(() => readJson(text)).toThrow(JsonError);
  });

  it.each(['{"a":1,"a":1}', '[{"b":{"a":1,"\\u0061":2}}]', '{"a":{},"a":[]}'])('refuses %s', (text) => {
    expect(() => readJson(text)).toThrow(RepeatedKeyError);
  });

  it.each(['[{"a":1},{"a":1}]', '{"a":{"a":"a"}}', '{"a":["a","a"]}'])('takes %s', (text) => {
    expect(() => readJson(text)).not.toThrow();
  });
});
