import { InvalidArgumentError, type Command } from 'commander';
import type { Period } from '#libs/commissions';
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

/** Ends the command as used wrongly where `--to` is not after `--from`: nothing lies between them. */
export function checkStretch({ from, to }: { from?: Instant; to?: Instant }, command: Command): void {
  if (from !== undefined && to !== undefined && from >= to)
    command.error('error: --from must be before --to');
}

/** A positive whole number on the command line. */
export function countArgument(text: string): number {
  const n = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (n < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return n;
}

/** A month on the command line, of the time that commissions are reckoned for. */
export function periodArgument(text: string): Period {
  if (!/^(19[7-9]\d|20\d\d)-(0[1-9]|1[0-2])$/.test(text)) {
    throw new InvalidArgumentError('It must be a month from 1970 to 2099, as 2026-10.');
  }
  return text;
}
