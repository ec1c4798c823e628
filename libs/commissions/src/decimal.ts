import BigNumber from 'big.js';
import { MAX_SCALE, exponentOf } from '#libs/events';

/** Exact for +, − and ×; the one division (`fx-factors.ts`) is rounded half-even to 18 places. */
export type Decimal = BigNumber;

// A constructor of our own, as precision and rounding of the package's are set for the whole process. Strict: a JavaScript
// number is refused everywhere.
const Big = BigNumber();
Big.DP = MAX_SCALE;
Big.RM = Big.roundHalfEven;
Big.strict = true;

/** The value of a decimal's text. @throws Error where it is none */
export function decimal(text: string): Decimal {
  return text === '0' ? ZERO : new Big(text);
}

export const ZERO: Decimal = new Big('0');
export const ONE: Decimal = new Big('1');

/** Σ of decimals' texts. */
export function sumOf(texts: Iterable<string>): Decimal {
  let sum = ZERO;
  for (const text of texts) if (text !== '0') sum = sum.plus(text);
  return sum;
}

/** Canonical text (`parseAmount`), rounded half-even to 18 places as `NUMERIC(38,18)` keeps. */
export function canonical(value: Decimal): string {
  return rounded(value, MAX_SCALE);
}

/** What a line of a statement pays: the exact amount, rounded half-even to the smallest unit of its currency; to 18 places
 * where the currency is none of ISO 4217. Canonical text. */
export function roundLine(exact: string, currency: string): string {
  return rounded(decimal(exact), exponentOf(currency));
}

function rounded(value: Decimal, places: number): string {
  const fits = value.c.length - value.e - 1 <= places;
  const result = fits ? value : value.round(places, Big.roundHalfEven);
  return isZero(result) ? '0' : result.toFixed(); // big.js knows a negative zero
}

export function isZero(value: Decimal): boolean {
  return value.c[0] === 0;
}

export function isNegative(value: Decimal): boolean {
  return value.s < 0 && !isZero(value);
}

/** The lesser of two. */
export function least(a: Decimal, b: Decimal): Decimal {
  return a.lt(b) ? a : b;
}
