import { parseWireFormat, type Unit } from '../windows/wire-format.js';

/** Tokens that Luxon writes alike in every language (https://moment.github.io/luxon/#/formatting?id=table-of-tokens). */
const TOKEN =
  /^(?:S|SSS|u{1,3}|ss?|mm?|hh?|HH?|Z{1,5}|z|a|dd?|E|c|E{3,4}|c{3,4}|M{1,4}|L{1,4}|y|yy|yyyy|kk|kkkk|WW?|nn?|ii|iiii|o|ooo|qq?|X|x)$/;
const PART = /'[^']*'|([A-Za-z])\1*|[^A-Za-z']+|'/g;
const NAMED = ['iso', 'epoch_seconds', 'epoch_ms'];

/** What is wrong with a format in which the ends of windows are written. */
export function windowFormatProblem(format: string): string | undefined {
  if (NAMED.includes(format)) return undefined;
  const parts = [...format.matchAll(PART)];
  if (parts.some(([part]) => part === "'")) return 'must close what it quotes with a second single quote';
  const tokens = parts.filter(([, letter]) => letter !== undefined).map(([token]) => token);
  const other = tokens.find((token) => !TOKEN.test(token));
  if (other !== undefined) {
    const meant = /^[YD]+$/.test(other) ? ` (did you mean ${other.toLowerCase()}?)` : '';
    return `must be ${NAMED.join(', ')} or made of Luxon's tokens, and ${other} is none of those that can be used${meant}; text stands between single quotes`;
  }
  const has = (letters: RegExp): boolean => tokens.some((token) => letters.test(token));
  if (has(/^m/) && !has(/^[hH]/)) return 'must have MM for the month; mm is the minute';
  if (has(/^h/) && !has(/^a/)) return 'must have HH, or a for the half of the day with hh';
  try {
    parseWireFormat(format);
    return undefined;
  } catch {
    return 'must tell one time from another';
  }
}

const LENGTHS: Readonly<Record<Unit, string>> = {
  millisecond: 'PT0.001S',
  second: 'PT1S',
  minute: 'PT1M',
  hour: 'PT1H',
  day: 'P1D',
  week: 'P1W',
  month: 'P1M',
  quarter: 'P3M',
  year: 'P1Y',
};

/** The shortest duration that a format without problem tells apart, as ISO 8601. */
export function shortestOf(format: string): string {
  return LENGTHS[parseWireFormat(format).unit];
}
