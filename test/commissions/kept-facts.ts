import {
  decimal,
  canonical,
  countOf,
  dealOf,
  reckonAgain,
  settleMonths,
  sumFacts,
  sumOf,
  type Agreement,
  type CpaBasis,
  type Deal,
  type DealFile,
  type ExclusionReason,
  type Fact,
  type KnownMonth,
  type NgrDefinition,
  type Trigger,
} from '#libs/commissions';
import { readKeptFacts, type Database, type KeptRow } from '#libs/database';
import { partnerMonths } from '../../apps/commissions/src/partner-months.js';
import { DEALS } from './deals.js';

/** A row of `statement_players` with its facts. */
type Kept = KeptRow & { rows: Fact[] };

/**
 * What does not fit of what closed statements rest on, a line each; there is nothing. From the facts that were kept, and nothing
 * else but what earlier months have left, each player's month, then the partner's own lines, are reckoned again by the pure
 * functions: they must come to what was kept, and that to the ledger.
 */
export async function keptProblems(
  database: Database,
  deals: readonly DealFile[] = DEALS,
): Promise<string[]> {
  const kept = await readAll(database);
  const problems: string[] = [];
  const check = (what: string, row: KeptRow, is: unknown, wanted: unknown): void => {
    const [a, b] = [JSON.stringify(is), JSON.stringify(wanted)];
    if (a !== b) {
      problems.push(
        `${row.agreement} ${row.period} of ${row.of_period} ${row.subject}: ${what} ${a} is not ${b}`,
      );
    }
  };
  for (const row of kept) {
    const deal = dealNamed(row.agreement, deals);
    check('ledger', row, amountsOf(row.commissions), await booked(database, row));
    if (row.subject === '') {
      check('partner', row, partnerLines(deal, row, kept), amountsOf(row.commissions));
      continue;
    }
    const { received_at: _, ...counted } = countOf(row.rows.filter(({ segment }) => segment !== null));
    check('facts', row, sorted(counted), sorted(row.facts));
    const known: KnownMonth = {
      period: row.of_period,
      player: {
        subject: row.subject,
        exclusions: row.exclusions as ExclusionReason[],
        triggers: row.triggers as Trigger[],
      },
      debt: row.months[0]?.debt_in ?? '0',
      advance: row.months[0]?.advance_in ?? '0',
      feeRates: new Map(Object.entries(row.fee_rates)),
    };
    const again = reckonAgain(deal, known, row.rows);
    check('commissions', row, amountsOf(again.commissions), amountsOf(row.commissions));
    check(
      'months',
      row,
      again.months.map(
        ({ segment, ggr, ngr, admin_fee, base, counted, debt_out, advance_out, activity, first_deposit }) => [
          ...[segment, ggr, ngr, admin_fee, base, counted, debt_out, advance_out, activity.facts.hash],
          ...[activity.deposits, activity.withdrawals, activity.chargebacks, first_deposit],
        ],
      ),
      row.months.map((m) => [
        ...[m.segment, m.ggr, m.ngr, m.admin_fee, m.base, m.counted, m.debt_out, m.advance_out],
        ...[(m.facts as { hash: string }).hash, m.deposits, m.withdrawals, m.chargebacks, m.first_deposit],
      ]),
    );
  }
  return [...problems, ...(await missing(database)), ...(await wrongManifests(database, kept))];
}

async function readAll(database: Database): Promise<Kept[]> {
  return database.transaction(async (client) => {
    const found = await client.query<KeptRow>(
      `SELECT agreement, period, number, of_period, subject, matched_by, click_id, exclusions, triggers, months, commissions,
          fee_rates, facts FROM tributary.statement_players ORDER BY agreement, number, of_period, subject`,
    );
    const rows: Kept[] = [];
    for (const row of found.rows) rows.push({ ...row, rows: (await readKeptFacts(client, row)) as Fact[] });
    return rows;
  });
}

function dealNamed(name: string, deals: readonly DealFile[]): Deal {
  return dealOf(
    deals.find((d): d is Agreement => 'agreement' in d && d.agreement === name)!,
    deals.filter((d): d is NgrDefinition => 'ngr' in d),
  );
}

