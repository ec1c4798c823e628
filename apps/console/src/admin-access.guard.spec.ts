import { SettingsError, readSettings } from '#libs/runtime';
import { isLoopbackHost, showsToken } from './admin-access.guard.js';
import { ConsoleSettings } from './console-settings.js';

test.each([
  ['Bearer s3cret', true],
  ['bearer s3cret', true],
  ['Bearer s3cret ', true],
  ['Bearer s3cre', false],
  ['Bearer s3crets', false],
  ['Basic s3cret', false],
  ['s3cret', false],
  ['Bearer ', false],
  [undefined, false],
])('%s shows the token: %s', (authorization, expected) => {
  expect(showsToken(authorization, 's3cret')).toBe(expected);
});

test.each([
  ['127.0.0.1:8081', true],
  ['127.0.0.1', true],
  ['localhost:8081', true],
  ['[::1]:8081', true],
  ['evil.test:8081', false],
  ['127.0.0.1.evil.test', false],
  ['localhost.evil.test:8081', false],
  [undefined, false],
])('host %s is loopback: %s', (host, expected) => {
  expect(isLoopbackHost(host)).toBe(expected);
});

describe('settings', () => {
  const problemsOf = (environment: Record<string, string>): readonly string[] => {
    try {
      readSettings(ConsoleSettings, environment);
      return [];
    } catch (e) {
      return (e as SettingsError).problems;
    }
  };

  test.each([
    [{}, 0],
    [{ CONSOLE_HOST: '127.0.0.2' }, 0],
    [{ CONSOLE_HOST: '::1' }, 0],
    [{ CONSOLE_HOST: '0.0.0.0' }, 1],
    [{ CONSOLE_HOST: '0.0.0.0', ADMIN_TOKEN: '' }, 1],
    [{ CONSOLE_HOST: '0.0.0.0', ADMIN_TOKEN: 's3cret' }, 0],
    [{ CONSOLE_PORT: '70000', ADMIN_TOKEN: 'white space' }, 2],
  ])('%j has %d problems', (environment, count) => {
    expect(problemsOf(environment)).toHaveLength(count);
  });

  it('never shows a value', () => {
    expect(problemsOf({ ADMIN_TOKEN: 'se cret' }).join()).not.toContain('se cret');
  });
});
