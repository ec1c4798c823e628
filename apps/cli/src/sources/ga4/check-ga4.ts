import { instantFromMs, instantToMs, type Instant } from '#libs/events';
import { bestShards } from '#libs/ga4';
import { columns, count, print, printJson, strong } from '../../print.js';
import { CommandFailed } from '../../exit-code.js';
import { describeFields } from '../describe-fields.js';
import { shortInstant } from '../slice-of.js';
import { countOf, indented, rejectionText } from '../trial-text.js';
import type { TriedRecord } from '../try-records.js';
import { dayName, wantedDays, type Days } from './days.js';
import type { FoundGa4 } from './found-ga4.js';
import { placeOf, shardText, withGa4, type OpenGa4, type ReadPlan, type ShardInfo } from './open-ga4.js';
import { bytesText } from './price.js';
import { countsText, emptyTally, tallyRows, type RowTally } from './tally-rows.js';
import { compileRowTrial } from './try-row.js';

interface Options {
  from?: Instant;
  to?: Instant;
  showValues?: true;
  json?: true;
}

/** Shards that are looked for where nothing is wanted. */
const DAYS = 7;

/** `sources check` of a GA4 source: the shards that are there, and one page of the newest. */
export function checkGa4(found: FoundGa4, options: Options): Promise<void> {
  return withGa4(found, async (ga4, signal) => {
    const nowMs = Date.now();
    const days = wantedDays(options, found.source.timezone, nowMs, DAYS);
    const shards = await ga4.export.listShards(days.from, days.to, signal);
    const best = bestShards(shards);
    const newest = best.at(-1);
    if (!options.json) print(headText(found, days, shards, best, nowMs));
    if (!newest) throw new CommandFailed(nothingText(found, days));
    const plan = await ga4.export.plan(newest, signal);
    const page = await firstPage(ga4, newest, plan, signal, instantFromMs(nowMs));
    if (options.json) {
      const { first } = page;
      const fields = describeFields(first?.record ?? {});
      const { byEvent, byKind, ...counts } = page.tally;
      return printJson({
        source: found.source.name,
        shards: shards.map((shard) => ({ ...shard, read: best.includes(shard) })),
        page: {
          ...{ shard: newest.id, plan, ...counts },
          ...{ events: Object.fromEntries(byEvent), kinds: Object.fromEntries(byKind) },
          first: first && {
            natural_key: first.naturalKey,
            fields: options.showValues ? fields : fields.map(({ path, kind }) => ({ path, kind })),
          },
          rejection: page.rejection,
        },
      });
    }
    print(pageText(newest, plan, page, options.showValues ?? false));
  });
}

/** What one page has shown. */
interface CheckedPage {
  tally: RowTally;
  /** The first row that goes into the log. */
  first: TriedRecord | undefined;
  rejection: string | undefined;
  goesOn: boolean;
}

async function firstPage(
  ga4: OpenGa4,
  shard: ShardInfo,
  plan: ReadPlan,
  signal: AbortSignal,
  receivedAt: Instant,
): Promise<CheckedPage> {
  const trial = compileRowTrial(ga4.compiled);
  const tally = emptyTally();
  let first: TriedRecord | undefined;
  let rejection: string | undefined;
  let goesOn = false;
  for await (const { rows, checkpoint } of ga4.export.read(shard, plan, undefined, signal)) {
    tallyRows(tally, rows, ga4.compiled, (row) => {
      const tried = trial(row, shard, receivedAt);
      first ??= tried;
      rejection ??= tried.rejections.map(rejectionText)[0];
      return tried;
    });
    goesOn = checkpoint !== undefined;
    break;
  }
  return { tally, first, rejection, goesOn };
}

function headText(
  found: FoundGa4,
  days: Days,
  shards: readonly ShardInfo[],
  best: readonly ShardInfo[],
  nowMs: number,
): string {
  const { name, property, timezone } = found.source;
  const head = strong(`${name}, property ${property} (${timezone}), ${placeOf(found)}`);
  const span = days.from === days.to ? dayName(days.from) : `${dayName(days.from)} to ${dayName(days.to)}`;
  if (shards.length === 0) return `${head}\n${span}: no shard`;
  const rows = shards.map((shard) => [
    shard.id,
    shard.kind,
    shortInstant(shard.modifiedAt),
    agoText(nowMs - instantToMs(shard.modifiedAt)),
    shard.rows === undefined ? '' : count(shard.rows),
    shard.bytes === undefined ? '' : bytesText(shard.bytes),
    best.includes(shard) ? 'yes' : 'no: a better one of the day is there',
  ]);
  const table = columns(['shard', 'kind', 'changed', 'ago', 'rows', 'size', 'is read'], rows, 'lllrrrl');
  return `${head}\n${span}: ${countOf(shards.length, 'shard')}\n\n${table}\n`;
}

function pageText(shard: ShardInfo, plan: ReadPlan, page: CheckedPage, showValues: boolean): string {
  const { tally, first, rejection, goesOn } = page;
  const cost = plan.bytes === undefined ? 'at no cost' : `which bills ${bytesText(plan.bytes)}`;
  const further = goesOn ? 'more would be read' : 'no more';
  return [
    `one page of ${shardText(shard)}, by ${plan.way}, ${cost}: ${plan.why}`,
    `${countOf(tally.rows, 'row')}; ${further}: ${countsText(tally.byEvent)}`,
    `${count(tally.relevant)} of them become events: ${tally.byKind.size > 0 ? countsText(tally.byKind) : 'none'}`,
    ...(first ? ['', `the first of them:`, indented(fieldTable(first, showValues))] : []),
    ...(rejection === undefined
      ? []
      : ['', `${countOf(tally.rejected, 'row')} cannot be used; the first: ${rejection}`]),
  ].join('\n');
}

function fieldTable({ record }: TriedRecord, showValues: boolean): string {
  const rows = describeFields(record).map(({ path, kind, value }) => [
    path,
    kind,
    showValues ? JSON.stringify(value) : '',
  ]);
  return columns(['field', 'what it is', showValues ? 'value' : ''], rows, 'lll');
}

function nothingText({ source, file }: FoundGa4, days: Days): string {
  const { export: place } = source;
  const what =
    place.type === 'files'
      ? `${place.folder} has no file events_${days.to}….json, .avro or .parquet; --from and --to look at other days`
      : 'is the property linked (GA4: Admin, Product links, BigQuery links)? The first table comes within a day; ' +
        '--from and --to look at other days';
  return `${file}: no shard of these days: ${what}`;
}

/** `3 h`. */
export function agoText(ms: number): string {
  const minutes = Math.max(0, ms) / 60_000;
  if (minutes < 90) return `${Math.round(minutes)} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}
