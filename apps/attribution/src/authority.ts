import { compareBytes, type ConversionFact } from '#libs/database';

/**
 * How much a source's word weighs for player, amount, currency, status and time: a partner's API before the
 * server's pixel, that before the browser's.
 */
const AUTHORITY: Record<string, number> = { 'pixel-server': 2, 'pixel-browser': 1 };

/** A source that is not a pixel is a partner's own record. */
const PARTNER = 3;

function authorityOf(source: string): number {
  return AUTHORITY[source] ?? PARTNER;
}

/** Order in which facts of one conversion are asked for a field, the weightiest first; total, so that every
 * replica asks in the same order. */
export function compareAuthority(a: ConversionFact, b: ConversionFact): number {
  return (
    authorityOf(b.source) - authorityOf(a.source) ||
    Number(a.weak) - Number(b.weak) ||
    compareBytes(a.source, b.source) ||
    compareBytes(a.conversion_id, b.conversion_id)
  );
}

/** Order in which they are asked for the click: a pixel knows it first-hand. */
export function compareClickAuthority(a: ConversionFact, b: ConversionFact): number {
  return Number(b.source in AUTHORITY) - Number(a.source in AUTHORITY) || compareAuthority(a, b);
}
