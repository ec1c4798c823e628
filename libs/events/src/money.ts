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
  if (isAmount(text)) return text;
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const whole = match[2]!.replace(/^0+(?=\d)/, '');
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  const digits = fraction === '' ? whole : `${whole}.${fraction}`;
  return match[1] === '-' && digits !== '0' ? `-${digits}` : digits;
}

const CANONICAL = /^(?:0|-?(?:[1-9]\d{0,19}(?:\.\d{0,17}[1-9])?|0\.\d{0,17}[1-9]))$/;

/** Whether the text is an amount in canonical form: what `parseAmount` gives back as it is. */
export function isAmount(text: string): boolean {
  return CANONICAL.test(text);
}

/** Orders canonical amounts by value without ever making them floats. */
export function compareAmounts(a: string, b: string): number {
  const [x, y] = [scaled(a), scaled(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The most digits behind the point that an amount may have. */
export const MAX_SCALE = 18;

function scaled(amount: string): bigint {
  return unitsOf(amount, MAX_SCALE);
}

/**
 * A canonical amount as a whole number of units of 10^-scale (`unitsOf('40.5', 2)` → `4050n`).
 * @param scale at least `scaleOf(amount)`
 */
export function unitsOf(amount: string, scale: number): bigint {
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.');
  const units = BigInt(whole + fraction.padEnd(scale, '0'));
  return amount.startsWith('-') ? -units : units;
}

/** The canonical amount of a number of units of 10^-scale. */
export function amountOfUnits(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  const amount =
    digits.slice(0, digits.length - scale) + (scale > 0 && fraction !== '' ? `.${fraction}` : '');
  return units < 0n ? `-${amount}` : amount;
}

/** How many digits a canonical amount has behind the point. */
export function scaleOf(amount: string): number {
  const point = amount.indexOf('.');
  return point === -1 ? 0 : amount.length - point - 1;
}

/**
 * Currencies by the digits of their smallest unit (ISO 4217, list one, and codes of its past). Written down and not asked
 * of `Intl`, whose answer is that of Unicode CLDR and changes with the version of Node; the database has the same list
 * (`tributary.currency_exponent`).
 */
const CURRENCIES: Record<number, string> = {
  0: `BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF`,
  2: `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
    CHF CNY COP CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD
    HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB
    SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
    USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG ZWL`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};
const exponents = new Map(
  Object.entries(CURRENCIES).flatMap(([exponent, codes]) =>
    codes.split(/\s+/).map((code) => [code, Number(exponent)] as const),
  ),
);

/** Every currency whose smallest unit is known. */
export const KNOWN_CURRENCIES: readonly string[] = [...exponents.keys()];

/** Digits behind the point of a currency's smallest unit; 18 where it is none of ISO 4217, as a coin of a chain. */
export function exponentOf(currency: string): number {
  return exponents.get(currency) ?? MAX_SCALE;
}

/** Digits behind the point of a currency's smallest unit; undefined where it is none of ISO 4217. */
export function knownExponentOf(currency: string): number | undefined {
  return exponents.get(currency);
}
