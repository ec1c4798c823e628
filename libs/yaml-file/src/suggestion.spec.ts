import { suggestion } from './suggestion.js';

describe('a suggestion', () => {
  it.each([
    ['pol_interval', ['path', 'poll_interval'], 'poll_interval'],
    ['get', ['GET', 'POST'], 'GET'],
    ['posts', ['GET', 'PUT', 'POST'], 'POST'],
    ['hs265', ['RS256', 'HS256', 'none'], 'HS256'],
    ['PATH', ['pattern', 'path'], 'path'],
    ['europe/zurich', ['Europe/Berlin', 'Europe/Zurich'], 'Europe/Zurich'],
  ])('for %s of %j is %s', (given, known, meant) => {
    expect(suggestion(given, known)).toBe(` (did you mean ${meant}?)`);
  });

  it.each([
    ['a word like none of them', 'other', ['acme', 'besitos']],
    ['what is no text', 7, ['acme']],
    ['no known word', 'acme', []],
  ])('is none for %s', (_, given, known) => {
    expect(suggestion(given, known)).toBe('');
  });
});
