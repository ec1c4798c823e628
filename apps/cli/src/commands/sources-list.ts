import type { Command } from 'commander';
import { readStreams, type StreamStatus } from '#libs/database';
import { databaseOf, missingOfSource, readEnvironment, secretsOf, yamlFilesIn } from '#libs/runtime';
import { streamsOf, type SourceDefinition } from '#libs/sources';
import { problemText } from '#libs/yaml-file';
import { messageOf } from '../error-message.js';
import { columns, print, printJson } from '../print.js';
import { openSourceFile, type SourceFile } from '../sources/load-source.js';
import { shortInstant } from '../sources/slice-of.js';
import { sourcesDir } from '../sources/sources-dir.js';
import { withPlatform } from '../with-platform.js';

interface Options {
  offline?: true;
  json?: true;
}

/** A stream of a definition, and how it stands. */
interface Listed {
  source: string;
  stream: string;
  sync: string;
  /** Absent: as soon as there is something. */
  poll_interval?: string;
  brand: string;
  /** Variables that are not set. */
  missing: string[];
  /** Absent: there is no database, or the poller has not seen the stream. */
  status?: StreamStatus;
}

/** `tributary sources list`: what is defined, and how it stands. */
export function addSourcesList(sources: Command): void {
  sources
    .command('list')
    .description('list sources and streams: how they are read, what is not set, how far they have come')
    .option('--offline', 'look into no database')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  npx tributary sources list\n  npx tributary sources list --offline --json',
    )
    .action((options: Options) => run(options));
}

async function run({ offline, json }: Options): Promise<void> {
  const files = yamlFilesIn(sourcesDir()).map(openSourceFile);
  const { statuses, why } = offline ? { statuses: undefined, why: undefined } : await readStatuses();
  const listed = files.flatMap((file) => listedOf(file, statuses ?? []));
  const problems = files.flatMap((file) => file.problems.map(problemText));
  if (json) return printJson({ streams: listed, problems });
  if (listed.length === 0) print(`${sourcesDir()} has no source; sources new writes one`);
  else print(tableOf(listed, statuses !== undefined));
  if (why !== undefined) process.stderr.write(`how far they have come is not known: ${why}\n`);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
}

/** What is known of the streams; without a database, why not. */
async function readStatuses(): Promise<{ statuses?: StreamStatus[]; why?: string }> {
  try {
    return { statuses: await withPlatform((platform) => readStreams(databaseOf(platform).pool)) };
  } catch (error) {
    return { why: `${messageOf(error).split('\n')[0]!.replace(/:$/, '')} (--offline does not ask)` };
  }
}

function listedOf({ source }: SourceFile, statuses: readonly StreamStatus[]): Listed[] {
  if (!source) return [];
  const environment = readEnvironment();
  const missing = missingOfSource(source, environment, secretsOf(environment));
  return streamsOf(source).map((stream) => {
    const status = statuses.find((s) => s.source === source.name && s.stream === stream.name);
    return {
      source: source.name,
      stream: stream.name,
      ...readingOf(source, stream.name),
      brand: source.brand,
      missing,
      ...(status && { status }),
    };
  });
}

/** How the stream is read, and how often. */
function readingOf(source: SourceDefinition, stream: string): Pick<Listed, 'sync' | 'poll_interval'> {
  switch (source.type) {
    case 'http': {
      const { incremental_sync: sync, poll_interval } = source.streams.find(({ name }) => name === stream)!;
      return { sync: sync.type, poll_interval };
    }
    case 'ga4':
      return { sync: 'shards', poll_interval: source.poll_interval };
    case 'pubsub':
      return { sync: 'messages' };
  }
}

function tableOf(listed: readonly Listed[], withStatus: boolean): string {
  const head = ['source', 'stream', 'read by', 'every', 'brand', 'configured'];
  const rows = listed.map((l) => [
    l.source,
    l.stream,
    l.sync,
    l.poll_interval ?? 'at once',
    l.brand,
    l.missing.length === 0 ? 'yes' : `set ${l.missing.join(', ')}`,
    ...(withStatus ? [positionOf(l.status), outcomeOf(l.status)] : []),
  ]);
  return withStatus
    ? columns([...head, 'read up to', 'last'], rows, 'llllllll')
    : columns(head, rows, 'llllll');
}

function positionOf(status: StreamStatus | undefined): string {
  return status?.watermark ? shortInstant(status.watermark) : '–';
}

function outcomeOf(status: StreamStatus | undefined): string {
  if (!status) return 'not seen by a poller';
  if (status.paused) return 'paused';
  if (status.failures > 0) return `${status.error_code ?? 'failed'} (${status.failures} in a row)`;
  return status.last_window?.outcome ?? (status.last_succeeded_at === null ? 'not read yet' : 'pulling');
}
