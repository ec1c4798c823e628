import type { Closers } from '../parts/closers.js';
import { freePort } from '../parts/free-port.js';
import { openInstallation, startApp, type LogEngine } from '../parts/installation.js';
import { cpuSecondsOf, peakMemoryMiB } from '../parts/process-usage.js';
import { untilDrained } from '../parts/until-drained.js';
import { latenciesOf, type Latencies } from '../load/latencies.js';
import { runLoad, type LoadResult } from '../load/load-task.js';
import { clickIdOf, clickOfCall } from '../load/pixel-call.js';
import { conditionsOf, figure, type Report } from '../report/report.js';
import type { Target } from '../report/target.js';
import { VisibleRows } from './visible-rows.js';

export interface EndToEndOptions {
  log: LogEngine;
  /** Calls a second. */
  rate: number;
  seconds: number;
  profile?: string;
}

/** One app under the load. */
interface AppUsage {
  app: string;
  cpuSeconds: number;
  peakMemoryMiB: number;
}

const CONNECTIONS = 128;
const ROW_LIMIT_MS = 60_000;
/** Clicks that one call may report. */
const CLICKS_AT_ONCE = 1_000;
const RUN = 'e2e';

/** From the 202 of a deposit pixel to its attributed row, at a fixed rate, every app a process of its own. The
 * clicks that the pixels name are there before. */
export async function benchEndToEnd(options: EndToEndOptions, closers: Closers): Promise<Report> {
  const installation = await openInstallation(options.log, closers);
  const port = await freePort();
  const profileTo = options.profile;
  const apps = [
    await startApp('attribution', installation, closers, { profileTo }),
    await startApp('normalizer', installation, closers, { profileTo }),
    await startApp('pixel-ingress', installation, closers, {
      environment: { PIXEL_HOST: '127.0.0.1', PIXEL_PORT: String(port) },
      profileTo,
    }),
  ];
  const { rate, seconds } = options;
  const calls = rate * seconds;
  await reportClicks(port, calls);
  await untilDrained(installation);
  const rows = new VisibleRows(installation.database.pool, RUN);
  const before = apps.map(({ pid }) => cpuSecondsOf(pid));
  const watching = rows.watch(ROW_LIMIT_MS);
  const task = { port, connections: CONNECTIONS, calls, rate, run: RUN, tellsAnswers: true };
  const load = await runLoad(task, closers, (answers) => answers.forEach(([n, at]) => rows.expect(n, at)));
  rows.end();
  await watching;
  const visible = latenciesOf(Float64Array.from(rows.delays));
  const usage = apps.map(({ name, pid }, i) => ({
    app: name,
    cpuSeconds: cpuSecondsOf(pid) - before[i]!,
    peakMemoryMiB: peakMemoryMiB(pid),
  }));
  return {
    bench: 'end-to-end',
    setting: `deposit pixels at ${rate} calls/s for ${seconds} s through one process of each app`,
    conditions: await conditionsOf(installation),
    tables: tablesOf(load, visible, usage),
    targets: targetsOf(load, visible, usage),
    figures: { load, visible, usage },
  };
}

/** Reports the clicks that the calls name. @throws Error unless each is taken */
async function reportClicks(port: number, calls: number): Promise<void> {
  const clicks = new Set(Array.from({ length: calls }, (_, n) => clickOfCall(n)));
  const all = Array.from(clicks, (_, n) => ({
    click_id: clickIdOf(n),
    utm_source: `affiliate-${n % 40}`,
    utm_campaign: 'autumn',
    sub_ids: { sub1: `placement-${n % 500}` },
  }));
  for (let at = 0; at < all.length; at += CLICKS_AT_ONCE) {
    const response = await fetch(`http://127.0.0.1:${port}/clicks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(all.slice(at, at + CLICKS_AT_ONCE)),
    });
    if (response.status !== 202) throw new Error(`clicks were answered ${response.status}`);
    await response.arrayBuffer();
  }
}

function tablesOf(load: LoadResult, visible: Latencies, usage: readonly AppUsage[]): Report['tables'] {
  const times = (t: Latencies): string[] => [t.p50, t.p99, t.p999, t.max].map(figure);
  return [
    {
      title: `latencies: ${load.calls.toLocaleString('en-US')} calls, ${load.failed} not answered with 202`,
      head: ['', 'p50 ms', 'p99 ms', 'p99.9 ms', 'max ms'],
      rows: [
        ['call to 202', ...times(load)],
        ['202 to visible row', ...times(visible)],
      ],
    },
    {
      title: 'CPU and memory',
      head: ['app', 'CPU s', 'CPU of one core', 'peak memory MiB'],
      rows: usage.map((u) => [
        u.app,
        figure(u.cpuSeconds),
        `${figure((u.cpuSeconds / load.seconds) * 100)} %`,
        figure(u.peakMemoryMiB),
      ]),
    },
  ];
}

function targetsOf(load: LoadResult, visible: Latencies, usage: readonly AppUsage[]): Target[] {
  return [
    { what: 'p99 from 202 to visible row', is: 'below', goal: 1_000, measured: visible.p99, unit: ' ms' },
    { what: 'calls not answered with 202', is: 'at most', goal: 0, measured: load.failed, unit: '' },
    ...usage.map((u): Target => ({
      what: `memory of ${u.app}`,
      is: 'below',
      goal: 250,
      measured: u.peakMemoryMiB,
      unit: ' MiB',
    })),
  ];
}
