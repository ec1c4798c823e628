import { parseInstant, type Instant } from '#libs/events';
import { hasZone, type FormatPart, type TimeFormat, type TimeToken } from './time-format.js';
import { compileZone, timeZoneProblem, type ToUtc } from './time-zone.js';

/** Reads a time as a source writes it; undefined where the text is none. Microseconds are kept, what is finer is cut. */
export type ParseTime = (text: string) => Instant | undefined;

/**
 * @param timezone of times that do not say theirs; without it such a time is refused
 */
export function compileTime(format: TimeFormat, timezone: string | undefined): ParseTime {
  const name = JSON.stringify([format, timezone]);
  let parse = parsers.get(name);
  if (!parse) parsers.set(name, (parse = remembering(compileFormat(format, timezone))));
  return remembering(parse);
}

/** Fields of one form share theirs: of a record that was never changed, both times are the same. */
const parsers = new Map<string, ParseTime>();

/** Records come by their time: the next one often has the same. */
function remembering(parse: ParseTime): ParseTime {
  let lastText: string | undefined;
  let last: Instant | undefined;
  return (text) => {
    if (text !== lastText) {
      last = parse(text);
      lastText = text;
    }
    return last;
  };
}

function compileFormat(format: TimeFormat, timezone: string | undefined): ParseTime {
  const toUtc = timezone === undefined ? undefined : compileZone(timezone);
  if (format === 'iso') return (text) => parseIso(text, toUtc);
  if (format === 'epoch_seconds') return (text) => fromEpoch(text, 6);
  if (format === 'epoch_ms') return (text) => fromEpoch(text, 3);
  if (format === 'epoch_us') return (text) => fromEpoch(text, 0);
  return compileTokens(format, hasZone(format) ? undefined : toUtc);
}

/** What the tokens have told so far; one object is used again and again, as nothing is read at the same time. */
interface Told {
  year: number;
  month: number;
  day: number;
  hour: number;
  /** Of `a`. */
  isAfternoon: boolean | undefined;
  minute: number;
  second: number;
  micros: number;
  zone: ToUtc | undefined;
}

/** Reads one part of the text from an index on; the index behind it, or -1 where it is not there. */
type Step = (text: string, at: number, told: Told) => number;

function compileTokens(parts: readonly FormatPart[], toUtc: ToUtc | undefined): ParseTime {
  const [only] = parts;
  if (only && parts.length === 1 && 'token' in only) {
    if (only.token === 'X') return (text) => fromEpoch(text, 6);
    if (only.token === 'x') return (text) => fromEpoch(text, 3);
  }
  const steps = parts.map((part) => ('text' in part ? literal(part.text) : STEPS[part.token]));
  const told = {} as Told;
  return (text) => {
    told.hour = told.minute = told.second = told.micros = 0;
    told.isAfternoon = undefined;
    told.zone = toUtc;
    let at = 0;
    for (const step of steps) {
      at = step(text, at, told);
      if (at === -1) return undefined;
    }
    return at === text.length ? instantOf(told) : undefined;
  };
}

function literal(expected: string): Step {
  return (text, at) => (text.startsWith(expected, at) ? at + expected.length : -1);
}

/** The digits from an index on, at least and at most so many; how many there were is what `digitsRead` says. */
function digits(text: string, at: number, least: number, most: number): number {
  let value = 0;
  let count = 0;
  while (count < most) {
    const digit = text.charCodeAt(at + count) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    value = value * 10 + digit;
    count++;
  }
  digitsRead = count;
  return count < least ? -1 : value;
}
let digitsRead = 0;

type NumberField = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';

function number(field: NumberField, least: number, most: number): Step {
  return (text, at, told) => {
    const value = digits(text, at, least, most);
    if (value === -1) return -1;
    told[field] = value;
    return at + digitsRead;
  };
}

/** Digits behind the point of a second, as many as there are. */
function fraction(least: number, most: number): Step {
  return (text, at, told) => {
    const end = readFraction(text, at, told);
    return end - at < least || end - at > most ? -1 : end;
  };
}

