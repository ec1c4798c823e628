import { knownExponentOf, scaleOf } from '#libs/events';

/**
 * An amount as people read it: `−1,234.50` of `-1234.5` in EUR. It has the digits of its currency, and all that it has
 * beyond them; of a currency whose digits nobody knows those that it has.
 * @param amount a canonical decimal
 */
export function figure(amount: string, currency: string): string {
  return withDigits(amount, knownExponentOf(currency) ?? 0);
}

/** Amounts of one column, all with as many digits as the one that has the most. */
export function figures(amounts: readonly string[], currency: string): string[] {
  const digits = Math.max(knownExponentOf(currency) ?? 0, ...amounts.map(scaleOf));
  return amounts.map((amount) => withDigits(amount, digits));
}

function withDigits(amount: string, least: number): string {
  const [whole = '', fraction = ''] = amount.replace('-', '').split('.');
  const digits = fraction.padEnd(least, '0');
  const sign = amount.startsWith('-') ? '−' : '';
  return `${sign}${whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')}${digits === '' ? '' : `.${digits}`}`;
}

/** How many digits beyond those of the currency are shown of a figure that was not rounded. */
const EXTRA_DIGITS = 4;

/** An exact amount, cut where it has very many digits: `33.333333…`. */
export function shortFigure(amount: string, currency: string): string {
  const shown = (knownExponentOf(currency) ?? EXTRA_DIGITS) + EXTRA_DIGITS;
  const [whole = '', fraction = ''] = amount.split('.');
  if (fraction.length <= shown) return figure(amount, currency);
  return `${figure(`${whole}.${fraction.slice(0, shown)}`, currency)}…`;
}

/** A fraction as people read it: `12.5 %` of `0.125`. @param rate a canonical decimal */
export function percent(rate: string): string {
  const [whole = '', fraction = ''] = rate.replace('-', '').split('.');
  const digits = fraction.padEnd(2, '0');
  const shifted = `${whole}${digits.slice(0, 2)}`.replace(/^0+(?=\d)/, '');
  return `${rate.startsWith('-') ? '−' : ''}${shifted}${digits.length > 2 ? `.${digits.slice(2)}` : ''} %`;
}

/** Figures of different digits, set so that their points stand below one another. */
export function pointBelowPoint(figures: readonly string[]): string[] {
  const behind = (text: string): number => (text.includes('.') ? text.length - text.indexOf('.') : 0);
  const most = Math.max(0, ...figures.map(behind));
  const before = Math.max(0, ...figures.map((text) => text.length - behind(text)));
  return figures.map((text) =>
    text === ''
      ? ''
      : `${' '.repeat(before - (text.length - behind(text)))}${text}${' '.repeat(most - behind(text))}`,
  );
}
