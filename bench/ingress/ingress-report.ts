import { figure, median, spread, type FigureTable } from '../report/report.js';
import type { Target } from '../report/target.js';
import { SERVERS, type Round, type Rounds, type ServerName } from './ingress-bench.js';

const INGRESS = 'pixel ingress';

const HEAD = ['', 'calls/s', 'p50 ms', 'p99 ms', 'p99.9 ms', 'CPU s', 'CPU µs/call', 'memory MiB', 'not 202'];

/** Medians over the rounds, with least and greatest. */
export function ingressTables(closed: Rounds, open: Rounds): FigureTable[] {
  const rowsOf = (rounds: Rounds): string[][] =>
    SERVERS.map((name) => [
      name,
      spread(rounds[name].map(rateOf)),
      spread(rounds[name].map((r) => r.p50)),
      spread(rounds[name].map((r) => r.p99)),
      spread(rounds[name].map((r) => r.p999)),
      figure(median(rounds[name].map((r) => r.cpuSeconds))),
      spread(rounds[name].map(microsPerCall)),
      figure(Math.max(...rounds[name].map((r) => r.peakMemoryMiB))),
      String(rounds[name].reduce((sum, r) => sum + r.failed, 0)),
    ]);
  return [
    { title: 'closed loop', head: HEAD, rows: rowsOf(closed) },
    { title: 'open loop (times from the moment a call was due)', head: HEAD, rows: rowsOf(open) },
  ];
}

/** Ratios are of rounds that followed each other, and their median. */
export function ingressTargets(closed: Rounds, open: Rounds): Target[] {
  const ratio = (of: (r: Round) => number, to: ServerName): number =>
    median(closed[INGRESS].map((r, i) => of(r) / of(closed[to][i]!)));
  return [
    {
      what: 'calls/s, of a bare server with the same publisher',
      is: 'at least',
      goal: 0.75,
      measured: ratio(rateOf, 'bare node:http + publisher'),
      unit: '',
    },
    {
      what: 'CPU a call, of a bare server that answers at once',
      is: 'at most',
      goal: 3.5,
      measured: ratio(microsPerCall, 'bare node:http'),
      unit: ' times',
    },
    {
      what: 'p99, closed loop',
      is: 'below',
      goal: 15,
      measured: median(closed[INGRESS].map((r) => r.p99)),
      unit: ' ms',
    },
    {
      what: 'p99, open loop',
      is: 'below',
      goal: 8,
      measured: median(open[INGRESS].map((r) => r.p99)),
      unit: ' ms',
    },
    {
      what: 'memory of the ingress',
      is: 'below',
      goal: 250,
      measured: Math.max(...[...closed[INGRESS], ...open[INGRESS]].map((r) => r.peakMemoryMiB)),
      unit: ' MiB',
    },
  ];
}

function rateOf(round: Round): number {
  return round.calls / round.seconds;
}

function microsPerCall(round: Round): number {
  return (round.cpuSeconds / round.calls) * 1e6;
}
