import type { PoolClient } from 'pg';
import {
  collectMarks,
  countMarks,
  differenceOf,
  lockCommissions,
  markPeriods,
  markSetAside,
  readResults,
  setSubjectAside,
  takeBackSubjects,
  takeSubjects,
  writeDifference,
  type Database,
  type MarkedSubject,
} from '#libs/database';
import { lastBegun } from '#libs/commissions';
import { appendDifferences } from './append-differences.js';
import { FIRST_CHUNK, nextChunk } from './chunk-size.js';
import { currentBook, type Book } from './read-book.js';
import { reckonSubjects } from './reckon-subjects.js';
import type { RunProgress } from './run-report.js';
import { withinSavepoint } from './within-savepoint.js';

/** What some subjects were reckoned to. */
export interface Drained {
  subjects: number;
  months: number;
  entries: number;
  missingRates: string[];
  contested: number;
}

interface DrainOptions {
  now: Date;
  retry?: boolean;
  onProgress?: (progress: RunProgress) => void;
  isStopping?: () => boolean;
}

/**
 * Reckons everybody who is marked now, a chunk at a time. A chunk is one transaction: its marks, what its subjects come to,
 * the ledger, and the partners' months that follow are changed together, and whoever dies amid it has done nothing. Who
 * cannot be reckoned is set aside, and holds up nobody else.
 */
export async function drainMarks(
  database: Database,
  { now, retry = false, onProgress = () => {}, isStopping = () => false }: DrainOptions,
): Promise<Drained> {
  await database.transaction(async (client) => {
    await lockCommissions(client);
    await markSetAside(client, retry);
  });
  while (await database.transaction(async (client) => (await lockCommissions(client), collectMarks(client))));
  const { subjects: of } = await countMarks(database.pool, lastBegun(now));
  let all = NOTHING;
  let book: Book | undefined;
  let size = FIRST_CHUNK;
  while (all.subjects < of && !isStopping()) {
    let startedAt = 0;
    const chunk = await database.transaction(async (client) => {
      book = await currentBook(client, book);
      startedAt = performance.now();
      return drainChunk(client, book, size, now);
    });
    if (chunk === undefined) break;
    size = nextChunk(size, performance.now() - startedAt);
    all = together(all, chunk);
    onProgress({ subjects: all.subjects, of: Math.max(of, all.subjects) });
  }
  return { ...all, missingRates: all.missingRates.toSorted() };
}

async function drainChunk(
  client: PoolClient,
  book: Book,
  size: number,
  now: Date,
): Promise<Drained | undefined> {
  const taken = await takeSubjects(client, size);
  return taken && drainSubjects(client, book, taken.brand, taken.subjects, now);
}

/** Reckons all of them together; where that is refused, each half, until whoever it lies with is alone and set aside. */
async function drainSubjects(
  client: PoolClient,
  book: Book,
  brand: string,
  subjects: readonly MarkedSubject[],
  now: Date,
): Promise<Drained> {
  const tried = await withinSavepoint(client, () => drainTogether(client, book, brand, subjects, now));
  if ('result' in tried) return tried.result;
  if (subjects.length === 1) {
    await setSubjectAside(client, brand, subjects[0]!, {
      reason: tried.refusal,
      now,
      inputs: book.revision,
    });
    return { ...NOTHING, subjects: 1 };
  }
  const half = Math.ceil(subjects.length / 2);
  const one = await drainSubjects(client, book, brand, subjects.slice(0, half), now);
  const other = await drainSubjects(client, book, brand, subjects.slice(half), now);
  return together(one, other);
}

const NOTHING: Drained = { subjects: 0, months: 0, entries: 0, missingRates: [], contested: 0 };

function together(one: Drained, other: Drained): Drained {
  return {
    subjects: one.subjects + other.subjects,
    months: one.months + other.months,
    entries: one.entries + other.entries,
    missingRates: [...new Set([...one.missingRates, ...other.missingRates])],
    contested: one.contested + other.contested,
  };
}

async function drainTogether(
  client: PoolClient,
  book: Book,
  brand: string,
  subjects: readonly MarkedSubject[],
  now: Date,
): Promise<Drained> {
  const agreements = book.ofBrand(brand).map((deal) => deal.agreement.agreement);
  const ids = subjects.map((s) => s.subject);
  const standing = await readResults(client, brand, agreements, ids);
  const wanted = await reckonSubjects(client, book, brand, subjects, standing, now);
  const difference = differenceOf(standing, wanted);
  const { months, commissions } = difference;
  await writeDifference(client, difference);
  const changed = [...commissions.changed, ...commissions.gone];
  const entries = await appendDifferences(client, changed, now);
  await markPeriods(client, distinctMonths([...months.changed, ...months.gone, ...changed]));
  await takeBackSubjects(client, brand, ids);
  return {
    subjects: subjects.length,
    months: months.changed.length + months.gone.length,
    entries,
    missingRates: [...wanted.months, ...wanted.players].flatMap((row) => row.missing_rates),
    contested: wanted.players.filter((p) => p.contested_by.length > 0).length,
  };
}

function distinctMonths(
  rows: readonly { agreement: string; period: string }[],
): { agreement: string; period: string }[] {
  const months = new Map(
    rows.map(({ agreement, period }) => [`${period} ${agreement}`, { agreement, period }]),
  );
  return [...months].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, month]) => month);
}
