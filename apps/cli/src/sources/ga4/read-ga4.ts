import { instantFromMs, type CanonicalEvent, type Instant } from '#libs/events';
import { bestShards } from '#libs/ga4';
import { CommandFailed } from '../../exit-code.js';
import { count, print } from '../../print.js';
import { bigintText, countOf, recordText, rowText } from '../trial-text.js';
import { rowsOf, waitingReturns, type TriedRecord } from '../try-records.js';
import { dayAt, dayName, wantedDays, type Days } from './days.js';
import { openRowsFile } from './rows-file.js';
import type { FoundGa4 } from './found-ga4.js';
import { shardText, withGa4, type OpenGa4, type ReadPlan, type ShardInfo } from './open-ga4.js';
import { bytesText, priceText, type ShardBytes } from './price.js';
import { countsText, emptyTally, tallyRows, type RowTally } from './tally-rows.js';
import { compileRowTrial } from './try-row.js';

interface Options {
  from?: Instant;
  to?: Instant;
  limit: number;
  dryRun?: true;
  fromFile?: string;
  record?: string | true;
  json?: true;
}

/** Conversions whose rows are kept to say what the table would get. */
const KEPT_EVENTS = 10_000;

/** `sources read --dry-run` of a GA4 source: a day's shard whole, what it comes to, and what a month would cost. */
export function readGa4(found: FoundGa4, options: Options): Promise<void> {
  if (!options.dryRun) {
    throw new CommandFailed(
      `say --dry-run to look at what would come: nothing is stored. To have it read into the event log: ` +
        `npx tributary sources backfill ${found.source.name} events --from … --to …`,
    );
  }
  if (options.record !== undefined)
    throw new CommandFailed('--record is for APIs over HTTP; a shard is saved by exporting its table');
  return withGa4(found, async (ga4, signal) => {
    const { read, shard, cost } = await shardToRead(ga4, options, signal);
    const show = options.json ? showJson : showText;
    show.shard(shard, cost);
    const outcome = await readWhole(ga4, shard, read, options.limit, show);
    const rows = rowsOf(outcome.conversions);
    const wanted = rows.filter(({ table }) => table === 'conversions');
    show.rows(wanted.slice(0, options.limit), wanted.length, waitingReturns(outcome.conversions));
    show.summary(outcome);
  });
}

interface ShardReading {
  shard: ShardInfo;
  read: AsyncIterable<{ rows: readonly TriedRecord['record'][]; bytesBilled?: number }>;
  cost: Cost;
}

/** What this reading costs, and a month of polling. */
interface Cost {
  plan: ReadPlan;
  bytes: ShardBytes;
  month: string;
}

/** The newest day that is over, as it says most; a file where one is named. */
async function shardToRead(ga4: OpenGa4, options: Options, signal: AbortSignal): Promise<ShardReading> {
  const { timezone, poll_interval } = ga4.source;
  if (options.fromFile !== undefined) {
    const { shard, read } = openRowsFile(options.fromFile, signal);
    const plan: ReadPlan = { way: 'file', why: 'a file that was named' };
    return { shard, read, cost: { plan, bytes: { daily: 0, intraday: 0 }, month: 'a file costs nothing' } };
  }
  const nowMs = Date.now();
  const days = wantedDays(options, timezone, nowMs, 7);
  const shards = await ga4.export.listShards(days.from, days.to, signal);
  const best = bestShards(shards);
  const today = dayAt(nowMs, timezone);
  const shard = best.findLast(({ day }) => day < today) ?? best.at(-1);
  if (!shard) throw new CommandFailed(noShard(ga4, days));
  const plan = await ga4.export.plan(shard, signal);
  const streaming = shards.findLast(({ kind }) => kind === 'intraday');
  const growing = streaming && streaming !== shard ? await ga4.export.plan(streaming, signal) : undefined;
  // A day's intraday table is about as large as its daily one
  const bytes = {
    daily: plan.bytes ?? 0,
    intraday: streaming ? Math.max(plan.bytes ?? 0, growing?.bytes ?? 0) : 0,
  };
  const isFree = plan.way !== 'query' && (growing === undefined || growing.way !== 'query');
  const month = isFree ? 'nothing is billed' : priceText(bytes, poll_interval);
  return { shard, read: ga4.export.read(shard, plan, undefined, signal), cost: { plan, bytes, month } };
}

