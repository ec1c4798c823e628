const NUMERAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** A JavaScript number holds any decimal of so many digits to the last one (IEEE 754 binary64). */
const EXACT_DIGITS = 15;
/** The smallest number of full precision is 2.2e-308. */
const SMALLEST = 1e-300;
/** A power of ten up to this is written out; what is larger stays as it was written. */
const WRITTEN_OUT = 400;

/**
 * A JSON numeral as a number where no digit is lost, else as decimal text without an exponent: integers beyond
 * ±(2^53−1), and more than 15 digits, leading zeros not counted. A negative zero stays the number -0, which prints
 * as 0. A power of ten beyond ±400 stays as it was written.
 */
export function exactNumber(numeral: string): number | string {
  const value = Number(numeral);
  const [, sign, whole, fraction = '', power = '0'] = NUMERAL.exec(numeral)!;
  if (fraction === '' && power === '0') return Number.isSafeInteger(value) ? value : numeral;
  const digits = (whole! + fraction).replace(/^0+/, '');
  if (digits === '') return value;
  const size = Math.abs(value);
  if (digits.length <= EXACT_DIGITS && size >= SMALLEST && size <= Number.MAX_SAFE_INTEGER) return value;
  const exponent = Number(power);
  return Math.abs(exponent) > WRITTEN_OUT ? numeral : sign! + withoutExponent(whole!, fraction, exponent);
}

function withoutExponent(whole: string, fraction: string, exponent: number): string {
  const point = whole.length + exponent;
  const digits = '0'.repeat(Math.max(0, 1 - point)) + whole + fraction;
  const at = Math.max(1, point);
  const integer = digits
    .slice(0, at)
    .padEnd(at, '0')
    .replace(/^0+(?=\d)/, '');
  const rest = digits.slice(at);
  return rest === '' ? integer : `${integer}.${rest}`;
}

// A numeral stands at the start, behind a colon, a bracket or a comma.
const MAY_LOSE = /[:,[]\s*-?(?:\d{16}|[\d.]{17}|[\d.]+[eE])/;
const BARE_NUMERAL = /^\s*-?\d/;

/**
 * Whether `JSON.parse` of the text could lose a digit: false only if every numeral has at most 15 digits and no
 * exponent. May be true without need, for instance because of a text that has such a numeral behind a comma.
 */
export function mayLoseDigits(json: string): boolean {
  return MAY_LOSE.test(json) || BARE_NUMERAL.test(json);
}
