import {
  LINE_ORDER,
  canonical,
  decimal,
  sumOf,
  type LineKind,
  type Period,
  type Statement,
} from '#libs/commissions';
import { lines } from '../explain/text.js';
import { columns, strong } from '../print.js';
import { figures } from './figures.js';
import { kindName } from './lines.js';

/** A month as it stands, and as it would be under another plan. */
export interface Simulation {
  agreement: string;
  partner: string;
  period: Period;
  currency: string;
  lines: (Compared & { kind: LineKind })[];
  total: Compared;
  /** What keeps the simulation from being all: as of the statement. */
  unfinished: string[];
}

/** Canonical amounts. */
export interface Compared {
  now: string;
  simulated: string;
  difference: string;
}

/**
 * Sets a simulated month beside what it came to. Adjustments of other months that stand on its statement are no cost of it.
 * @param now absent: there is no such agreement yet
 */
export function compareMonth(now: Statement | undefined, simulated: Statement): Simulation {
  const { agreement, partner, period, currency, unfinished } = simulated;
  const [before, after] = [now, simulated].map(
    (s) => new Map(s?.lines.filter((l) => l.of_period === period).map((l) => [l.kind, l.amount])),
  );
  const compared = LINE_ORDER.map((kind) => ({
    kind,
    ...compare(before!.get(kind) ?? '0', after!.get(kind) ?? '0'),
  })).filter((line) => line.now !== '0' || line.simulated !== '0');
  const total = compare(totalOf(compared.map((c) => c.now)), totalOf(compared.map((c) => c.simulated)));
  return { agreement, partner, period, currency, lines: compared, total, unfinished };
}

function totalOf(amounts: readonly string[]): string {
  return canonical(sumOf(amounts));
}

function compare(now: string, simulated: string): Compared {
  return { now, simulated, difference: canonical(decimal(simulated).minus(now)) };
}

/** The comparison as it is read on a terminal. */
export function simulationText(s: Simulation): string {
  const rows = [...s.lines, s.total];
  const column = (of: keyof Compared): string[] =>
    figures(
      rows.map((row) => row[of]),
      s.currency,
    );
  const [now, simulated, differences] = [column('now'), column('simulated'), column('difference')];
  const names = [...s.lines.map(({ kind }) => kindName(kind)), 'Total'];
  const table = columns(
    [s.currency, 'now', 'simulated', 'difference'],
    names.map((name, i) => [name, now[i]!, simulated[i]!, differences[i]!]),
    'lrrr',
  ).split('\n');
  table.splice(1 + s.lines.length, 0, '─'.repeat(Math.max(...table.map((line) => line.length))));
  return lines([
    `${strong(`${s.partner}, ${s.period}`)} · agreement ${s.agreement} · nothing is stored`,
    table.join('\n'),
    s.unfinished.length === 0 ? undefined : `Not all is known yet: ${s.unfinished.join('; ')}`,
  ]);
}
