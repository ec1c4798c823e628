import { stringify } from 'csv-stringify/sync';
import type { Statement } from '#libs/commissions';
import type { SubjectLine } from './read-subject-lines.js';

/** Players' lines of one statement. */
export interface StatementPlayers {
  statement: Statement;
  lines: readonly SubjectLine[];
}

/** What each row of a statement says of the statement. */
const HEAD = ['partner', 'agreement', 'brand', 'period', 'status', 'number', 'currency'] as const;

/** Rows below the lines, and what stands in them. */
const SUMS = {
  total: 'amount',
  opening_balance: 'opening_balance',
  payable: 'payable',
  closing_balance: 'closing_balance',
} as const satisfies Record<string, keyof Statement>;

const headOf = (s: Statement): (string | number | null)[] => HEAD.map((name) => s[name]);

/**
 * Statements as CSV (RFC 4180, LF): a row a line, then for each its sums, `total` and those behind it.
 * Decimals are canonical; `exact` is what was rounded.
 */
export function statementsCsv(statements: readonly Statement[]): string {
  const rows = statements.flatMap((s) => [
    ...s.lines.map((l) => [...headOf(s), l.kind, l.of_period, l.players, l.exact, l.amount]),
    ...Object.entries(SUMS).map(([sum, of]) => [...headOf(s), sum, null, null, null, s[of]]),
  ]);
  return stringify([[...HEAD, 'line', 'of_period', 'players', 'exact', 'amount'], ...rows]);
}

/** Players' lines as CSV; amounts are exact, for it is their sum that is rounded. */
export function playersCsv(all: readonly StatementPlayers[]): string {
  const rows = all.flatMap(({ statement, lines }) =>
    lines.map((l) => [...headOf(statement), l.subject, l.kind, l.of_period, l.amount]),
  );
  return stringify([[...HEAD, 'player', 'line', 'of_period', 'exact'], ...rows]);
}
