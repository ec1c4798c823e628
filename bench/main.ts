import { Command, InvalidArgumentError, Option } from 'commander';
import { benchAttribution, type AttributionOptions } from './attribution/attribution-bench.js';
import { benchCommissions, type CommissionsOptions } from './commissions/commissions-bench.js';
import { benchEndToEnd, type EndToEndOptions } from './end-to-end/end-to-end-bench.js';
import { benchGa4, type Ga4Options } from './ga4/ga4-bench.js';
import { benchIngress, type IngressOptions } from './ingress/ingress-bench.js';
import { withClosers, type Closers } from './parts/closers.js';
import { jsonOf, textOf, type Report } from './report/report.js';
import { benchPoller, type PollerOptions } from './poller/poller-bench.js';
import { benchPubsub, type PubsubOptions } from './pubsub/pubsub-bench.js';
import { benchSink, type SinkOptions } from './sink/sink-bench.js';

/** A positive whole number on the command line. */
function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

const program = new Command('npm run bench --')
  .description('Measures Tributary beside the limits of the machine; servers are started and thrown away')
  .showHelpAfterError('(--help says more)');

/** A benchmark as a command: what all of them have, and how its report is shown. */
function add<Options>(
  name: string,
  description: string,
  bench: (options: Options, closers: Closers) => Promise<Report>,
): Command {
  return program
    .command(name)
    .description(description)
    .option('--json', 'answer as JSON')
    .action(async (options: Options & { json?: true }) => {
      const report = await withClosers((closers) => bench(options, closers));
      process.stdout.write(options.json ? jsonOf(report) : textOf(report));
    });
}

/** A benchmark of apps: on an event log, in processes of their own. */
function addOfApps<Options>(...benchmark: Parameters<typeof add<Options>>): Command {
  return add(...benchmark)
    .addOption(new Option('--log <engine>', 'the event log').choices(['kafka', 'postgres']).default('kafka'))
    .option('--profile <folder>', 'write CPU profiles of the apps there');
}

addOfApps<IngressOptions>(
  'ingress',
  'calls/s and CPU of the pixel ingress, beside bare servers',
  benchIngress,
)
  .option('--calls <n>', 'calls of a round', count, 60_000)
  .option('--connections <n>', 'connections of the closed loop', count, 128)
  .option('--rounds <n>', 'rounds of each server', count, 5)
  .option('--rate <n>', 'calls a second of the open loop', count, 2_000)
  .option('--seconds <n>', 'duration of the open loop', count, 20);

addOfApps<SinkOptions>('sink', 'a backlog of pixel events into PostgreSQL, beside bare upserts', benchSink)
  .option('--events <n>', 'pixel events of the backlog', count, 300_000)
  .option('--attributions <n>', 'processes of attribution', count, 1)
  .option('--rounds <n>', 'backlogs on an empty database', count, 1)
  .option('--stored <n>', 'one more backlog on a database with this many conversions', count)
  .option('--restart-postgres', 'restart PostgreSQL in the middle of one more backlog')
  .option('--kill-postgres', 'kill -9 PostgreSQL in the middle of one more backlog');

addOfApps<AttributionOptions>(
  'attribution',
  'canonical events of every kind, then transactions alone, into PostgreSQL, beside bare upserts',
  benchAttribution,
)
  .option('--events <n>', 'canonical events of each backlog', count, 200_000)
  .option('--players <n>', 'players who share them (default: one to ten events)', count)
  .addOption(new Option('--only <events>', 'one backlog of the two').choices(['mixed', 'transactions']))
  .option('--rounds <n>', 'backlogs of each on an empty database', count, 1)
  .option('--stored <n>', 'two more mixed backlogs, on a fifth of this many stored facts and on all', count);

addOfApps<PollerOptions>(
  'poller',
  'rows of a partner API into the log, beside fetching and parsing alone',
  benchPoller,
)
  .option('--rows <n>', 'rows of each reading', count, 200_000)
  .option('--rounds <n>', 'rounds of each reading', count, 3);

addOfApps<PubsubOptions>(
  'pubsub',
  'messages of a subscription into the log, beside a subscriber that only acknowledges',
  benchPubsub,
)
  .option('--messages <n>', 'messages of each reading', count, 100_000)
  .option('--rounds <n>', 'rounds of each', count, 3)
  .option('--kill', 'one more reading to rows, while the bridge is killed twice with kill -9');

addOfApps<EndToEndOptions>('end-to-end', 'from the 202 of a pixel to its visible row', benchEndToEnd)
  .option('--rate <n>', 'calls a second', count, 500)
  .option('--seconds <n>', 'duration', count, 60);

add<Ga4Options>('ga4', "rows of GA4's export into canonical events, beside JSON.parse of them", benchGa4)
  .option('--rows <n>', 'rows of a round', count, 100_000)
  .option('--rounds <n>', 'rounds', count, 5);

add<CommissionsOptions>(
  'commissions',
  'a month of 100,000 players reckoned from nothing, and after some have played on, beside the bare sum',
  benchCommissions,
).option('--scale <per cent>', 'how many of the 100,000 players', count, 100);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
