import { isConversion } from '#libs/events';
import type { CompiledGa4, Ga4Row } from '#libs/ga4';
import { count } from '../../print.js';
import type { TriedRecord } from '../try-records.js';

/** What rows came to, counted; of large shards nothing else is kept. */
export interface RowTally {
  rows: number;
  /** Rows by the names of their events, the most first. */
  byEvent: Map<string, number>;
  /** Rows that go into the log. */
  relevant: number;
  /** Canonical events by their kinds. */
  byKind: Map<string, number>;
  rejected: number;
}

export function emptyTally(): RowTally {
  return { rows: 0, byEvent: new Map(), relevant: 0, byKind: new Map(), rejected: 0 };
}

/**
 * Counts rows, and gives on those that are of interest as they were tried: conversions and what is rejected first of all
 * are what a person wants to see.
 */
export function tallyRows(
  tally: RowTally,
  rows: readonly Ga4Row[],
  { isRelevant }: CompiledGa4,
  tryRow: (row: Ga4Row) => TriedRecord,
): TriedRecord[] {
  const worthAWord: TriedRecord[] = [];
  for (const row of rows) {
    tally.rows++;
    const name = row['event_name'];
    increase(tally.byEvent, typeof name === 'string' ? name : '(no name)');
    if (!isRelevant(row)) continue;
    tally.relevant++;
    const tried = tryRow(row);
    for (const { kind } of tried.events) increase(tally.byKind, kind);
    if (tried.rejections.length > 0) tally.rejected++;
    if (tried.rejections.length > 0 || tried.events.some(isConversion)) worthAWord.push(tried);
  }
  return worthAWord;
}

/** `page_view 800, purchase 3`, the most first. */
export function countsText(counts: ReadonlyMap<string, number>, most = 12): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const shown = sorted.slice(0, most).map(([name, n]) => `${name} ${count(n)}`);
  const more = sorted.length > most ? [`${count(sorted.length - most)} other names`] : [];
  return [...shown, ...more].join(', ');
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
