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

/** Messages that were acknowledged, and what that took. */
interface PubsubRun {
  seconds: number;
  cpuSeconds: number;
  /** Of `cpuSeconds`, until the process was ready. */
  startCpuSeconds: number;
  peakMemoryMiB: number;
  bareSeconds: number;
  bareCpuSeconds: number;
  redelivered: number;
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
    const bare = await acknowledgeOnly(options.messages, closers);
    const bridged = await bridge(installation, sources, options, closers);
    runs.push({ ...bridged, bareSeconds: bare.seconds, bareCpuSeconds: bare.cpuSeconds });
  }
  const killed = options.kill && (await killTwice(installation, sources, options, closers));
  const ratios = runs.map((r) => r.bareSeconds / r.seconds);
  return {
    bench: 'pubsub',
    setting:
      `${options.messages} messages of 330 bytes of a fake of Pub/Sub on loopback → 1 pubsub-bridge → raw-events, acknowledged ` +
      "behind the log; bare: Google's client with the same settings, which acknowledges each message at once",
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

async function startFake(messages: number, closers: Closers): Promise<{ fake: NodeProcess; host: string }> {
  const fake = NodeProcess.start('the fake of Pub/Sub', 'bench/pubsub/fake-main.js', closers, {
    arguments: [String(messages)],
  });
  const { host } = await fake.line((line) => 'host' in line);
  return { fake, host: String(host) };
}

const isDone = (line: Line): boolean => 'done' in line;

async function acknowledgeOnly(
  messages: number,
  closers: Closers,
): Promise<{ seconds: number; cpuSeconds: number }> {
  const { fake, host } = await startFake(messages, closers);
  const done = fake.line(isDone);
  const bare = NodeProcess.start('the bare subscriber', 'bench/pubsub/bare-subscriber-main.js', closers, {
    arguments: [host],
  });
  const { seconds } = await done;
  const cpuSeconds = cpuSecondsOf(bare.pid);
  await bare.stop();
  await fake.stop();
  return { seconds: Number(seconds), cpuSeconds };
}

async function bridge(
  installation: Installation,
  sources: string,
  { messages, profile }: PubsubOptions,
  closers: Closers,
): Promise<Omit<PubsubRun, 'bareSeconds' | 'bareCpuSeconds'>> {
  const { fake, host } = await startFake(messages, closers);
  const done = fake.line(isDone);
  const app = await startBridge(installation, sources, host, closers, profile);
  const startCpuSeconds = cpuSecondsOf(app.pid);
  const { seconds, redelivered } = await done;
  const usage = { cpuSeconds: cpuSecondsOf(app.pid), peakMemoryMiB: peakMemoryMiB(app.pid) };
  await app.stop();
  await fake.stop();
  return { seconds: Number(seconds), redelivered: Number(redelivered), startCpuSeconds, ...usage };
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
  const { fake, host } = await startFake(messages, closers);
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
      'of it start',
      'bare',
      'peak MiB',
    ],
    rows: runs.map((r) => [
      messages.toLocaleString('en-US'),
      figure(r.seconds),
      figure(messages / r.seconds),
      figure(messages / r.bareSeconds),
      figure(r.bareSeconds / r.seconds),
      per100000(r.cpuSeconds),
      per100000(r.startCpuSeconds),
      per100000(r.bareCpuSeconds),
      figure(r.peakMemoryMiB),
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
