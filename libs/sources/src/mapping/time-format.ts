/**
 * How a time is written, as `time` of a field says it: tokens of Luxon
 * (https://moment.github.io/luxon/#/parsing?id=table-of-tokens) that do not depend on a language, text between single
 * quotes, and signs; or one of the names below.
 */
export type TimeFormat = NamedFormat | readonly FormatPart[];

/** Names in place of tokens. */
export const NAMED_FORMATS = ['iso', 'epoch_seconds', 'epoch_ms', 'epoch_us'] as const;
export type NamedFormat = (typeof NAMED_FORMATS)[number];

/** A token, or text that stands as it is. */
export type FormatPart = { token: TimeToken } | { text: string };

/** What the tokens mean; names of months are English. */
const TOKENS = {
  yyyy: 'year',
  yy: 'year',
  M: 'month',
  MM: 'month',
  MMM: 'month',
  MMMM: 'month',
  d: 'day',
  dd: 'day',
  H: 'hour',
  HH: 'hour',
  h: 'hour',
  hh: 'hour',
  a: 'half',
  m: 'minute',
  mm: 'minute',
  s: 'second',
  ss: 'second',
  SSS: 'fraction',
  u: 'fraction',
  Z: 'zone',
  ZZ: 'zone',
  ZZZ: 'zone',
  z: 'zone',
  X: 'epoch',
  x: 'epoch',
} as const;

export type TimeToken = keyof typeof TOKENS;
/** What a token tells of a time. */
export type TimeUnit = (typeof TOKENS)[TimeToken];

/** What was probably meant by letters of other libraries and languages. */
const MEANT: Readonly<Record<string, string>> = {
  YYYY: 'yyyy',
  YY: 'yy',
  DD: 'dd',
  D: 'd',
  A: 'a',
  y: 'yyyy',
  T: "'T'",
  t: "'T'",
  SSSSSS: 'u',
  SS: 'u',
  S: 'u',
  n: 'mm',
  i: 'mm',
};

const PART = /'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+/gy;

/** The parts of a format, or what is wrong with it in words. */
export function parseTimeFormat(text: string): TimeFormat | { problem: string } {
  if (isNamed(text)) return text;
  const parts: FormatPart[] = [];
  const units = new Set<TimeUnit>();
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const found = PART.exec(text);
    if (!found) return { problem: 'must close what it quotes with a second single quote' };
    const [whole, quoted, letter] = found;
    if (letter === undefined) parts.push({ text: quoted ?? whole });
    else if (isToken(whole)) {
      if (units.has(TOKENS[whole])) return { problem: `must tell the ${TOKENS[whole]} once` };
      units.add(TOKENS[whole]);
      parts.push({ token: whole });
    } else {
      const meant = Object.hasOwn(MEANT, whole) ? ` (did you mean ${MEANT[whole]}?)` : '';
      return {
        problem: `must be made of Luxon's tokens, and ${whole} is none of those that can be used${meant}; text stands between single quotes`,
      };
    }
  }
  return problemOfUnits(units, parts) ?? parts;
}

function problemOfUnits(
  units: ReadonlySet<TimeUnit>,
  parts: readonly FormatPart[],
): { problem: string } | undefined {
  if (units.has('epoch')) {
    return units.size > 1
      ? { problem: 'must have nothing beside X or x, which are whole instants' }
      : undefined;
  }
  if (units.has('minute') && !units.has('month')) {
    return { problem: 'must have MM for the month; mm is the minute' };
  }
  for (const needed of ['year', 'month', 'day'] as const) {
    if (!units.has(needed)) return { problem: `must tell the ${needed} (a token as yyyy-MM-dd has)` };
  }
  if (units.has('minute') && !units.has('hour'))
    return { problem: 'must tell the hour (HH) with the minute' };
  if (units.has('second') && !units.has('minute'))
    return { problem: 'must tell the minute (mm) with the second' };
  if (units.has('fraction') && !units.has('second'))
    return { problem: 'must tell the second (ss) with its fraction' };
  const twelve = parts.some((p) => 'token' in p && (p.token === 'h' || p.token === 'hh'));
  if (twelve !== units.has('half') && units.has('hour')) {
    return { problem: twelve ? 'must have HH, or a for the half of the day with hh' : 'must have hh with a' };
  }
  return undefined;
}

/** Whether a time that is written so says its zone itself; a text of `iso` may or may not. */
export function hasZone(format: TimeFormat): boolean {
  if (typeof format === 'string') return format !== 'iso';
  return format.some((part) => 'token' in part && ['zone', 'epoch'].includes(TOKENS[part.token]));
}

function isNamed(text: string): text is NamedFormat {
  return (NAMED_FORMATS as readonly string[]).includes(text);
}

function isToken(text: string): text is TimeToken {
  return Object.hasOwn(TOKENS, text);
}
