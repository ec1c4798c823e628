import { hashOf } from './deal-of.js';
import { ZERO, canonical, decimal, isNegative, roundLine, sumOf } from './decimal.js';
import type { Deal, Facts, LineKind, Manifest, Period, Statement, StatementLine } from './model.js';
import { segmentsOf } from './segments.js';

/** What of one kind and month of origin is booked in a statement's month. */
export interface Booked {
  kind: LineKind;
  of_period: Period;
  /** Subjects that stand behind it. */
  players: number;
  /** Σ of the ledger entries, exact. */
  exact: string;
  /** What the same kind and month came to on the statements closed before, exact and as it was paid. Absent: nothing. */
  before?: { exact: string; amount: string };
}

/** All that a statement says, but for what follows from it. */
export interface StatementContent {
  period: Period;
  booked: readonly Booked[];
  /** What the statement closed before has left unpaid (0 or negative). */
  openingBalance: string;
  /** Of a statement that is closed. */
  closed?: { number: number; closed_at: string; closed_by: string };
  unfinished: readonly string[];
  facts: Facts;
  ratesHash: string;
  lastEntryId: string | null;
}

/**
 * A month's statement. Lines stand with the month's own first, in the order of `LINE_ORDER`, then adjustments by their months;
 * sums of 0 are left out. Each line is rounded once: what all statements pay of a kind and month is the rounded exact sum of
 * it, so that adjustments of fractions of a cent, however many, neither lose nor make one. The amount is exactly the sum of
 * the lines.
 */
export function statementOf(deal: Deal, content: StatementContent): Statement {
  const { agreement } = deal;
  const { period, closed } = content;
  const lines = linesOf(content, agreement.currency);
  const amount = sumOf(lines.map((line) => line.amount));
  const balance = decimal(content.openingBalance).plus(amount);
  const statement = {
    agreement: agreement.agreement,
    partner: agreement.partner,
    brand: agreement.brand,
    period,
    currency: agreement.currency,
    time_zone: agreement.time_zone,
    lines,
    amount: canonical(amount),
    opening_balance: content.openingBalance,
    payable: canonical(isNegative(balance) ? ZERO : balance),
    closing_balance: canonical(isNegative(balance) ? balance : ZERO),
  };
  const manifest = manifestOf(deal, content, lines);
  return {
    ...statement,
    status: closed ? 'closed' : 'open',
    number: closed?.number ?? null,
    closed_at: closed?.closed_at ?? null,
    closed_by: closed?.closed_by ?? null,
    unfinished: [...content.unfinished],
    manifest: { ...manifest, hash: hashOf({ ...statement, manifest }) },
  };
}

/** Whether a statement's figures are those that its hash was made of. */
export function isIntact(statement: Statement): boolean {
  const { status: _s, number: _n, closed_at: _a, closed_by: _b, unfinished: _u, ...rest } = statement;
  const { hash, ...manifest } = statement.manifest;
  return hashOf({ ...rest, manifest }) === hash;
}

/** How the kinds follow each other on a statement. */
export const LINE_ORDER = [
  'cpa',
  'cpa_cap',
  'revenue_share',
  'recoup',
  'carry_in',
  'carry_out',
  'revenue_share_cap',
] as const satisfies readonly LineKind[];

function linesOf({ period, booked }: StatementContent, currency: string): StatementLine[] {
  return booked
    .filter(({ exact }) => exact !== '0')
    .map(({ kind, of_period, players, exact, before = { exact: '0', amount: '0' } }) => {
      const inAll = roundLine(canonical(decimal(before.exact).plus(exact)), currency);
      return { kind, of_period, players, exact, amount: canonical(decimal(inAll).minus(before.amount)) };
    })
    .sort((a, b) => compare(placeOf(a, period), placeOf(b, period)));
}

function placeOf({ kind, of_period }: StatementLine, period: Period): string {
  return `${of_period === period ? '' : of_period} ${LINE_ORDER.indexOf(kind)}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The versions of plans and NGR are those of the statement's month and of all months that it adjusts. */
function manifestOf(
  deal: Deal,
  { period, facts, ratesHash, lastEntryId }: StatementContent,
  lines: readonly StatementLine[],
): Omit<Manifest, 'hash'> {
  const periods = [...new Set([period, ...lines.map(({ of_period }) => of_period)])];
  const segments = periods.flatMap((of) => segmentsOf(deal, of));
  return {
    agreement_version: deal.version,
    plan_versions: distinct(segments.map(({ planVersion }) => planVersion)),
    ngr_versions: distinct(segments.flatMap(({ ngrVersion }) => ngrVersion ?? [])),
    fx: { date: deal.agreement.fx.date, rates_hash: ratesHash },
    facts,
    last_entry_id: lastEntryId,
  };
}

function distinct(versions: readonly string[]): string[] {
  return [...new Set(versions)].sort();
}
