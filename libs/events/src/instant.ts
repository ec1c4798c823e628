import { DateTime } from 'luxon';

/**
 * An instant as events carry it: UTC, always six digits of fraction (`2026-11-21T10:00:00.123456Z`), so that
 * instants of the years 0000 to 9999 sort as text.
 */
export type Instant = string;

const ISO =
  /^\d{4}-?\d{2}-?\d{2}(?:[T ]\d{2}(?::?\d{2}(?::?\d{2}(?:[.,](\d{1,9}))?)?)?\s?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * Reads an ISO 8601 date or date-time; without a zone it is UTC. Fractions keep six digits, further ones are cut.
 * @returns undefined where the text is not one, or names a day or time that does not exist
 */
export function parseInstant(text: string): Instant | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const parsed = DateTime.fromISO(text.replace(' ', 'T').replace(' ', '').toUpperCase(), { zone: 'utc' });
  if (!parsed.isValid || parsed.year < 0 || parsed.year > 9999) return undefined;
  const micros = (match[1] ?? '').padEnd(6, '0').slice(0, 6);
  return `${parsed.toFormat("yyyy-MM-dd'T'HH:mm:ss")}.${micros}Z`;
}

/** The instant of an epoch in milliseconds. */
export function instantFromMs(ms: number): Instant {
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
