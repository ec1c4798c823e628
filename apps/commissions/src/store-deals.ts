import type { PoolClient } from 'pg';
import {
  changeInputs,
  lockCommissions,
  lockMarks,
  markAgreement,
  markBrand,
  readClosedPeriods,
  storeAgreement,
  storeNgr,
  type Database,
  type NewTerms,
} from '#libs/database';
import {
  DealError,
  dealOf,
  hashOf,
  runOf,
  segmentsOf,
  startOfDay,
  type Agreement,
  type Deal,
  type DealFile,
  type NgrDefinition,
} from '#libs/commissions';
import { readStoredFiles } from './read-book.js';
import { DealRefused, type StoredDeals } from './run-report.js';

/** What of an agreement with a closed statement stays as it is: the figures of its statements rest on it. */
const KEPT = ['brand', 'partner', 'currency', 'time_zone', 'fx', 'excluded'] as const;

/**
 * Stores agreements and definitions of NGR: what has changed takes the place of what was in force, and marks all whom it
 * concerns. What is not given stays in force. All is stored, or nothing.
 * @throws DealRefused where a change would change a month that is closed, an agreement's brand, or what cannot be reckoned
 */
export async function storeDeals(
  database: Database,
  files: readonly DealFile[],
  now: Date,
): Promise<StoredDeals> {
  return database.transaction(async (client) => {
    await lockCommissions(client);
    const before = await readStoredFiles(client);
    const after = replaced(before, files);
    const changed = files.filter((file) => !isAmong(before, file));
    const deals = { before: dealsOf(before), after: dealsOf(after) };
    const concerned = [...deals.after.keys()].filter((name) => isChanged(deals, name));
    await refuseChangesOfClosed(client, deals, concerned);
    for (const file of changed) await storeFile(client, file, now);
    for (const name of concerned) await markAgreement(client, name);
    for (const brand of brandsToLookThrough(deals, concerned)) await markBrand(client, brand);
    if (changed.length > 0) await changeInputs(client);
    // Whoever wrote facts before the brand had an agreement has not marked them: they are seen by who looks through the brand
    if (concerned.length > 0) await lockMarks(client);
    const names = new Set(changed.map(nameOf));
    return {
      changed: [...names],
      unchanged: files.map(nameOf).filter((name) => !names.has(name)),
      withoutFile: before.agreements.map(nameOf).filter((name) => !files.some((f) => nameOf(f) === name)),
    };
  });
}

/** Stored, or to be stored. */
interface DealFiles {
  agreements: Agreement[];
  ngrs: NgrDefinition[];
}

interface Change {
  before: ReadonlyMap<string, Deal>;
  after: ReadonlyMap<string, Deal>;
}

function nameOf(file: DealFile): string {
  return 'agreement' in file ? file.agreement : `${file.brand}/${file.ngr}`;
}

function isAmong(files: DealFiles, file: DealFile): boolean {
  const same = [...files.agreements, ...files.ngrs].find((f) => nameOf(f) === nameOf(file));
  return same !== undefined && hashOf(same) === hashOf(file);
}

function replaced(before: DealFiles, files: readonly DealFile[]): DealFiles {
  const names = new Set(files.map(nameOf));
  const kept = [...before.agreements, ...before.ngrs].filter((file) => !names.has(nameOf(file)));
  const all = [...kept, ...files];
  return {
    agreements: all.filter((file): file is Agreement => 'agreement' in file),
    ngrs: all.filter((file): file is NgrDefinition => 'ngr' in file),
  };
}

function dealsOf({ agreements, ngrs }: DealFiles): Map<string, Deal> {
  try {
    return new Map(agreements.map((a) => [a.agreement, dealOf(a, ngrs)]));
  } catch (error) {
    if (error instanceof DealError) throw new DealRefused(error.message);
    throw error;
  }
}

/** Whether anything that its players come to may be another. */
function isChanged({ before, after }: Change, name: string): boolean {
  const [old, now] = [before.get(name), after.get(name)!];
  return old === undefined || contentOf(old) !== contentOf(now);
}

function contentOf(deal: Deal): string {
  return hashOf([deal.agreement, [...deal.ngr].sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Brands in which another agreement may cover whom: where coverage has changed, or from when to when an agreement runs. */
function brandsToLookThrough({ before, after }: Change, concerned: readonly string[]): string[] {
  const brands = concerned.flatMap((name) => {
    const [old, now] = [before.get(name)?.agreement, after.get(name)!.agreement];
    return old && coverageHash(old) === coverageHash(now) ? [] : [now.brand];
  });
  return [...new Set(brands)].sort();
}

function coverageHash(agreement: Agreement): string {
  return hashOf([agreement.covers, runOf(agreement) ?? null]);
}

async function refuseChangesOfClosed(
  client: PoolClient,
  { before, after }: Change,
  concerned: readonly string[],
): Promise<void> {
  const closed = await readClosedPeriods(client, concerned);
  for (const name of concerned) {
    const [old, now] = [before.get(name), after.get(name)!];
    if (!old) continue;
    if (old.agreement.brand !== now.agreement.brand) {
      throw new DealRefused(
        `agreement ${name}: the brand of an agreement does not change; give the new one another name`,
      );
    }
    const periods = [...(closed.get(name) ?? [])].sort();
    const last = periods.at(-1);
    if (last === undefined) continue;
    for (const field of KEPT) {
      if (hashOf(old.agreement[field]) === hashOf(now.agreement[field])) continue;
      throw new DealRefused(
        `agreement ${name}: ${field} does not change once a month is closed (${last} is); end its plans and make another agreement, which has the players who come from then on`,
      );
    }
    const period = periods.find((p) => termsIn(old, p) !== termsIn(now, p));
    if (period === undefined) continue;
    throw new DealRefused(
      `agreement ${name}: its plan or NGR would change in ${period}, which is closed; give the new one a \`from\` behind ${last}`,
    );
  }
}

/** Under which versions of plan and NGR a month stands, and when. */
function termsIn(deal: Deal, period: string): string {
  return hashOf(
    segmentsOf(deal, period).map(({ from, to, planVersion, ngrVersion }) => [
      from,
      to,
      planVersion,
      ngrVersion ?? null,
    ]),
  );
}

async function storeFile(client: PoolClient, file: DealFile, now: Date): Promise<void> {
  if ('ngr' in file) {
    const { ngr, brand, time_zone, versions } = file;
    const newTerms = versions.map((version) => newTermsOf(version, time_zone));
    await storeNgr(client, { ngr, brand, time_zone, versions: newTerms }, now);
    return;
  }
  const { plans, ...terms } = file;
  const { agreement, partner, brand, currency, time_zone } = file;
  await storeAgreement(
    client,
    {
      ...{ agreement, partner, brand, currency, time_zone, terms },
      version: hashOf(terms),
      plans: plans.map((plan) => ({ ...newTermsOf(plan, time_zone), type: plan.type })),
    },
    now,
  );
}

function newTermsOf(terms: { from: string; to?: string }, zone: string): NewTerms {
  const { from, to, ...content } = terms;
  return {
    version: hashOf(content),
    terms,
    from: startOfDay(zone, from),
    ...(to !== undefined && { to: startOfDay(zone, to) }),
  };
}
