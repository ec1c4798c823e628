import { periodArgument } from './arguments.js';

describe('a month on the command line', () => {
  it.each(['1970-01', '2026-10', '2099-12'])('may be %s', (text) => {
    expect(periodArgument(text)).toBe(text);
  });

  it.each([
    '',
    '2026',
    '2026-1',
    '2026-13',
    '2026-00',
    '2026-10-01',
    '1969-12',
    '2100-01',
    '9999-12',
    '0000-01',
  ])('may not be %j', (text) => {
    expect(() => periodArgument(text)).toThrow('It must be a month from 1970 to 2099, as 2026-10.');
  });
});