function readFraction(text: string, at: number, told: { micros: number }): number {
  let end = at;
  let micros = 0;
  for (; ; end++) {
    const digit = text.charCodeAt(end) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    if (end - at < 6) micros = micros * 10 + digit;
  }
  for (let i = end - at; i < 6; i++) micros *= 10;
  told.micros = micros;
  return end;
}

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
].map((name) => name.toLowerCase());

function monthName(length: number | undefined): Step {
  const names = MONTHS.map((name) => name.slice(0, length));
  return (text, at, told) => {
    const rest = text.slice(at, at + 9).toLowerCase();
    const month = names.findIndex((name) => rest.startsWith(name));
    if (month === -1) return -1;
    told.month = month + 1;
    return at + names[month]!.length;
  };
}

function zone(pattern: RegExp): Step {
  return (text, at, told) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) return -1;
    const toUtc = zoneNamed(found);
    if (toUtc === undefined) return -1;
    told.zone = toUtc;
    return at + found.length;
  };
}

const zones = new Map<string, ToUtc | undefined>();

function zoneNamed(text: string): ToUtc | undefined {
  if (!zones.has(text)) {
    if (zones.size >= 1000) zones.clear();
    const [, sign, hours = '', minutes = '00'] = /^([+-])(\d{1,2}):?(\d\d)?$/.exec(text) ?? [];
    const name = sign === undefined ? text : `${sign}${hours.padStart(2, '0')}:${minutes}`;
    zones.set(text, timeZoneProblem(name) === undefined ? compileZone(name) : undefined);
  }
  return zones.get(text);
}

const STEPS: Record<TimeToken, Step> = {
  yyyy: number('year', 4, 4),
  yy: (text, at, told) => {
    const value = digits(text, at, 2, 2);
    told.year = value > 60 ? 1900 + value : 2000 + value;
    return value === -1 ? -1 : at + 2;
  },
  M: number('month', 1, 2),
  MM: number('month', 2, 2),
  MMM: monthName(3),
  MMMM: monthName(undefined),
  d: number('day', 1, 2),
  dd: number('day', 2, 2),
  H: number('hour', 1, 2),
  HH: number('hour', 2, 2),
  h: number('hour', 1, 2),
  hh: number('hour', 2, 2),
  a: (text, at, told) => {
    const half = text.slice(at, at + 2).toLowerCase();
    told.isAfternoon = half === 'pm';
    return half === 'am' || half === 'pm' ? at + 2 : -1;
  },
  m: number('minute', 1, 2),
  mm: number('minute', 2, 2),
  s: number('second', 1, 2),
  ss: number('second', 2, 2),
  SSS: fraction(3, 3),
  u: fraction(1, 9),
  Z: zone(/[+-]\d{1,2}(?::\d\d)?/y),
  ZZ: zone(/[+-]\d{1,2}(?::\d\d)?/y),
  ZZZ: zone(/[+-]\d{1,2}(?:\d\d)?/y),
  z: zone(/[A-Za-z_+\-/0-9]{1,64}/y),
  X: () => -1,
  x: () => -1,
};

function instantOf(t: Told): Instant | undefined {
  let { hour } = t;
  if (t.isAfternoon !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (t.isAfternoon ? 12 : 0);
  }
  if (t.zone === undefined || t.month < 1 || t.month > 12 || t.day < 1 || t.day > daysOf(t.year, t.month)) {
    return undefined;
  }
  const atEnd = hour === 24 && t.minute === 0 && t.second === 0 && t.micros === 0;
  if ((hour > 23 && !atEnd) || t.minute > 59 || t.second > 59) return undefined;
  const localMs =
    daysSinceEpoch(t.year, t.month, t.day) * 86_400_000 +
    hour * 3_600_000 +
    t.minute * 60_000 +
    t.second * 1000;
  return instantAt(t.zone(localMs), t.micros);
}

/** The instant of so many whole seconds (as milliseconds) and microseconds. */
function instantAt(ms: number, micros: number): Instant | undefined {
  if (!(ms >= FIRST_MS && ms <= LAST_MS)) return undefined;
  const days = Math.floor(ms / 86_400_000);
  const date = dateOf(days);
  const second = (ms - days * 86_400_000) / 1000;
  const h = Math.floor(second / 3600);
  const m = Math.floor((second % 3600) / 60);
  return `${date}T${TWO[h]}:${TWO[m]}:${TWO[Math.floor(second % 60)]}.${micros === 0 ? '000000' : String(micros).padStart(6, '0')}Z`;
}

