import { DateTime, FixedOffsetZone, IANAZone, type Zone } from 'luxon';

/** Units of time from the smallest, as far as a format can stop at them. */
export const UNITS = [
  'millisecond',
  'second',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
] as const;
export type Unit = (typeof UNITS)[number];

/** How an API writes times. */
export interface WireFormat {
  /** The smallest unit in which its texts differ. */
  unit: Unit;
  /** Its texts name instants; else local times, of which an hour comes twice when the clocks go back. */
  exact: boolean;
  text(at: DateTime): string;
}

const NAMED: Record<string, (at: DateTime) => string> = {
  iso: (at) => at.toISO()!,
  epoch_seconds: (at) => String(Math.floor(at.toMillis() / 1000)),
  epoch_ms: (at) => String(at.toMillis()),
};

// A day in the middle of its week, month, quarter and year.
const BASE = DateTime.fromISO('2001-02-07T04:05:06.007Z', { zone: 'utc' });
// The same local time twice.
const REPEATED = ['2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'].map((iso) =>
  DateTime.fromISO(iso, { zone: 'America/New_York' }),
);

/**
 * Reads `incremental_sync.format`: Luxon's tokens (in English), `iso`, `epoch_seconds` or `epoch_ms`.
 * @throws RangeError for tokens that do not tell one time from another
 */
export function parseWireFormat(format: string): WireFormat {
  const write = NAMED[format] ?? ((at: DateTime) => at.toFormat(format));
  const text = (at: DateTime) => write(at.setLocale('en-US'));
  const unit = UNITS.find((one) => text(BASE.plus({ [one]: 1 })) !== text(BASE));
  if (!unit) throw new RangeError(`format: ${JSON.stringify(format)} names no time`);
  const [first, second] = REPEATED.map(text);
  return { unit, exact: first !== second, text };
}

/** @throws RangeError for what is neither an offset (`-05:00`) nor a name of the IANA time zone database */
export function zoneOf(timezone: string): Zone {
  const isOffset = /^[+-]/.test(timezone);
  const zone = isOffset ? FixedOffsetZone.parseSpecifier(`UTC${timezone}`) : IANAZone.create(timezone);
  if (!zone?.isValid) throw new RangeError(`timezone: ${JSON.stringify(timezone)} is not known`);
  return zone;
}
