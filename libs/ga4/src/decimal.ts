import { MAX_SCALE, amountOfUnits, parseAmount } from '#libs/events';
import type { JsonValue } from '#libs/sources';

const NUMBER = /^(-?)(\d{1,40})(?:\.(\d{0,400}))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * The canonical decimal of a FLOAT64, an INT64 or the text of one: its shortest digits without exponent, as JavaScript
 * and BigQuery write them, never another float. Digits behind the 18th place, which are a float's noise, are rounded
 * half-even. Undefined for NaN, infinities, what has more than 20 digits before the point, and what is no number.
 */
export function decimalOf(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const text = String(value);
  return parseAmount(text) ?? unfolded(text);
}

function unfolded(text: string): string | undefined {
  const parts = NUMBER.exec(text);
  if (!parts) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const digits = whole + fraction;
  const scale = fraction.length - Number(exponent);
  if (scale <= MAX_SCALE)
    return parseAmount(sign + amountOfUnits(BigInt(digits) * 10n ** BigInt(MAX_SCALE - scale), MAX_SCALE));
  return parseAmount(
    sign + amountOfUnits(halfEven(BigInt(digits), 10n ** BigInt(scale - MAX_SCALE)), MAX_SCALE),
  );
}

function halfEven(units: bigint, divisor: bigint): bigint {
  const whole = units / divisor;
  const twice = (units % divisor) * 2n;
  return twice > divisor || (twice === divisor && whole % 2n === 1n) ? whole + 1n : whole;
}
