import type { Instant } from '#libs/events';

/** SQL for an instant's text without the session's time zone: `2026-11-21 10:00:00.123456`. */
export function instantText(column: string): string {
  return `(${column} AT TIME ZONE 'UTC')::text AS ${column.replace(/^.*\./, '')}`;
}

/** The instant of `instantText`'s answer. */
export function instantOf(text: string): Instant {
  const [seconds, fraction = ''] = text.split('.') as [string, string?];
  return `${seconds.slice(0, 10)}T${seconds.slice(11)}.${fraction.padEnd(6, '0')}Z`;
}
