import { figure, median, type FigureTable } from '../report/report.js';
import type { Target } from '../report/target.js';
import type { PollerRun } from './poller-bench.js';
import { READINGS } from './poller-sources.js';

const per100000 = (cpuSeconds: number, { rows }: PollerRun): number => (cpuSeconds / rows) * 100_000;

/** Every run beside the bare reader's. */
export function pollerTables(runs: readonly PollerRun[]): FigureTable[] {
  return [
    {
      title: 'rates',
      head: [
        'rows',
        'as',
        'seconds',
        'rows/s',
        'bare rows/s',
        'CPU s per 100,000',
        'of it start',
        'bare',
        'peak MiB',
        'halfway',
      ],
      rows: runs.map((r) => [
        r.rows.toLocaleString('en-US'),
        r.reading,
        figure(r.seconds),
        figure(r.rows / r.seconds),
        figure(r.rows / r.bare.seconds),
        figure(per100000(r.cpuSeconds, r)),
        figure(per100000(r.startCpuSeconds, r)),
        figure(per100000(r.bare.cpuSeconds, r)),
        figure(r.peakMemoryMiB),
        figure(r.peakMemoryHalfwayMiB),
      ]),
    },
  ];
}

/** The median of the runs of each reading; memory is the worst of all. */
export function pollerTargets(runs: readonly PollerRun[]): Target[] {
  return [
    ...READINGS.flatMap((reading): Target[] => {
      const own = runs.filter((r) => r.reading === reading);
      return [
        {
          what: `${reading}: CPU s per 100,000 rows, start of the process included`,
          is: 'at most',
          goal: 1.5,
          measured: median(own.map((r) => per100000(r.cpuSeconds, r))),
          unit: ' s',
        },
        {
          what: `${reading}: rows/s`,
          is: 'at least',
          goal: 60_000,
          measured: median(own.map((r) => r.rows / r.seconds)),
          unit: '',
        },
      ];
    }),
    {
      what: 'peak memory',
      is: 'below',
      goal: 250,
      measured: Math.max(...runs.map((r) => r.peakMemoryMiB)),
      unit: ' MiB',
    },
    {
      what: 'peak memory at the end, of that halfway',
      is: 'at most',
      goal: 1.25,
      measured: Math.max(...runs.map((r) => r.peakMemoryMiB / r.peakMemoryHalfwayMiB)),
      unit: '',
    },
  ];
}