function noShard({ source, file }: FoundGa4, days: Days): string {
  const span = days.from === days.to ? dayName(days.from) : `${dayName(days.from)} to ${dayName(days.to)}`;
  return `${file}: no shard of ${span}; npx tributary sources check ${source.name} says which there are`;
}

/** What a shard came to. */
interface Outcome {
  tally: RowTally;
  pages: number;
  bytesBilled: number;
  /** Events of rows with a conversion, the first of them. */
  conversions: CanonicalEvent[];
  isCut: boolean;
}

async function readWhole(
  ga4: OpenGa4,
  shard: ShardInfo,
  pages: ShardReading['read'],
  limit: number,
  show: Show,
): Promise<Outcome> {
  const trial = compileRowTrial(ga4.compiled);
  const receivedAt = instantFromMs(Date.now());
  const outcome: Outcome = { tally: emptyTally(), pages: 0, bytesBilled: 0, conversions: [], isCut: false };
  let shown = 0;
  for await (const { rows, bytesBilled = 0 } of pages) {
    outcome.pages++;
    outcome.bytesBilled += bytesBilled;
    const tried = tallyRows(outcome.tally, rows, ga4.compiled, (row) => trial(row, shard, receivedAt));
    for (const one of tried) {
      if (shown < limit) show.record(++shown, one);
      if (outcome.conversions.length < KEPT_EVENTS) outcome.conversions.push(...one.events);
      else outcome.isCut = true;
    }
  }
  return outcome;
}

/** How a reading is shown. */
interface Show {
  shard(shard: ShardInfo, cost: Cost): void;
  record(number: number, tried: TriedRecord): void;
  /** @param all how many there are */
  rows(rows: ReturnType<typeof rowsOf>, all: number, waiting: readonly string[]): void;
  summary(outcome: Outcome): void;
}

const showText: Show = {
  shard: (shard, { plan, month }) => {
    const cost = plan.bytes === undefined ? 'bills nothing' : `bills ${bytesText(plan.bytes)}`;
    print(`${shardText(shard)}, by ${plan.way}: ${plan.why}\nthis reading ${cost}; polling: ${month}`);
  },
  record: (number, tried) => print(`\n${recordText(number, tried)}`),
  rows: (rows, all, waiting) => {
    for (const row of rows) print(`\n${rowText(row)}`);
    if (all > rows.length) print(`\n${countOf(all, 'row')} in all; --limit shows more`);
    if (waiting.length > 0) print(`\nwait for what they take back: ${waiting.join(', ')}`);
  },
  summary: ({ tally, pages, bytesBilled, isCut }) => {
    const billed = bytesBilled > 0 ? `, ${bytesText(bytesBilled)} billed` : '';
    print(
      `\n${countOf(tally.rows, 'row')} in ${countOf(pages, 'page')}${billed}: ${countsText(tally.byEvent)}`,
    );
    const kinds = tally.byKind.size > 0 ? countsText(tally.byKind) : 'no event';
    const rejected = tally.rejected > 0 ? `; ${count(tally.rejected)} cannot be used` : '';
    print(`${count(tally.relevant)} of them would go into the log: ${kinds}${rejected}. Nothing was stored.`);
    if (isCut) print(`(rows of the table: of the first ${count(KEPT_EVENTS)} events)`);
  },
};

const jsonLine = (type: string, more: object): void => print(JSON.stringify({ type, ...more }, bigintText));

const showJson: Show = {
  shard: (shard, { plan, bytes, month }) => jsonLine('shard', { ...shard, plan, query_bytes: bytes, month }),
  record: (number, { naturalKey, ...tried }) =>
    jsonLine('record', { number, natural_key: naturalKey, ...tried }),
  rows: (rows) => rows.forEach((row) => jsonLine('row', row)),
  summary: ({ tally: { byEvent, byKind, ...counts }, pages, bytesBilled }) =>
    jsonLine('summary', {
      ...{ ...counts, pages, bytes_billed: bytesBilled },
      ...{ events: Object.fromEntries(byEvent), kinds: Object.fromEntries(byKind) },
    }),
};
