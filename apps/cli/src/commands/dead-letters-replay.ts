import type { Command } from 'commander';
import { databaseOf } from '#libs/runtime';
import { checkStretch } from '../arguments.js';
import { addFilterOptions, type DeadLetterFilter } from '../dead-letters/filter.js';
import { replay, type Replayed } from '../dead-letters/replay.js';
import { CommandFailed } from '../exit-code.js';
import { count, print, printJson } from '../print.js';
import { withPlatform } from '../with-platform.js';

type Options = DeadLetterFilter & { all?: true; again?: true; json?: true };

/** `tributary dead-letters replay`: another chance. */
export function addDeadLettersReplay(deadLetters: Command): void {
  const command = deadLetters
    .command('replay')
    .description(
      'publish the originals again where they came from; those that fail again are new dead letters',
    )
    .option('--id <id>', 'this one, replayed before or not')
    .option('--all', 'all that have not been replayed');
  addFilterOptions(command)
    .option('--again', 'also those that have been replayed before')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
Say which: --id, --all, or any of --reason, --source, --from, --to. Exit code 1 where nothing matched, or one
could not be published.

Examples:
  npx tributary dead-letters replay --id 3f0c9a1b2d4e5f60718293a4b5c6d7e8
  npx tributary dead-letters replay --reason unknown_kind --from 2026-11-20`,
    )
    .action((options: Options, own: Command) => run(options, own));
}

async function run(options: Options, command: Command): Promise<void> {
  const { all, again, json, ...filter } = options;
  checkStretch(filter, command);
  if (!all && Object.keys(filter).length === 0) {
    command.error('error: say which: --id, --all, --reason, --source, --from or --to');
  }
  const open = filter.id === undefined && !again;
  const result = await withPlatform((platform) =>
    replay(databaseOf(platform).pool, platform.eventLog, { ...filter, open }, showProgress),
  );
  if (json) printJson({ replayed: totalOf(result), ...result });
  else report(result);
  if (totalOf(result) + result.failed.length === 0) throw new CommandFailed('no dead letter matches');
  if (result.failed.length > 0)
    throw new CommandFailed(`${count(result.failed.length)} could not be replayed`);
}

function report({ topics, failed }: Replayed): void {
  for (const [topic, n] of Object.entries(topics)) {
    print(`published ${count(n)} ${n === 1 ? 'record' : 'records'} to ${topic} again`);
  }
  for (const { dead_letter_id, why } of failed) process.stderr.write(`${dead_letter_id}: ${why}\n`);
}

function totalOf({ topics }: Replayed): number {
  return Object.values(topics).reduce((a, b) => a + b, 0);
}

function showProgress(done: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${count(done)} looked at`.padEnd(30) + '\r');
}
