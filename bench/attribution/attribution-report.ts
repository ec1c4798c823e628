import { rowsIn } from '../parts/database-work.js';
import { figure, median, type FigureTable } from '../report/report.js';
import type { Target } from '../report/target.js';
import type { AttributionRun } from './attribution-bench.js';

/** Every run with what it used, part by part, and the rows that it wrote. */
export function attributionTables(runs: readonly AttributionRun[]): FigureTable[] {
  const rates: FigureTable = {
    title:
      'rates (bare upsert: the rows that the events left in all their tables; time in PostgreSQL: of the time of batches, ' +
      'in statements)',
    head: [
      'events',
      'stored before',
      'seconds',
      'events/s',
      'bare upsert rows/s',
      'ratio',
      'rows written/event',
      'time in PostgreSQL',
      'events/batch',
    ],
    rows: runs.map((r) => [
      ...nameOf(r),
      figure(r.seconds),
      figure(rateOf(r)),
      figure(limitOf(r)),
      figure(rateOf(r) / limitOf(r)),
      figure(sum(r.work.rows.map(rowsIn)) / r.events),
      `${figure((r.work.statementSeconds / r.batchSeconds) * 100)} %`,
      figure(r.eventsPerBatch),
    ]),
  };
  const usage: FigureTable = {
    title: 'CPU and memory',
    head: [
      'events',
      'stored before',
      'part',
      'CPU s per 100,000',
      'share of CPU',
      'peak MiB',
      'peak MiB halfway',
    ],
    rows: runs.flatMap((r) =>
      r.usage.map((u) => [
        ...nameOf(r),
        u.part,
        figure(per100000(u.cpuSeconds, r)),
        `${figure((u.cpuSeconds / cpuOf(r)) * 100)} %`,
        u.peakMemoryMiB === undefined ? '–' : figure(u.peakMemoryMiB),
        u.part === 'attribution' ? figure(r.halfwayMemoryMiB) : '–',
      ]),
    ),
  };
  return [rates, usage, ...lastOfEachMix(runs).map(rowsTable)];
}

function rowsTable(run: AttributionRun): FigureTable {
  return {
    title: `rows written per event, ${run.mix}`,
    head: ['table', 'inserted', 'updated', 'deleted', 'in all'],
    rows: [...run.work.rows]
      .sort((a, b) => rowsIn(b) - rowsIn(a))
      .map((r) => [
        r.table,
        ...[r.inserted, r.updated, r.deleted, rowsIn(r)].map((n) => (n / run.events).toFixed(4)),
      ]),
  };
}

/** The median of the runs on an empty database counts. */
export function attributionTargets(runs: readonly AttributionRun[]): Target[] {
  const empty = runs.filter((r) => r.storedBefore === 0);
  const mixed = empty.filter((r) => r.mix === 'mixed');
  const transactions = empty.filter((r) => r.mix === 'transactions');
  const [fifth, whole] = runs.filter((r) => r.storedBefore > 0);
  const targets: Target[] = [];
  if (mixed.length > 0) {
    const growth = mixed.map((r) => attributionOf(r).peakMemoryMiB! / r.halfwayMemoryMiB);
    targets.push(
      ofLimit(mixed, 0.25),
      flat('mixed: peak memory at the end, of that halfway', median(growth)),
    );
  }
  if (transactions.length > 0) {
    const what = 'transactions: CPU of attribution per 100,000';
    const measured = median(transactions.map((r) => per100000(attributionOf(r).cpuSeconds, r)));
    targets.push(ofLimit(transactions, 0.7), { what, is: 'below', goal: 1.6, measured, unit: ' s' });
  }
  if (fifth && whole) {
    const cost = cpuOf(whole) / whole.events / (cpuOf(fifth) / fifth.events);
    const memory = attributionOf(whole).peakMemoryMiB! / attributionOf(fifth).peakMemoryMiB!;
    targets.push(flat('CPU per event on all the stored facts, of that on a fifth of them', cost));
    targets.push(flat('peak memory on all the stored facts, of that on a fifth of them', memory));
  }
  return targets;
}

function ofLimit(runs: readonly AttributionRun[], goal: number): Target {
  return {
    what: `${runs[0]!.mix}: events/s, of bare upsert rows/s`,
    is: 'at least',
    goal,
    measured: median(runs.map((r) => rateOf(r) / limitOf(r))),
    unit: '',
  };
}

/** Grows by a quarter at most. */
function flat(what: string, measured: number): Target {
  return { what, is: 'at most', goal: 1.25, measured, unit: '' };
}

function lastOfEachMix(runs: readonly AttributionRun[]): AttributionRun[] {
  return [...new Map(runs.map((r) => [r.mix, r])).values()];
}

function nameOf(run: AttributionRun): string[] {
  return [`${run.events.toLocaleString('en-US')} ${run.mix}`, run.storedBefore.toLocaleString('en-US')];
}

function attributionOf(run: AttributionRun): AttributionRun['usage'][number] {
  return run.usage.find((u) => u.part === 'attribution')!;
}

function cpuOf(run: AttributionRun): number {
  return sum(run.usage.map((u) => u.cpuSeconds));
}

function per100000(amount: number, run: AttributionRun): number {
  return (amount / run.events) * 100_000;
}

function rateOf(run: AttributionRun): number {
  return run.events / run.seconds;
}

function limitOf({ limit }: AttributionRun): number {
  return limit.rows / limit.seconds;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
