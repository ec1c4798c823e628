import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { throwAwayFolder } from '#libs/database';
import type { Closers } from '../parts/closers.js';
import { openInstallation, startApp, type Installation, type LogEngine } from '../parts/installation.js';
import { NodeProcess, type Line } from '../parts/node-process.js';
import { cpuSecondsOf, peakMemoryMiB } from '../parts/process-usage.js';
import { untilDrained } from '../parts/until-drained.js';
import { conditionsOf, figure, median, type FigureTable, type Report } from '../report/report.js';
import type { Target } from '../report/target.js';
import { BENCH_SOURCE } from './bench-messages.js';

export interface PubsubOptions {
  log: LogEngine;
  messages: number;
  rounds: number;
  kill?: true;
  profile?: string;
}

/** What it took to have the measured messages acknowledged, when the process was warm. */
interface Reading {
  seconds: number;
  cpuSeconds: number;
  peakMemoryMiB: number;
  redelivered: number;
}

interface PubsubRun {
  bridge: Reading;
  bare: Reading;
}

/** What became of messages whose bridge was killed twice. */
interface KilledRun {
  messages: number;
  redelivered: number;
  conversions: number;
  /** From the first message to the last row. */
  seconds: number;
}

/** The bridge beside a subscriber with the same settings that only acknowledges; the fake measures both. */
export async function benchPubsub(options: PubsubOptions, closers: Closers): Promise<Report> {
  const { folder, remove } = await throwAwayFolder();
  closers.add(remove);
  const sources = join(folder, 'sources');
  await mkdir(sources, { recursive: true });
  await writeFile(join(sources, 'bench.yaml'), BENCH_SOURCE);
  const installation = await openInstallation(options.log, closers);
  const runs: PubsubRun[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const bare = await read(options.messages, closers, (host) =>
      NodeProcess.start('the bare subscriber', 'bench/pubsub/bare-subscriber-main.js', closers, {
        arguments: [host],
      }),
    );
    const bridge = await read(options.messages, closers, (host) =>
      startBridge(installation, sources, host, closers, options.profile),
    );
    runs.push({ bridge, bare });
  }
  const killed = options.kill && (await killTwice(installation, sources, options, closers));
  const ratios = runs.map(({ bridge, bare }) => bare.seconds / bridge.seconds);
  return {
    bench: 'pubsub',
    setting:
      `${options.messages} messages of 330 bytes of a fake of Pub/Sub on loopback → 1 pubsub-bridge → raw-events, acknowledged ` +
      "behind the log; bare: Google's client with the same settings, which acknowledges each message at once; each is " +
      `measured behind ${warmUpOf(options.messages)} messages in which it warms up`,
    conditions: await conditionsOf(installation),
    tables: [rates(runs, options.messages), ...(killed ? [killedTable(killed)] : [])],
    targets: [
      {
        what: 'messages/s through the bridge, of the bare subscriber’s',
        ...{ is: 'at least', goal: 0.6, measured: median(ratios), unit: '' },
      },
      ...(killed ? [onceEach(killed)] : []),
    ],
    figures: { runs, killed },
  };
}

/** Until then a process loads, compiles and fills its caches. */
function warmUpOf(messages: number): number {
  return Math.ceil(messages / 4);
}

async function startFake(
  messages: number,
  warmUp: number,
  closers: Closers,
): Promise<{ fake: NodeProcess; host: string }> {
  const fake = NodeProcess.start('the fake of Pub/Sub', 'bench/pubsub/fake-main.js', closers, {
    arguments: [String(messages), String(warmUp)],
  });
  const { host } = await fake.line((line) => 'host' in line);
  return { fake, host: String(host) };
}

const isDone = (line: Line): boolean => 'done' in line;

/** Has a process read messages of a fake of its own. */
async function read(
  messages: number,
  closers: Closers,
  start: (host: string) => NodeProcess | Promise<NodeProcess>,
): Promise<Reading> {
  const { fake, host } = await startFake(messages, warmUpOf(messages), closers);
  const warm = fake.line((line) => 'warm' in line);
  const done = fake.line(isDone);
  const reader = await start(host);
  await warm;
  const before = cpuSecondsOf(reader.pid);
  const { seconds, redelivered } = await done;
  const cpuSeconds = cpuSecondsOf(reader.pid) - before;
  const reading = { seconds: Number(seconds), cpuSeconds, redelivered: Number(redelivered) };
  const peak = peakMemoryMiB(reader.pid);
  await reader.stop();
  await fake.stop();
  return { ...reading, peakMemoryMiB: peak };
}

function startBridge(
  installation: Installation,
  sources: string,
  host: string,
  closers: Closers,
  profileTo?: string,
): Promise<NodeProcess> {
  const environment = { SOURCES_DIR: sources, PUBSUB_EMULATOR_HOST: host };
  return startApp('pubsub-bridge', installation, closers, { environment, profileTo });
}

/** All the way to rows; the bridge is killed behind a fifth and behind the half of the messages. */
async function killTwice(
  installation: Installation,
  sources: string,
  { messages }: PubsubOptions,
  closers: Closers,
): Promise<KilledRun> {
  const environment = { SOURCES_DIR: sources };
  await Promise.all([
    startApp('normalizer', installation, closers, { environment }),
    startApp('attribution', installation, closers),
  ]);
  const { fake, host } = await startFake(messages, 0, closers);
  const startedAt = performance.now();
  const done = fake.line(isDone);
  let app = await startBridge(installation, sources, host, closers);
  for (const share of [0.2, 0.5]) {
    await fake.line((line) => Number(line['acknowledged']) > messages * share || 'done' in line);
    process.kill(app.pid, 'SIGKILL');
    app = await startBridge(installation, sources, host, closers);
  }
  const { redelivered } = await done;
  await untilDrained(installation);
  const { rows } = await installation.database.pool.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM tributary.conversions',
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  return { messages, redelivered: Number(redelivered), conversions: rows[0]!.n, seconds };
}

function rates(runs: readonly PubsubRun[], messages: number): FigureTable {
  const per100000 = (seconds: number): string => figure((seconds / messages) * 100_000);
  return {
    title: 'rates',
    head: [
      'messages',
      'seconds',
      'messages/s',
      'bare',
      'of bare',
      'CPU s per 100,000',
      'bare',
      'peak MiB',
      'bare',
    ],
    rows: runs.map(({ bridge, bare }) => [
      messages.toLocaleString('en-US'),
      figure(bridge.seconds),
      figure(messages / bridge.seconds),
      figure(messages / bare.seconds),
      figure(bare.seconds / bridge.seconds),
      per100000(bridge.cpuSeconds),
      per100000(bare.cpuSeconds),
      figure(bridge.peakMemoryMiB),
      figure(bare.peakMemoryMiB),
    ]),
  };
}

function onceEach({ messages, conversions }: KilledRun): Target {
  const what = 'rows of a message, the bridge killed twice';
  return { what, is: 'at most', goal: 1, measured: conversions / messages, unit: '' };
}

function killedTable({ messages, redelivered, conversions, seconds }: KilledRun): FigureTable {
  return {
    title: 'the bridge killed twice, to rows',
    head: ['messages', 'came again', 'conversions', 'seconds'],
    rows: [
      [messages, redelivered, conversions].map((n) => n.toLocaleString('en-US')).concat(figure(seconds)),
    ],
  };
}
