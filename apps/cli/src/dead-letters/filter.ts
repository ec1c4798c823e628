import { Option, type Command } from 'commander';
import { DEAD_LETTER_REASONS, type DeadLetterReason, type Instant } from '#libs/events';
import { instantArgument } from '../arguments.js';

/** Which dead letters a command is about; what is absent restricts nothing. */
export interface DeadLetterFilter {
  id?: string;
  reason?: DeadLetterReason;
  source?: string;
  /** Given up at this instant or later. */
  from?: Instant;
  /** Given up before this instant. */
  to?: Instant;
  /** Only those that have not been replayed. */
  open?: boolean;
}

/** Adds `--reason --source --from --to` to a command. */
export function addFilterOptions(command: Command): Command {
  return command
    .addOption(new Option('--reason <reason>', 'why they failed').choices(DEAD_LETTER_REASONS))
    .option('--source <source>', 'where they came from, as pixel-browser')
    .option('--from <instant>', 'that failed at this instant or later (ISO 8601)', instantArgument)
    .option('--to <instant>', 'that failed before this instant', instantArgument);
}

/** The condition on `dead_letters`, always a valid one, and its values. */
export function conditionOf(filter: DeadLetterFilter): { where: string; values: unknown[] } {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const add = (sql: (n: string) => string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(sql(`$${values.length}`));
  };
  add((n) => `dead_letter_id = ${n}`, filter.id);
  add((n) => `reason = ${n}`, filter.reason);
  add((n) => `source = ${n}`, filter.source);
  add((n) => `failed_at >= ${n}::timestamptz`, filter.from);
  add((n) => `failed_at < ${n}::timestamptz`, filter.to);
  if (filter.open) conditions.push('replayed_at IS NULL');
  return { where: conditions.length === 0 ? 'true' : conditions.join(' AND '), values };
}