/** The partner's lines of a month by what was kept last of each of its players when the statement was closed. */
function partnerLines(deal: Deal, row: KeptRow, kept: readonly Kept[]): Record<string, string> {
  const players = new Map(
    kept
      .filter((k) => k.agreement === row.agreement && k.of_period === row.of_period)
      .filter((k) => k.subject !== '' && k.number <= row.number)
      .map((k) => [k.subject, k]),
  );
  const all = [...players.values()];
  const period = row.of_period;
  const lines = all.flatMap(({ subject, commissions }) => commissions.map((c) => ({ subject, ...c })));
  const [month] = partnerMonths(deal, [period], {
    sums: [
      ...new Map(
        all.flatMap((k) => k.months).map((m) => [m.segment, { period, segment: m.segment }]),
      ).values(),
    ].map(({ segment }) => {
      const of = all.flatMap((k) => k.months).filter((m) => m.segment === segment);
      return {
        ...{ period, segment, counted: canonical(sumOf(of.map((m) => m.counted))) },
        first_deposits: of.filter((m) => m.first_deposit).length,
      };
    }),
    shares: new Map([
      [period, canonical(sumOf(lines.filter(({ kind }) => kind !== 'cpa').map(({ amount }) => amount)))],
    ]),
    cpas: lines
      .filter(({ kind }) => kind === 'cpa')
      .map(({ subject, amount, basis }) => ({ period, subject, amount, at: (basis as CpaBasis).at })),
  });
  const carry = row.commissions.find(({ kind }) => kind === 'carry_in' || kind === 'carry_out');
  const carriedIn = (carry?.basis as { carried_in: string } | undefined)?.carried_in ?? '0';
  return amountsOf(settleMonths([month!], carriedIn)[0]!.commissions);
}

function amountsOf(lines: readonly { kind: string; amount: string }[]): Record<string, string> {
  return sorted(Object.fromEntries(lines.map(({ kind, amount }) => [kind, amount])));
}

function sorted<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}

/** What the ledger has of a player's month up to a statement. */
async function booked(database: Database, row: KeptRow): Promise<Record<string, string>> {
  const found = await database.pool.query<{ kind: string; amount: string }>(
    `SELECT kind, trim_scale(sum(amount))::text AS amount FROM tributary.commission_entries
      WHERE agreement = $1 AND of_period = $2 AND subject = $3 AND booked_in <= $4
      GROUP BY kind HAVING sum(amount) <> 0`,
    [row.agreement, row.of_period, row.subject, row.period],
  );
  return amountsOf(found.rows);
}

/** Entries of closed months without anything that is kept. */
async function missing(database: Database): Promise<string[]> {
  const found = await database.pool.query<{ what: string }>(
    `SELECT concat_ws(' ', e.agreement, e.booked_in, e.of_period, e.subject, 'rests on nothing') AS what
      FROM tributary.commission_entries e JOIN tributary.statements s ON s.agreement = e.agreement AND s.period = e.booked_in
      WHERE NOT EXISTS (SELECT FROM tributary.statement_players p WHERE p.agreement = e.agreement AND p.period = e.booked_in
        AND p.of_period = e.of_period AND p.subject = e.subject)`,
  );
  return found.rows.map((row) => row.what);
}

/** The facts of a statement's manifest are those of all its players. */
async function wrongManifests(database: Database, kept: readonly Kept[]): Promise<string[]> {
  const found = await database.pool.query<{
    agreement: string;
    period: string;
    manifest: { facts: Kept['facts'] };
  }>('SELECT agreement, period, manifest FROM tributary.statements');
  return found.rows.flatMap(({ agreement, period, manifest }) => {
    const own = kept.filter(
      (k) => k.agreement === agreement && k.period === period && k.of_period === period,
    );
    const all = sumFacts(own.map(({ facts }) => ({ ...facts, received_at: null })));
    const isAlike =
      decimal(String(all.deposits)).eq(String(manifest.facts.deposits)) &&
      (own.length === 0 ? '0'.repeat(16) : all.hash) === manifest.facts.hash;
    return isAlike ? [] : [`${agreement} ${period}: the manifest has other facts`];
  });
}
