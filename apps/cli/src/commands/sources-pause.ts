import type { Command } from 'commander';
import { readStreams, setPaused, type StreamStatus } from '#libs/database';
import { databaseOf } from '#libs/runtime';
import { suggestion } from '#libs/yaml-file';
import { CommandFailed } from '../exit-code.js';
import { print, printJson } from '../print.js';
import { askedBy } from '../asked-by.js';
import { withPlatform } from '../with-platform.js';

interface Options {
  json?: true;
}

/** `tributary sources pause`: a stream, or all of a source, is not read for the time being. */
export function addSourcesPause(sources: Command): void {
  sources
    .command('pause')
    .description('have nobody read a stream, or any of a source, until it is resumed')
    .argument('<source>', 'name of the source')
    .argument('[stream]', 'name of the stream; all of the source where it is left out')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
It holds for all processes, at once or within 15 seconds, and is kept in source_changes with who asked. What is being
read is read again when the stream is resumed; backfills wait, postbacks are taken. Messages of Pub/Sub that are in hand
are stored; the others stay in the subscription for as long as it keeps them.

Examples:
  npx tributary sources pause besitos
  npx tributary sources pause intarget-product-api bets`,
    )
    .action((source: string, stream: string | undefined, options: Options) =>
      run(source, stream, true, options),
    );
}

/** `tributary sources resume`: it is read again. */
export function addSourcesResume(sources: Command): void {
  sources
    .command('resume')
    .description('have a paused stream, or all of a source, go on from where it stands')
    .argument('<source>', 'name of the source')
    .argument('[stream]', 'name of the stream; all of the source where it is left out')
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExamples:\n  npx tributary sources resume besitos')
    .action((source: string, stream: string | undefined, options: Options) =>
      run(source, stream, false, options),
    );
}

async function run(
  source: string,
  streamName: string | undefined,
  paused: boolean,
  { json }: Options,
): Promise<void> {
  await withPlatform(async (platform) => {
    const { pool } = databaseOf(platform);
    const found = streamsNamed(await readStreams(pool), source, streamName);
    const changed = found.filter((stream) => stream.paused !== paused);
    for (const stream of changed) await setPaused(pool, stream, paused, askedBy());
    if (json) {
      printJson(found.map((s) => ({ source, stream: s.stream, paused, changed: changed.includes(s) })));
      return;
    }
    const became = paused ? 'paused' : 'resumed';
    for (const stream of found) {
      const text = changed.includes(stream) ? became : `was ${paused ? 'paused' : 'not paused'} before`;
      print(`${source} ${stream.stream}: ${text}`);
    }
  });
}

/** @throws CommandFailed where no process has seen any */
function streamsNamed(
  all: readonly StreamStatus[],
  source: string,
  streamName: string | undefined,
): StreamStatus[] {
  const ofSource = all.filter((s) => s.source === source);
  if (ofSource.length === 0) {
    const known = [...new Set(all.map((s) => s.source))];
    throw new CommandFailed(
      `no process reads a source ${source}${suggestion(source, known)}; npx tributary sources list shows all`,
    );
  }
  const found = ofSource.filter((s) => streamName === undefined || s.stream === streamName);
  if (found.length > 0) return found;
  const names = ofSource.map((s) => s.stream);
  throw new CommandFailed(
    `${source} has no stream ${streamName}${suggestion(streamName, names)}; it has ${names.join(', ')}`,
  );
}
