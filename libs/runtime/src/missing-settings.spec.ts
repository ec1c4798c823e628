import { missingSettings } from './missing-settings.js';

it('names what placeholders need and what is not set, each once', () => {
  const part = {
    url: 'https://${env.HOST}/a',
    other: 'https://${env.HOST}/${env.PATH_OF_IT}?from=${window.from}',
    tokens: ['${secret.KEY}', '${secret.other}', '${secret.there}'],
  };
  const secrets = (name: string): string | undefined =>
    name === 'there' ? 'x' : name === 'other' ? '' : undefined;
  expect(missingSettings(part, { PATH_OF_IT: 'b' }, secrets)).toEqual(['HOST', 'SECRET_KEY', 'SECRET_OTHER']);
  expect(missingSettings({}, {}, secrets)).toEqual([]);
});
