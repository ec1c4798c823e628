import { closest } from 'fastest-levenshtein';
import { DateTime, IANAZone } from 'luxon';
import { amountOfUnits, compareAmounts, parseAmount, unitsOf } from '#libs/events';
import type { TextProblem } from '#libs/yaml-file';

/** So many digits behind the point of a percentage are a rate's, of which an amount has 18. */
const PERCENT_SCALE = 16;
const PERCENTAGE = /^(\d{1,3}(?:\.\d{1,16})?) ?%$/;

/** The fraction that a percentage is, exactly: `25%` → `0.25`; undefined of any other text, and beyond 100%. */
export function rateOf(percentage: string): string | undefined {
  const percent = parseAmount(PERCENTAGE.exec(percentage)?.[1] ?? '');
  if (percent === undefined || compareAmounts(percent, '100') > 0) return undefined;
  return amountOfUnits(unitsOf(percent, PERCENT_SCALE), PERCENT_SCALE + 2);
}

/** The canonical decimal of money as a file has it; undefined where it is none, or below zero. */
export function amountOf(written: string | number): string | undefined {
  const amount = parseAmount(String(written));
  return amount?.startsWith('-') ? undefined : amount;
}

function zoneProblem(text: string): string | undefined {
  if (text === 'UTC' || (text.includes('/') && IANAZone.isValidZone(text))) return undefined;
  const meant = text.includes('/')
    ? ` (did you mean ${closest(text, Intl.supportedValuesOf('timeZone'))}?)`
    : '';
  return `must be a name of the IANA database, as Europe/Malta, or UTC${meant}`;
}

/** Formats of texts in files of deals, by the names that their schema uses. */
export const DEAL_FORMATS = {
  percentage: (text) =>
    rateOf(text) === undefined ? 'must be a percentage from 0% to 100%, as 25% or 0.5%' : undefined,
  money: (text) =>
    amountOf(text) === undefined
      ? 'must be a plain decimal of up to 20 digits before the point and 18 behind it, as 100 or "0.05"'
      : undefined,
  day: (text) =>
    /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid
      ? undefined
      : 'must be a day, as 2026-01-01',
  'time-zone': zoneProblem,
  wildcard: (text) =>
    text.slice(0, -1).includes('*') ? 'may have a * at its end, and nowhere else' : undefined,
} satisfies Record<string, TextProblem>;
