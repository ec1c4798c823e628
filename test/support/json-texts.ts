import fc from 'fast-check';

const digits = (max: number) => fc.stringMatching(new RegExp(`^\\d{1,${max}}$`));
const whole = fc.oneof(fc.constant('0'), fc.stringMatching(/^[1-9]\d{0,24}$/));
const power = fc.oneof(fc.integer({ min: -330, max: 330 }), fc.integer({ min: -20, max: 20 })).map(String);

/** A numeral as RFC 8259 allows it, of few digits or many. */
export const anyNumeral = fc
  .tuple(
    fc.constantFrom('', '-'),
    whole,
    fc.option(digits(20), { nil: undefined }),
    fc.option(power, { nil: undefined }),
  )
  .map(([sign, int, fraction, exponent]) =>
    [
      sign,
      int,
      fraction === undefined ? '' : `.${fraction}`,
      exponent === undefined ? '' : `e${exponent}`,
    ].join(''),
  );

const anyText = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom('[1,12345678901234567890]', '\\u', '"', '\ud83d', '\u0000\u001f', 'x'.repeat(300)),
  )
  .map((text) => JSON.stringify(text));

const anyName = fc.oneof(
  fc.constantFrom('a', 'b', 'data', '__proto__', 'constructor', '0', '').map((name) => JSON.stringify(name)),
  anyText,
);
const space = fc.constantFrom('', '', '', ' ', '\n', '\t \r\n');

/** Texts of JSON values of any kind, with any white space, members named twice and numbers of any length. */
export const anyJson = fc.letrec<{ value: string; array: string; object: string }>((tie) => ({
  value: fc
    .tuple(
      space,
      fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        anyNumeral,
        anyText,
        fc.constantFrom('true', 'false', 'null', '{}', '[]'),
        tie('array'),
        tie('object'),
      ),
      space,
    )
    .map((parts) => parts.join('')),
  array: fc.array(tie('value'), { maxLength: 5 }).map((items) => `[${items.join(',')}]`),
  object: fc
    .array(fc.tuple(space, anyName, space, tie('value')), { maxLength: 5 })
    .map((members) => `{${members.map(([a, name, b, value]) => `${a}${name}${b}:${value}`).join(',')}}`),
})).value;

/** Bytes cut into chunks anywhere, some of them empty. */
export async function* inChunks(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const at = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b), bytes.length];
  for (let i = 1; i < at.length; i++) yield bytes.subarray(at[i - 1], at[i]);
}

/** Where to cut, as shares of the whole. */
export const anyCuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
