import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { cancelBackfill, readBackfills, requestBackfill, type BackfillStatus } from '#libs/database';
import type { Instant } from '#libs/events';
import { databaseOf } from '#libs/runtime';
import { backfillSlices } from '#libs/sources';
import { instantArgument } from '../arguments.js';
import { CommandFailed } from '../exit-code.js';
import { columns, count, print, printJson } from '../print.js';
import { progressBar } from '../progress-bar.js';
import { askedBy } from '../asked-by.js';
import { boundsOf, countDays, wantedDays } from '../sources/ga4/days.js';
import { foundGa4 } from '../sources/ga4/found-ga4.js';
import { findHttpStream, openSource } from '../sources/load-source.js';
import { shortInstant } from '../sources/slice-of.js';
import { sourcesDir } from '../sources/sources-dir.js';
import { countOf } from '../sources/trial-text.js';
import { withPlatform } from '../with-platform.js';

interface Options {
  from: Instant;
  to: Instant;
  wait?: true;
  /** Of a subscription. */
  confirm?: true;
  json?: true;
}

const LOOK_MS = 500;

/** `tributary sources backfill`: history, read once more by the poller. */
export function addSourcesBackfill(sources: Command): void {
  const backfill = sources
    .command('backfill')
    .description('have the poller read a stretch of time again, beside its polls; state stays where it is')
    .argument('<source>', 'name of the source')
    .argument('<stream>', 'name of the stream; it must be read by time windows')
    .option('--from <instant>', 'from this instant', instantArgument)
    .option('--to <instant>', 'to before this one', instantArgument)
    .option('--confirm', 'of Pub/Sub: move the subscription back to --from')
    .option('--wait', 'wait until it is read')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
The poller does it, one backfill of a source at a time, behind its polls. Who asked for it stands in source_changes.
Of a Pub/Sub source the subscription is moved back to --from, where it keeps acknowledged messages; --confirm does it.
Of a GA4 source (its stream is events) the days of the property from --from to before --to are read again.

Examples:
  npx tributary sources backfill besitos conversions --from 2026-10-01 --to 2026-11-01 --wait
  npx tributary sources backfill list
  npx tributary sources backfill cancel 12`,
    )
    .action(async (source: string, stream: string, options: Partial<Options>, command: Command) => {
      const file = openSource(sourcesDir(), source);
      if (file.source.type === 'pubsub') {
        const { backfillPubsub } = await import('../sources/pubsub/backfill-pubsub.js');
        return backfillPubsub(file, file.source, stream, options);
      }
      const { from, to, ...rest } = options;
      if (from === undefined || to === undefined) return command.error('error: --from and --to are required');
      return run(source, stream, { ...rest, from, to });
    });
  backfill
    .command('list')
    .description('list backfills that are open or were finished within a day')
    .option('--json', 'answer as JSON')
    .action((options: { json?: true }) => list(options.json ?? false));
  backfill
    .command('cancel')
    .description('end a backfill where it stands')
    .argument('<id>', 'its id')
    .action((id: string) => cancel(id));
}

async function run(source: string, streamName: string, { from, to, wait, json }: Options): Promise<void> {
  const stretch = stretchOf(source, streamName, from, to);
  const { windows } = stretch;
  await withPlatform(async (platform) => {
    const database = databaseOf(platform);
    const { stream } = stretch;
    const asked = { source, stream, from: stretch.from, to: stretch.to, askedBy: askedBy() };
    const id = await requestBackfill(database, asked);
    const text = `backfill ${id}: ${source} ${stream}, ${shortInstant(asked.from)} to ${shortInstant(asked.to)}, ${countOf(windows, stretch.unit)}`;
    if (!wait) {
      if (json) return printJson({ id, windows });
      return print(`${text}\nThe poller reads it; sources backfill list says how far it is.`);
    }
    if (!json) process.stderr.write(`${text}\n`);
    const ended = await follow(() => readBackfills(database.pool), id, windows);
    if (json) printJson(ended);
    if (ended.status !== 'succeeded')
      throw new CommandFailed(`backfill ${id} was cancelled at ${shortInstant(ended.position)}`);
    if (!json) print(`read ${countOf(ended.rows, 'record')} in ${countOf(ended.windows, stretch.unit)}`);
  });
}

/** What is read again, and in how many parts. */
interface Stretch {
  stream: string;
  from: Instant;
  to: Instant;
  windows: number;
  unit: 'window' | 'day';
}

/** @throws CommandFailed where the stream has no such stretch */
function stretchOf(sourceName: string, streamName: string, from: Instant, to: Instant): Stretch {
  if (from >= to) throw new CommandFailed('--from must be before --to');
  const file = openSource(sourcesDir(), sourceName);
  if (file.source.type === 'ga4') {
    const { source } = foundGa4(file, file.source, streamName);
    const days = wantedDays({ from, to }, source.timezone, Date.now(), 1);
    const bounds = boundsOf(days, source.timezone);
    return { stream: streamName, ...bounds, windows: countDays(days), unit: 'day' };
  }
  const { stream } = findHttpStream(sourcesDir(), sourceName, streamName);
  const { incremental_sync: sync } = stream;
  if (sync.type !== 'datetime') {
    throw new CommandFailed(
      `${sourceName} ${stream.name} is read by ${sync.type}, and has no stretches of time; sources reset moves it back`,
    );
  }
  return { stream: stream.name, from, to, windows: backfillSlices(sync, from, to).length, unit: 'window' };
}

/** Waits for its end. A failure is told once; the poller tries again by itself. */
async function follow(
  read: () => Promise<BackfillStatus[]>,
  id: string,
  windows: number,
): Promise<BackfillStatus> {
  const { onProgress, end } = progressBar('windows');
  let told: string | undefined;
  try {
    for (;;) {
      const backfill = (await read()).find((b) => b.id === id);
      if (!backfill) throw new CommandFailed(`backfill ${id} is gone`);
      onProgress(partDone(backfill, windows), windows);
      if (backfill.status === 'succeeded' || backfill.status === 'cancelled') return backfill;
      const why = backfill.paused ? 'its stream is paused' : backfill.error;
      if (why !== null && why !== told) {
        told = why;
        process.stderr.write(`it stands still for now: ${told}\n`);
      }
      await sleep(LOOK_MS);
    }
  } finally {
    end();
  }
}

function partDone({ from, to, position }: BackfillStatus, windows: number): number {
  const [start, end, at] = [from, to, position].map((text) => Date.parse(text)) as [number, number, number];
  return Math.floor(((at - start) / (end - start)) * windows);
}

async function list(json: boolean): Promise<void> {
  const backfills = await withPlatform((platform) => readBackfills(databaseOf(platform).pool));
  if (json) return printJson(backfills);
  if (backfills.length === 0) return print('no backfill is open, and none was finished within a day');
  const rows = backfills.map((b) => [
    b.id,
    b.source,
    b.stream,
    shortInstant(b.from),
    shortInstant(b.to),
    b.paused ? 'paused' : b.status,
    b.status === 'succeeded' ? '100 %' : `${partDone(b, 100)} %`,
    count(b.rows),
    b.error ?? '',
  ]);
  print(
    columns(
      ['id', 'source', 'stream', 'from', 'to', 'status', 'done', 'records', 'error'],
      rows,
      'rlllllrrl',
    ),
  );
}

async function cancel(id: string): Promise<void> {
  if (!/^\d{1,18}$/.test(id))
    throw new CommandFailed(`${id} is no id of a backfill; sources backfill list has them`);
  const ended = await withPlatform((platform) => cancelBackfill(databaseOf(platform), id, askedBy()));
  if (!ended) throw new CommandFailed(`no open backfill has the id ${id}; sources backfill list has them`);
  print(`backfill ${id} is cancelled; what it has read stays`);
}
