import Table from 'cli-table3';
import { figure, lineName } from '#apps/cli';
import { readStatement } from '#apps/commissions';
import { periodOf, type Period, type Statement } from '#libs/commissions';
import type { Database } from '#libs/database';
import type { Instant } from '#libs/events';

/** A line that a partner's statement must have. */
type ExpectedLine = Pick<Statement['lines'][number], 'kind' | 'players' | 'exact' | 'amount'>;

/** What the demo's partners earn, by their agreements. `ftd`: in the month of Ben's deposit; else in that of the play. */
const EXPECTED: Record<string, { of: 'ftd' | 'play'; lines: ExpectedLine[] }> = {
  'newsletter-cpa': { of: 'ftd', lines: [{ kind: 'cpa', players: 1, exact: '20', amount: '20' }] },
  // Erik: 80 of GGR less 5 and 10 % are 68; Dana: the 15 that went back; a quarter of both
  'affiliate-42-share': {
    of: 'play',
    lines: [{ kind: 'revenue_share', players: 2, exact: '13.25', amount: '13.25' }],
  },
  // Gina: her first deposit; 40 of GGR less 5 and 10 % are 34, a fifth of it
  'streamer-hybrid': {
    of: 'play',
    lines: [
      { kind: 'cpa', players: 1, exact: '30', amount: '30' },
      { kind: 'revenue_share', players: 1, exact: '6.8', amount: '6.8' },
    ],
  },
};

/** The months whose statements are looked at. @param ftd of Ben @param play of Erik, Gina and Dana */
export function periodsOfDeals(ftd: Instant, play: Instant): Record<string, Period> {
  return Object.fromEntries(
    Object.entries(EXPECTED).map(([agreement, { of }]) => [
      agreement,
      periodOf('UTC', of === 'ftd' ? ftd : play),
    ]),
  );
}

/** The partners' statements as they stand. */
export async function readDeals(database: Database, periods: Record<string, Period>): Promise<Statement[]> {
  const read = await Promise.all(
    Object.entries(periods).map(([agreement, period]) =>
      readStatement(database, agreement, period, new Date()),
    ),
  );
  return read.filter((statement) => statement !== undefined);
}

/** Where the statements are not what they must be, one line each; empty where they are. */
export function dealProblems(statements: readonly Statement[]): string[] {
  return Object.entries(EXPECTED).flatMap(([agreement, { lines }]) => {
    const found = statements.find((s) => s.agreement === agreement);
    if (!found) return [`${agreement}: has no statement`];
    const text = (of: readonly ExpectedLine[]): string =>
      of.map(({ kind, players, exact, amount }) => `${kind} ${players} ${exact} ${amount}`).join(', ');
    const own = found.lines.filter(({ of_period }) => of_period === found.period);
    const [is, must] = [text(own), text(lines)];
    const waits = found.unfinished.filter((why) => !why.includes('not over'));
    return [
      ...(is === must ? [] : [`${agreement}: its lines are [${is}], must be [${must}]`]),
      ...waits.map((why) => `${agreement}: ${why}`),
    ];
  });
}

/** The lines of the statements as people read them. */
export function drawDeals(statements: readonly Statement[]): string {
  const table = new Table({
    head: ['partner', 'agreement', 'month', 'line', 'players', 'amount'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'left', 'left', 'right', 'right'],
  });
  for (const s of statements) {
    for (const line of s.lines) {
      const amount = `${figure(line.amount, s.currency)} ${s.currency}`;
      table.push([s.partner, s.agreement, s.period, lineName(line, s.period), String(line.players), amount]);
    }
  }
  return table.toString();
}
