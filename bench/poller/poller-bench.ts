import { setTimeout as sleep } from 'node:timers/promises';
import { throwAwayFolder } from '#libs/database';
import type { Closers } from '../parts/closers.js';
import { openInstallation, startApp, type Installation, type LogEngine } from '../parts/installation.js';
import { NodeProcess } from '../parts/node-process.js';
import { cpuSecondsOf, peakMemoryMiB } from '../parts/process-usage.js';
import { conditionsOf, type Report } from '../report/report.js';
import { ROWS_PER_ANSWER } from './partner-rows.js';
import { pollerTables, pollerTargets } from './poller-report.js';
import { READINGS, writeSource, type Reading } from './poller-sources.js';

export interface PollerOptions {
  log: LogEngine;
  /** Of each reading: a thousand rows an answer. */
  rows: number;
  rounds: number;
  profile?: string;
}

/** Rows that were taken in, and what that took. */
export interface PollerRun {
  reading: Reading;
  rows: number;
  /** From the first request to the last state. */
  seconds: number;
  cpuSeconds: number;
  /** Of `cpuSeconds`, until the process was ready. */
  startCpuSeconds: number;
  peakMemoryMiB: number;
  peakMemoryHalfwayMiB: number;
  bare: { seconds: number; cpuSeconds: number };
}

const LOOK_EVERY_MS = 20;
const LIMIT_MS = 10 * 60_000;

/** The poller beside a process that fetches and parses the same answers and does nothing else. */
export async function benchPoller(options: PollerOptions, closers: Closers): Promise<Report> {
  const answers = Math.ceil(options.rows / ROWS_PER_ANSWER);
  const { folder, remove } = await throwAwayFolder();
  closers.add(remove);
  const partner = NodeProcess.start('the partner', 'bench/poller/partner-main.js', closers, {
    arguments: [String(answers)],
  });
  const port = Number((await partner.line((line) => 'port' in line))['port']);
  const installation = await openInstallation(options.log, closers);
  const runs: PollerRun[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    for (const reading of READINGS) {
      const bare = await readBare(reading, port, answers, closers);
      const sources = await writeSource(folder, reading, port);
      runs.push({ ...(await poll(installation, reading, sources, answers, options.profile, closers)), bare });
    }
  }
  return {
    bench: 'poller',
    setting:
      `${answers * ROWS_PER_ANSWER} rows, ${ROWS_PER_ANSWER} an answer, of a partner on loopback → 1 http-poller → ` +
      'raw-events: pages of JSON, and windows of an hour in CSV; every row is mapped for the ledger. ' +
      'Bare: the same answers fetched and parsed, CSV split at commas, nothing else',
    conditions: await conditionsOf(installation),
    tables: pollerTables(runs),
    targets: pollerTargets(runs),
    figures: { runs },
  };
}

async function readBare(
  reading: Reading,
  port: number,
  answers: number,
  closers: Closers,
): Promise<PollerRun['bare']> {
  const bare = NodeProcess.start('the bare reader', 'bench/poller/bare-reader-main.js', closers, {
    arguments: [reading, String(port), String(answers)],
  });
  const { rows, seconds, cpuSeconds } = await bare.line((line) => 'rows' in line);
  if (rows !== answers * ROWS_PER_ANSWER) throw new Error(`the bare reader read ${String(rows)} rows`);
  return { seconds: Number(seconds), cpuSeconds: Number(cpuSeconds) };
}

/** Runs a poller on an empty state until every row is acknowledged. @throws where that takes too long */
async function poll(
  installation: Installation,
  reading: Reading,
  sources: string,
  answers: number,
  profileTo: string | undefined,
  closers: Closers,
): Promise<Omit<PollerRun, 'bare'>> {
  const { pool } = installation.database;
  await pool.query('TRUNCATE tributary.source_state, tributary.source_windows');
  const poller = await startApp('http-poller', installation, closers, {
    environment: { SOURCES_DIR: sources },
    profileTo,
  });
  const startCpuSeconds = cpuSecondsOf(poller.pid);
  const rows = answers * ROWS_PER_ANSWER;
  let halfway = 0;
  for (const deadline = Date.now() + LIMIT_MS; Date.now() < deadline; await sleep(LOOK_EVERY_MS)) {
    const found = await pool.query<{ rows: string; seconds: string }>(
      `SELECT coalesce(sum(rows_selected), 0) AS rows,
         extract(epoch FROM max(finished_at) - min(started_at)) AS seconds
       FROM tributary.source_windows WHERE outcome = 'succeeded'`,
    );
    const done = Number(found.rows[0]!.rows);
    if (halfway === 0 && done >= rows / 2) halfway = peakMemoryMiB(poller.pid);
    if (done < rows) continue;
    const usage = {
      cpuSeconds: cpuSecondsOf(poller.pid),
      startCpuSeconds,
      peakMemoryMiB: peakMemoryMiB(poller.pid),
      peakMemoryHalfwayMiB: halfway,
    };
    await poller.stop();
    return { reading, rows, seconds: Number(found.rows[0]!.seconds), ...usage };
  }
  throw new Error('the rows were not taken in in time');
}
