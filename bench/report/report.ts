import { availableParallelism, cpus, totalmem } from 'node:os';
import { basename } from 'node:path';
import Table from 'cli-table3';
import { kafkaJars } from '#test/kafka-jars';
import { withClient, type Installation } from '../parts/installation.js';
import { isReached, type Target } from './target.js';

/** A table of figures: what each column is, then the rows as text. */
export interface FigureTable {
  title: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

/** What one benchmark found. */
export interface Report {
  bench: string;
  /** What was measured, and how, in a few words. */
  setting: string;
  conditions: string;
  tables: readonly FigureTable[];
  targets: readonly Target[];
  /** Everything that was measured, for programs. */
  figures: unknown;
}

/** On what was measured, in one line. */
export async function conditionsOf({ engine, postgres }: Installation): Promise<string> {
  const settings = await withClient(postgres.url, async (client) => {
    const found = await client.query<{ version: string; fsync: string; commit: string }>(
      `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
        current_setting('synchronous_commit') AS commit`,
    );
    return found.rows[0]!;
  });
  return [
    machine(),
    `PostgreSQL ${settings.version.split(' ')[0]} (fsync ${settings.fsync}, synchronous_commit ${settings.commit})`,
    engine === 'kafka' ? `${basename(await kafkaJars())}, one broker, acks=all` : 'event log in PostgreSQL',
    'everything on this machine',
  ].join(' · ');
}

/** The machine and its Node, in one line. */
export function machine(): string {
  const gib = Math.round(totalmem() / 1024 ** 3);
  const cores = `${availableParallelism()} cores (${cpus()[0]?.model.trim()})`;
  return `${cores}, ${gib} GiB · Node ${process.versions.node}`;
}

/** The report as people read it. */
export function textOf(report: Report): string {
  const parts = [
    `${report.bench}: ${report.setting}`,
    report.conditions,
    ...report.tables.map((t) => `${t.title}\n${tableOf(t.head, t.rows)}`),
  ];
  if (report.targets.length > 0) parts.push(targetTable(report.targets));
  return `${parts.join('\n\n')}\n`;
}

/** The report as one line of JSON. */
export function jsonOf({ bench, setting, conditions, targets, figures }: Report): string {
  const judged = targets.map((t) => ({ ...t, reached: isReached(t) }));
  return `${JSON.stringify({ bench, setting, conditions, figures, targets: judged })}\n`;
}

function targetTable(targets: readonly Target[]): string {
  const rows = targets.map((t) => [
    t.what,
    `${t.is} ${figure(t.goal)}${t.unit}`,
    `${figure(t.measured)}${t.unit}`,
    isReached(t) ? 'reached' : 'not reached',
  ]);
  return tableOf(['target', 'goal', 'measured', ''], rows);
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [] },
    colAligns: head.map((_, i) => (i === 0 ? 'left' : 'right')),
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

/** A number with as many digits as mean something: `12,345`, `12.3`, `0.76`. */
export function figure(n: number): string {
  const digits = Math.abs(n) >= 100 ? 0 : Math.abs(n) >= 10 ? 1 : 2;
  return n.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** The median with least and greatest: `12,345 (11,900–12,600)`. */
export function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 1) return figure(sorted[0]!);
  return `${figure(median(values))} (${figure(sorted[0]!)}–${figure(sorted.at(-1)!)})`;
}

/** @throws RangeError where there are none */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new RangeError('no values');
  return middle;
}
