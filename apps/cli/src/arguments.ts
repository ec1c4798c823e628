import { InvalidArgumentError } from 'commander';
import { parseInstant, type Instant } from '#libs/events';

/** An instant on the command line: ISO 8601, UTC where it names no zone. */
export function instantArgument(text: string): Instant {
  const instant = parseInstant(text);
  if (instant === undefined) {
    throw new InvalidArgumentError(
      'It must be an ISO 8601 instant, as 2026-11-21 or 2026-11-21T10:00:00+01:00.',
    );
  }
  return instant;
}

/** A positive whole number on the command line. */
export function countArgument(text: string): number {
  const n = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (n < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return n;
}
