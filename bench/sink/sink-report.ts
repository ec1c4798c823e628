import { figure, median, type FigureTable } from '../report/report.js';
import type { Target } from '../report/target.js';
import type { SinkFigures, SinkRun } from './sink-bench.js';

/** Every run with what it used, part by part; then the recoveries. */
export function sinkTables({ runs, recoveries }: SinkFigures): FigureTable[] {
  const rates: FigureTable = {
    title: 'rates',
    head: [
      'stored before',
      'events',
      'seconds',
      'events/s',
      'bare upsert rows/s',
      'ratio',
      'CPU µs/event',
      'events/batch',
    ],
    rows: runs.map((r) => [
      r.storedBefore.toLocaleString('en-US'),
      r.events.toLocaleString('en-US'),
      figure(r.seconds),
      figure(rateOf(r)),
      figure(limitOf(r)),
      figure(rateOf(r) / limitOf(r)),
      figure((r.usage.reduce((sum, u) => sum + u.cpuSeconds, 0) / r.events) * 1e6),
      figure(r.eventsPerBatch),
    ]),
  };
  const usage: FigureTable = {
    title: 'CPU and memory',
    head: ['stored before', 'part', 'CPU s', 'CPU µs/event', 'peak memory MiB'],
    rows: runs.flatMap((r) =>
      r.usage.map((u) => [
        r.storedBefore.toLocaleString('en-US'),
        u.part,
        figure(u.cpuSeconds),
        figure((u.cpuSeconds / r.events) * 1e6),
        u.peakMemoryMiB === undefined ? '–' : figure(u.peakMemoryMiB),
      ]),
    ),
  };
  const recovery: FigureTable = {
    title: 'PostgreSQL goes away in the middle',
    head: ['outage', 'away s', 'next batch settled after s'],
    rows: recoveries.map((r) => [r.outage, figure(r.awaySeconds), figure(r.resumedAfterSeconds)]),
  };
  return [rates, usage, ...(recoveries.length > 0 ? [recovery] : [])];
}

/** The best of the runs on an empty database counts: what else the machine does only slows them. */
export function sinkTargets({ runs, recoveries }: SinkFigures): Target[] {
  const empty = runs.filter((r) => r.storedBefore === 0);
  const filled = runs.filter((r) => r.storedBefore > 0);
  const apps = runs.flatMap((r) => r.usage).filter((u) => /normalizer|attribution/.test(u.part));
  const targets: Target[] = [
    {
      what: 'events/s, of bare upsert rows/s',
      is: 'at least',
      goal: 0.3,
      measured: median(empty.map((r) => rateOf(r) / limitOf(r))),
      unit: '',
    },
    {
      what: 'memory of the largest app',
      is: 'below',
      goal: 250,
      measured: Math.max(...apps.map((u) => u.peakMemoryMiB ?? 0)),
      unit: ' MiB',
    },
  ];
  if (filled.length > 0) {
    targets.push({
      what: 'events/s on a filled database, of those on an empty one',
      is: 'at least',
      goal: 0.75,
      measured: median(filled.map(rateOf)) / median(empty.map(rateOf)),
      unit: '',
    });
  }
  for (const { outage, resumedAfterSeconds } of recoveries) {
    const goal = outage === 'restart' ? 5 : 15;
    const what = `goes on after PostgreSQL's ${outage}`;
    targets.push({ what, is: 'at most', goal, measured: resumedAfterSeconds, unit: ' s' });
  }
  return targets;
}

function rateOf(run: SinkRun): number {
  return run.events / run.seconds;
}

function limitOf({ limit }: SinkRun): number {
  return limit.rows / limit.seconds;
}
