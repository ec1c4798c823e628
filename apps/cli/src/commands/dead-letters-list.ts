import type { Command } from 'commander';
import { instantOf } from '#libs/database';
import { databaseOf } from '#libs/runtime';
import { checkStretch, countArgument } from '../arguments.js';
import { addFilterOptions, conditionOf, type DeadLetterFilter } from '../dead-letters/filter.js';
import { columns, count, print, printJson } from '../print.js';
import { withPlatform } from '../with-platform.js';

type Options = DeadLetterFilter & { limit: number; json?: true };

interface Listed {
  dead_letter_id: string;
  reason: string;
  path: string;
  detail: string;
  source: string | null;
  receipt_id: string | null;
  topic: string;
  failed_at: string;
  replayed_at: string | null;
}

/** `tributary dead-letters list`: the latest first. */
export function addDeadLettersList(deadLetters: Command): void {
  const command = deadLetters.command('list').description('list dead letters, the latest first');
  addFilterOptions(command)
    .option('--open', 'only those that have not been replayed')
    .option('--limit <n>', 'at most so many', countArgument, 50)
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
Examples:
  npx tributary dead-letters list --open
  npx tributary dead-letters list --reason invalid_field --source pixel-server --from 2026-11-20`,
    )
    .action((options: Options, own: Command) => {
      checkStretch(options, own);
      return run(options);
    });
}

async function run(options: Options): Promise<void> {
  const { listed, total } = await read(options);
  if (options.json) return printJson(listed);
  if (total === 0) return print('no dead letters');
  const rows = listed.map((d) => [
    d.dead_letter_id,
    d.failed_at.slice(0, 19) + 'Z',
    d.reason,
    d.source ?? '–',
    d.path === '' ? '–' : d.path,
    d.replayed_at === null ? 'open' : 'replayed',
  ]);
  print(columns(['id', 'failed at', 'reason', 'source', 'where', 'state'], rows, 'llllll'));
  if (total > listed.length) {
    process.stderr.write(`${count(listed.length)} of ${count(total)}; --limit shows more\n`);
  }
}

async function read(options: Options): Promise<{ listed: Listed[]; total: number }> {
  const { where, values } = conditionOf(options);
  return withPlatform(async (platform) => {
    const { pool } = databaseOf(platform);
    const found = await pool.query<Listed>(
      `SELECT dead_letter_id, reason, path, detail, source, receipt_id, topic,
          (failed_at AT TIME ZONE 'UTC')::text AS failed_at, (replayed_at AT TIME ZONE 'UTC')::text AS replayed_at
        FROM tributary.dead_letters d WHERE ${where}
        ORDER BY d.failed_at DESC, dead_letter_id LIMIT $${values.length + 1}`,
      [...values, options.limit],
    );
    const counted = await pool.query<{ n: string }>(
      `SELECT count(*) AS n FROM tributary.dead_letters WHERE ${where}`,
      values,
    );
    const listed = found.rows.map((row) => ({
      ...row,
      failed_at: instantOf(row.failed_at),
      replayed_at: row.replayed_at === null ? null : instantOf(row.replayed_at),
    }));
    return { listed, total: Number(counted.rows[0]!.n) };
  });
}
