/**
 * An instant as events carry it: UTC, always six digits of fraction (`2026-11-21T10:00:00.123456Z`), so that
 * instants of the years 0000 to 9999 sort as text.
 */
export type Instant = string;

const DATE = String.raw`(?<year>\d{4})-?(?<month>\d{2})-?(?<day>\d{2})`;
const TIME = String.raw`(?<hour>\d{2})(?::?(?<minute>\d{2})(?::?(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?)?`;
const ZONE = String.raw`(?:Z|(?<sign>[+-])(?<zoneHour>\d{2})(?::?(?<zoneMinute>\d{2}))?)`;
const ISO = new RegExp(`^${DATE}(?:[T ]${TIME} ?${ZONE}?)?$`, 'i');
const CANONICAL =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z$/;
const DAY = /^(?!0000)\d{4}-\d{2}-\d{2}$/; // PostgreSQL has no year 0000
const LAST_MS = 253_402_300_799_999; // 9999-12-31T23:59:59.999Z
const FIRST_MS = -62_167_219_200_000; // 0000-01-01T00:00:00.000Z
const FIRST_STORED_MS = -62_135_596_800_000; // 0001-01-01T00:00:00.000Z

/**
 * Reads an ISO 8601 date or date-time, basic or extended; without a zone it is UTC. Fractions keep six digits,
 * further ones are cut. Midnight at the end of a day (`24:00`) is the next day's.
 * @returns undefined where the text is not one, names a day, time or zone that does not exist, or lies
 * outside the years 0000 to 9999 in UTC
 */
export function parseInstant(text: string): Instant | undefined {
  const parts = ISO.exec(text)?.groups as Partial<Record<string, string>> | undefined;
  if (!parts) return undefined;
  const { year, month, day, hour = '00', minute = '00', second = '00', fraction = '' } = parts;
  const midnightAtEnd = hour === '24' && Number(`${minute}${second}${fraction}`) === 0;
  const date = `${year}-${month}-${day}`;
  const localMs = Date.parse(`${date}T${midnightAtEnd ? '00' : hour}:${minute}:${second}Z`);
  // Date.parse takes the 30th of February for the 2nd of March.
  if (Number.isNaN(localMs) || new Date(localMs).toISOString().slice(0, 10) !== date) return undefined;
  const [zoneHour, zoneMinute] = [Number(parts.zoneHour ?? 0), Number(parts.zoneMinute ?? 0)];
  if (zoneHour > 23 || zoneMinute > 59) return undefined;
  const zoneMs = (zoneHour * 60 + zoneMinute) * (parts.sign === '-' ? -60_000 : 60_000);
  const ms = localMs - zoneMs + (midnightAtEnd ? 86_400_000 : 0);
  if (!isRepresentable(ms)) return undefined;
  return `${new Date(ms).toISOString().slice(0, 19)}.${fraction.padEnd(6, '0').slice(0, 6)}Z`;
}

/** Whether the text is an instant in exactly the form that events carry, of a day and time that exist. */
export function isInstant(text: string): text is Instant {
  if (text === lastInstant) return true; // as in the fields of one record
  if (!CANONICAL.test(text)) return false;
  const day = Number(text.slice(8, 10));
  if (day > 28 && day > daysOf(Number(text.slice(0, 4)), Number(text.slice(5, 7)))) return false;
  lastInstant = text;
  return true;
}
let lastInstant: string | undefined;

/** Whether the text is a day that exists, of the years 0001 to 9999, as `2002-09-06`. */
export function isDate(text: string): boolean {
  return DAY.test(text) && isInstant(`${text}T00:00:00.000000Z`);
}

/** The instant of an epoch in milliseconds. @throws RangeError outside the years 0000 to 9999 */
export function instantFromMs(ms: number): Instant {
  if (!isRepresentable(ms)) throw new RangeError('the instant lies outside the years 0000 to 9999');
  return new Date(ms).toISOString().replace('Z', '000Z');
}

/** Epoch milliseconds of an instant; microseconds are cut. */
export function instantToMs(instant: Instant): number {
  return Date.parse(instant.slice(0, 23) + 'Z');
}

/** Epoch microseconds of an instant. */
export function instantToMicros(instant: Instant): bigint {
  return BigInt(instantToMs(instant)) * 1000n + BigInt(instant.slice(23, 26));
}

/** So many days of 24 hours after an instant; the last that can be told where it lies beyond the year 9999. */
export function instantDaysAfter(instant: Instant, days: number): Instant {
  const ms = instantToMs(instant) + days * 86_400_000;
  return ms > LAST_MS ? instantFromMs(LAST_MS) : instantFromMs(ms).slice(0, 23) + instant.slice(23);
}

/** So many days of 24 hours before an instant; the first of the year 0001 where it lies before that, as nothing older is
 * stored: PostgreSQL has no year 0000, and refuses to be asked for it. */
export function instantDaysBefore(instant: Instant, days: number): Instant {
  const ms = instantToMs(instant) - days * 86_400_000;
  return ms < FIRST_STORED_MS
    ? instantFromMs(FIRST_STORED_MS)
    : instantFromMs(ms).slice(0, 23) + instant.slice(23);
}

/** How many days a month (1 to 12) has. */
function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isRepresentable(ms: number): boolean {
  return ms >= FIRST_MS && ms <= LAST_MS;
}
