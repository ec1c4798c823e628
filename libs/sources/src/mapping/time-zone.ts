import { closest } from 'fastest-levenshtein';
import { IANAZone } from 'luxon';

/** The instant (epoch milliseconds) of a local time, which is given as the epoch milliseconds that it would be in UTC. */
export type ToUtc = (localMs: number) => number;

const OFFSET = /^([+-])([01]\d|2[0-3]):([0-5]\d)$/;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What a bare abbreviation may mean. Most mean several things, and none says when clocks change. */
const ABBREVIATIONS: Readonly<Record<string, readonly [offset: string, name: string]>> = {
  EST: ['-05:00', 'America/New_York'],
  EDT: ['-04:00', 'America/New_York'],
  ET: ['-05:00', 'America/New_York'],
  CST: ['-06:00', 'America/Chicago'],
  CDT: ['-05:00', 'America/Chicago'],
  MST: ['-07:00', 'America/Denver'],
  MDT: ['-06:00', 'America/Denver'],
  PST: ['-08:00', 'America/Los_Angeles'],
  PDT: ['-07:00', 'America/Los_Angeles'],
  PT: ['-08:00', 'America/Los_Angeles'],
  GMT: ['+00:00', 'Europe/London'],
  BST: ['+01:00', 'Europe/London'],
  WET: ['+00:00', 'Europe/Lisbon'],
  CET: ['+01:00', 'Europe/Berlin'],
  CEST: ['+02:00', 'Europe/Berlin'],
  MET: ['+01:00', 'Europe/Berlin'],
  EET: ['+02:00', 'Europe/Helsinki'],
  EEST: ['+03:00', 'Europe/Helsinki'],
  MSK: ['+03:00', 'Europe/Moscow'],
  IST: ['+05:30', 'Asia/Kolkata'],
  JST: ['+09:00', 'Asia/Tokyo'],
  HST: ['-10:00', 'Pacific/Honolulu'],
  AEST: ['+10:00', 'Australia/Sydney'],
};

/** What is wrong with the name of a time zone: it must be `UTC`, an offset (`-05:00`) or a name of the IANA database. */
export function timeZoneProblem(text: string): string | undefined {
  if (text === 'UTC' || OFFSET.test(text)) return undefined;
  const meant = Object.hasOwn(ABBREVIATIONS, text.toUpperCase())
    ? ABBREVIATIONS[text.toUpperCase()]
    : undefined;
  if (meant) {
    const [offset, name] = meant;
    return `must not be the bare ${text}, which does not say whether clocks change: write "${offset}" where they do not, ${name} where they do`;
  }
  if (text.includes('/')) {
    if (IANAZone.isValidZone(text)) return undefined;
    return `must be a name of the IANA database, UTC or an offset as "-05:00" (did you mean ${closest(text, Intl.supportedValuesOf('timeZone'))}?)`;
  }
  return 'must be a name of the IANA database (America/New_York), UTC or an offset as "-05:00"';
}

/**
 * Reads local times of a zone. Where clocks go forward, a time that does not exist is read with the offset before the
 * change, so that 02:30 becomes 03:30 of summer time; where they go back, a time that is there twice is the first of
 * the two, again by the offset before the change (RFC 5545, 3.3.5).
 * @param zone one without `timeZoneProblem`
 */
export function compileZone(zone: string): ToUtc {
  if (zone === 'UTC') return (localMs) => localMs;
  const offset = OFFSET.exec(zone);
  if (!offset) return throughZone(IANAZone.create(zone));
  const ms = (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === '-' ? -60_000 : 60_000);
  return (localMs) => localMs - ms;
}

const MAX_CACHED = 20_000;

/** Asking for an offset costs microseconds, so that what is known of a day, or of a minute of a day on which clocks
 * may change, is kept. */
function throughZone(zone: IANAZone): ToUtc {
  const ofDay = new Map<number, number | undefined>();
  const ofMinute = new Map<number, number>();
  const offsetMs = (utcMs: number): number => Math.round(zone.offset(utcMs) * 60_000);
  return (localMs) => {
    const day = Math.floor(localMs / DAY_MS);
    let offset = ofDay.get(day);
    if (offset === undefined && !ofDay.has(day)) {
      if (ofDay.size >= MAX_CACHED) ofDay.clear();
      const before = offsetMs(day * DAY_MS - 2 * DAY_MS);
      offset = before === offsetMs((day + 1) * DAY_MS + 2 * DAY_MS) ? before : undefined;
      ofDay.set(day, offset);
    }
    if (offset !== undefined) return localMs - offset;
    const minute = Math.floor(localMs / 60_000);
    let near = ofMinute.get(minute);
    if (near === undefined) {
      if (ofMinute.size >= MAX_CACHED) ofMinute.clear();
      near = offsetNearChange(offsetMs, minute * 60_000);
      ofMinute.set(minute, near);
    }
    return localMs - near;
  };
}

function offsetNearChange(offsetMs: (utcMs: number) => number, localMs: number): number {
  const before = offsetMs(localMs - 2 * DAY_MS);
  const after = offsetMs(localMs + 2 * DAY_MS);
  for (const offset of [before, after]) if (offsetMs(localMs - offset) === offset) return offset;
  return before;
}