const FIRST_MS = -62_167_219_200_000; // 0000-01-01T00:00:00Z
const LAST_MS = 253_402_300_799_999; // 9999-12-31T23:59:59.999Z
const TWO = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'));

/** Days as they are written: records are of few. */
const dates = new Map<number, string>();

function dateOf(days: number): string {
  let date = dates.get(days);
  if (date === undefined) {
    if (dates.size >= 20_000) dates.clear();
    date = new Date(days * 86_400_000).toISOString().slice(0, 10);
    dates.set(days, date);
  }
  return date;
}

/** Days from 1970-01-01 (https://howardhinnant.github.io/date_algorithms.html#days_from_civil). */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const isoTold = {} as Told;
const ISO_ZONE = /^[+-]\d\d(?::?\d\d)?$/;
const ISO_WITH_ZONE = /T.*(?:Z|[+-]\d\d(?::?\d\d)?)$/i;

/** ISO 8601: the extended form without a regular expression, anything else as every instant is read. */
function parseIso(text: string, toUtc: ToUtc | undefined): Instant | undefined {
  const t = isoTold;
  t.year = digits(text, 0, 4, 4);
  if (t.year === -1 || text.charCodeAt(4) !== 45) return parseOtherIso(text, toUtc);
  t.month = digits(text, 5, 2, 2);
  t.day = text.charCodeAt(7) === 45 ? digits(text, 8, 2, 2) : -1;
  t.hour = t.minute = t.second = t.micros = 0;
  t.isAfternoon = undefined;
  t.zone = toUtc;
  if (text.length > 10) {
    const sign = text.charCodeAt(10);
    if ((sign | 32) !== 116 && sign !== 32) return undefined;
    t.hour = digits(text, 11, 2, 2);
    t.minute = text.charCodeAt(13) === 58 ? digits(text, 14, 2, 2) : -1;
    if (t.hour === -1 || t.minute === -1) return parseOtherIso(text, toUtc);
    let at = 16;
    if (text.charCodeAt(16) === 58) {
      t.second = digits(text, 17, 2, 2);
      if (t.second === -1) return undefined;
      at = 19;
      const point = text.charCodeAt(19);
      if (point === 46 || point === 44) {
        at = readFraction(text, 20, t);
        if (at === 20) return undefined;
      }
    }
    if (text.charCodeAt(at) === 32) at++;
    if (at < text.length) {
      const rest = text.slice(at);
      if (rest === 'Z' || rest === 'z') t.zone = UTC;
      else if (ISO_ZONE.test(rest)) t.zone = zoneNamed(rest);
      else return undefined;
    }
  }
  return instantOf(t);
}

const UTC: ToUtc = (localMs) => localMs;

/** The basic form, and hours without minutes. */
function parseOtherIso(text: string, toUtc: ToUtc | undefined): Instant | undefined {
  const instant = parseInstant(text);
  if (instant === undefined || ISO_WITH_ZONE.test(text.replace(' ', 'T'))) return instant;
  return toUtc && instantAt(toUtc(Date.parse(`${instant.slice(0, 19)}Z`)), Number(instant.slice(20, 26)));
}

const EPOCH = /^-?\d{1,18}(?:\.\d+)?$/;

/** An epoch whose unit is 10^scale microseconds; a fraction of it counts as far as microseconds go. */
function fromEpoch(text: string, scale: number): Instant | undefined {
  if (!EPOCH.test(text)) return undefined;
  const point = text.indexOf('.');
  const whole = point === -1 ? text : text.slice(0, point);
  const fraction = point === -1 ? '' : text.slice(point + 1, point + 1 + scale);
  const micros = BigInt(whole + fraction.padEnd(scale, '0'));
  const seconds = micros / 1_000_000n - (micros % 1_000_000n < 0n ? 1n : 0n);
  return instantAt(Number(seconds) * 1000, Number(micros - seconds * 1_000_000n));
}
