import fc from 'fast-check';
import { readLines } from './read-lines.js';

async function linesIn(chunks: Buffer[]): Promise<[number, string][]> {
  async function* stream(): AsyncGenerator<Buffer> {
    yield* chunks;
  }
  const lines: [number, string][] = [];
  for await (const { number, bytes } of readLines(stream())) lines.push([number, bytes.toString()]);
  return lines;
}

it.each([
  ['', []],
  ['a', [[1, 'a']]],
  ['a\n', [[1, 'a']]],
  [
    '\na\n\nb',
    [
      [1, ''],
      [2, 'a'],
      [3, ''],
      [4, 'b'],
    ],
  ],
])('reads %j', async (text, lines) => {
  expect(await linesIn([Buffer.from(text)])).toEqual(lines);
});

it('reads the same lines however the stream is cut', async () => {
  const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '\u{1f600}', '\n') }));
  await fc.assert(
    fc.asyncProperty(pieces, fc.integer({ min: 1, max: 5 }), async (texts, size) => {
      const whole = Buffer.from(texts.join(''));
      const cut = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) =>
        whole.subarray(i * size, (i + 1) * size),
      );
      expect(await linesIn(cut)).toEqual(await linesIn([whole]));
    }),
  );
});
