import type { PoolClient } from 'pg';
import { readQualifications, type AcquisitionRow, type WantedQualification } from '#libs/database';
import {
  END_OF_TIME,
  nextPeriod,
  periodOf,
  type Deal,
  type ExclusionReason,
  type Period,
  type PlayerFacts,
  type Qualification,
  type Trigger,
} from '#libs/commissions';
import type { Book } from './read-book.js';

/** What is known of a covered subject whatever the month, and what its qualification rests on. */
export interface KnownPlayer {
  facts: PlayerFacts;
  /** Other currencies of the facts that qualifications look at. */
  currencies: string[];
  /** `USD 2026-10-03`, sorted: what might have qualified earlier. */
  missing_rates: string[];
  /** `USD 2026-10`, sorted: what may qualify at another time, or not at all, by the rates to come. */
  provisional_rates: string[];
}

const DAY_MS = 86_400_000;
const END_MS = Date.parse(END_OF_TIME);
const EXCLUSIONS = {
  self_excluded: (row: AcquisitionRow) => row.self_excluded,
  blocked: (row: AcquisitionRow) => row.blocked,
  duplicate: (row: AcquisitionRow) => row.duplicate,
} satisfies Record<ExclusionReason, (row: AcquisitionRow) => boolean>;

/** When what CPAs are paid on happened, of subjects of one deal; in the order of the subjects. */
export async function readTriggers(
  client: PoolClient,
  book: Book,
  deal: Deal,
  rows: readonly AcquisitionRow[],
): Promise<KnownPlayer[]> {
  const known = rows.map((row) => ({
    facts: factsOf(row),
    currencies: [] as string[],
    missing_rates: [] as string[],
    provisional_rates: [] as string[],
  }));
  const wanted = rows.flatMap((row, i) =>
    qualificationsOf(deal).flatMap(({ qualification, planVersion }) => {
      const window = windowOf(qualification, row);
      return window ? [{ player: known[i]!, planVersion, window }] : [];
    }),
  );
  if (wanted.length === 0) return known;
  const { currency, time_zone, brand } = deal.agreement;
  const { list: factors } = await book.factorsOf(
    client,
    deal,
    periodsOf(
      time_zone,
      wanted.map((w) => w.window),
    ),
  );
  const reached = await readQualifications(
    client,
    brand,
    wanted.map((w) => w.window),
    { currency, time_zone, factors },
  );
  for (const { index, at, conversions, currencies, missing_rates, provisional_rates } of reached.sort(
    (a, b) => a.index - b.index,
  )) {
    const { player, planVersion, window } = wanted[index]!;
    if (at !== null) player.facts.triggers.push({ on: 'qualification', at, conversions, planVersion });
    if (window.deposit_amount === null && window.wager_amount === null) continue;
    player.currencies = distinct([...player.currencies, ...currencies]);
    player.missing_rates = distinct([...player.missing_rates, ...missing_rates]);
    player.provisional_rates = distinct([...player.provisional_rates, ...provisional_rates]);
  }
  return known;
}

function factsOf(row: AcquisitionRow): PlayerFacts {
  const triggers: Trigger[] = [];
  for (const on of ['install', 'registration', 'ftd'] as const) {
    const happened = row[on];
    if (happened && happened.at < END_OF_TIME)
      triggers.push({ on, at: happened.at, conversions: [happened.conversion_id] });
  }
  const exclusions = (Object.keys(EXCLUSIONS) as ExclusionReason[]).filter((reason) =>
    EXCLUSIONS[reason](row),
  );
  return { subject: row.subject, exclusions, triggers };
}

/** The distinct ones of the deal's plans. */
function qualificationsOf(deal: Deal): { qualification: Qualification; planVersion: string }[] {
  const found = new Map<string, Qualification>();
  for (const { plan, version } of deal.plans) {
    if (plan.type !== 'revenue_share' && plan.cpa.qualification) found.set(version, plan.cpa.qualification);
  }
  return [...found].map(([planVersion, qualification]) => ({ planVersion, qualification }));
}

/** The time in which a subject may qualify; undefined where it has not begun. */
function windowOf(qualification: Qualification, row: AcquisitionRow): WantedQualification | undefined {
  const { of, within_days, deposit_amount, deposit_count, wager_amount, wager_count } = qualification;
  const from = of === 'click' ? row.click_at : row[of]?.at;
  if (!from || from >= END_OF_TIME) return undefined;
  const [seconds, fraction] = [from.slice(0, 19), from.slice(19)];
  const ends = Date.parse(`${seconds}Z`) + within_days * DAY_MS;
  const to = ends < END_MS ? new Date(ends).toISOString().slice(0, 19) + fraction : END_OF_TIME;
  return {
    ...{ subject: row.subject, from, to },
    deposit_amount: deposit_amount ?? null,
    deposit_count: deposit_count ?? null,
    wager_amount: wager_amount ?? null,
    wager_count: wager_count ?? null,
  };
}

function periodsOf(zone: string, windows: readonly WantedQualification[]): Period[] {
  const periods = new Set<Period>();
  for (const { from, to } of windows) {
    const last = periodOf(zone, to);
    for (let period = periodOf(zone, from); period <= last; period = nextPeriod(period)) periods.add(period);
  }
  return [...periods].sort();
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
