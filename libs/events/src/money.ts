/** An amount of money: a canonical decimal string (`parseAmount`) and an upper-case currency code. */
export interface Money {
  amount: string;
  currency: string;
}

const DECIMAL = /^(-?)(\d{1,20})(?:\.(\d{1,18}))?$/;

/**
 * The canonical form of a plain decimal: no leading zeros, no trailing zeros behind the point, no negative
 * zero (`"040.50"` → `"40.5"`). Up to 20 digits before and 18 behind the point, as `NUMERIC(38,18)` takes.
 * @returns undefined for anything else: exponents, NaN, commas, hex, a plus sign, white space
 */
export function parseAmount(text: string): string | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const whole = match[2]!.replace(/^0+(?=\d)/, '');
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  const digits = fraction === '' ? whole : `${whole}.${fraction}`;
  return match[1] === '-' && digits !== '0' ? `-${digits}` : digits;
}

/** Orders canonical amounts by value without ever making them floats. */
export function compareAmounts(a: string, b: string): number {
  const [x, y] = [scaled(a), scaled(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function scaled(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(18, '0'));
  return amount.startsWith('-') ? -value : value;
}
