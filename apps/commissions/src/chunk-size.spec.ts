import { FIRST_CHUNK, nextChunk } from './chunk-size.js';

it.each([
  ['grows where it was quick', 100, 100, 200],
  ['but not without end', 1_000, 100, 1_000],
  ['stays where it was neither', 400, 1_000, 400],
  ['shrinks where it was slow', 400, 2_001, 200],
  ['but there is always one', 1, 60_000, 1],
])('a chunk %s', (_case, size, ms, next) => {
  expect(nextChunk(size, ms)).toBe(next);
});

it('is soon as large as it gets', () => {
  let size = FIRST_CHUNK;
  for (let i = 0; i < 4; i++) size = nextChunk(size, 0);
  expect(size).toBe(nextChunk(size, 0));
});
