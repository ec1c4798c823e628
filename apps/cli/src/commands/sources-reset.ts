import { confirm } from '@inquirer/prompts';
import type { Command } from 'commander';
import { readStreamState, resetStream, type Database } from '#libs/database';
import { databaseOf } from '#libs/runtime';
import type { StreamState } from '#libs/sources';
import { CommandFailed } from '../exit-code.js';
import { print, printJson } from '../print.js';
import { askedBy } from '../asked-by.js';
import { findHttpStream } from '../sources/load-source.js';
import { sourcesDir } from '../sources/sources-dir.js';
import { stateAt, stateText } from '../sources/state-at.js';
import { withPlatform } from '../with-platform.js';

interface Options {
  to: string;
  yes?: true;
  json?: true;
}

/** `tributary sources reset`: another place to go on from. */
export function addSourcesReset(sources: Command): void {
  sources
    .command('reset')
    .description('have the poller go on from another place: an instant, an id or a cursor')
    .argument('<source>', 'name of the source')
    .argument('<stream>', 'name of the stream')
    .requiredOption('--to <place>', 'the place; what lies before it counts as read')
    .option('--yes', 'do not ask')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
Who reads the stream at this moment loses it: what it still writes does not count. The state before is kept in
source_changes. Reading again what was read changes no row. To read a stretch again without moving the stream:
sources backfill.

Examples:
  npx tributary sources reset besitos conversions --to 2026-11-01
  npx tributary sources reset shopify orders --to 450789469 --yes`,
    )
    .action((source: string, stream: string, options: Options) => run(source, stream, options));
}

async function run(source: string, streamName: string, { to, yes, json }: Options): Promise<void> {
  const { stream } = findHttpStream(sourcesDir(), source, streamName);
  const state = stateAt(stream.incremental_sync, to);
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY;
  if (!yes && !isTerminal) throw new CommandFailed('say --yes where nobody can be asked');
  await withPlatform(async (platform) => {
    const database = databaseOf(platform);
    const before = await stateOf(database, source, stream.name);
    const change = `${source} ${stream.name}: ${stateText(before)} → ${stateText(state)}`;
    if (
      !yes &&
      !(await confirm({ message: `${change}. Move it?`, default: false }, { output: process.stderr }))
    ) {
      throw new CommandFailed('nothing was changed');
    }
    if (!(await resetStream(database.pool, { source, stream: stream.name }, state, askedBy())))
      throw unseen(source, stream.name);
    if (json) printJson({ source, stream: stream.name, before, after: state });
    else print(change);
  });
}

async function stateOf({ pool }: Database, source: string, stream: string): Promise<StreamState | null> {
  const found = await readStreamState(pool, { source, stream });
  if (!found) throw unseen(source, stream);
  return found.state as StreamState | null;
}

function unseen(source: string, stream: string): CommandFailed {
  return new CommandFailed(
    `no poller has seen ${source} ${stream} yet: start one with this definition first`,
  );
}
