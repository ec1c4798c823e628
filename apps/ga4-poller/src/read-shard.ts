import {
  keepToldConversions,
  readGoneConversions,
  type Ga4ShardRow,
  type GoneConversions,
  type SourceWindow,
} from '#libs/database';
import { instantFromMs } from '#libs/events';
import { shardVersion, type Shard, type ToldConversion } from '#libs/ga4';
import { SliceFailedError, Tally, failureOf } from '#libs/polling';
import { GA4_STREAM } from '#libs/sources';
import type { Ga4Page, ReadPlan, ShardInfo } from './export.js';
import type { Ga4Parts } from './ga4-parts.js';
import { boundsOfDay } from './property-days.js';
import { publishRecords } from './publish-records.js';
import { NO_COUNTS, withPage, type ShardCounts } from './shard-counts.js';

/** One reading of a shard that is to be done. */
export interface ShardTask {
  shard: ShardInfo;
  /** How far an earlier reading of this version has come. */
  begun?: Ga4ShardRow;
  kind: SourceWindow['kind'];
  attempt: number;
  backfillId?: string;
  signal: AbortSignal;
  /** The log has the pages up to the row's checkpoint. @returns whether to go on; false: a later turn does */
  onPage: (row: Ga4ShardRow) => Promise<boolean>;
  /** The log has all of it, and what takes back the conversions that are gone. */
  onEnd: (row: Ga4ShardRow, window: SourceWindow, gone: GoneConversions) => Promise<void>;
}

/**
 * Reads a shard page by page from where an earlier reading has come, and publishes the rows of interest; at its end it
 * takes back the conversions that lower versions of the day told and this one does not. A page's checkpoint is kept when
 * the log has acknowledged the page.
 * @returns its line of the ledger; undefined where the turn was over before its end
 * @throws SliceFailedError
 */
export async function readShard(task: ShardTask, parts: Ga4Parts): Promise<SourceWindow | undefined> {
  const { shard, signal } = task;
  const { source } = parts;
  let row = task.begun ?? newRow(shard, instantFromMs(parts.now()));
  let wasSent = row.checkpoint !== null;
  try {
    if (!task.begun) row.plan = await source.export.plan(shard, signal);
    const { way, why } = row.plan as ReadPlan;
    if (!task.begun)
      parts.logger.info(
        { source: source.definition.name, shard: shard.id, way, why },
        'begins to read a shard',
      );
    const pages = source.export.read(shard, row.plan as ReadPlan, row.checkpoint ?? undefined, signal);
    for await (const page of pages) {
      signal.throwIfAborted();
      const counted = await publishPage(page, shard, parts);
      wasSent ||= counted.selected > 0;
      row = {
        ...row,
        checkpoint: page.checkpoint ?? null,
        counts: withPage(row.counts as ShardCounts, page.rows.length, counted),
        bytes_billed: row.bytes_billed + (page.bytesBilled ?? 0),
      };
      parts.metrics.sourceBytesBilled.inc({ source: source.definition.name }, page.bytesBilled ?? 0);
      if (page.checkpoint !== undefined && !(await task.onPage(row))) return undefined;
    }
    signal.throwIfAborted();
    const gone = await takeBackGone(shard, parts);
    signal.throwIfAborted();
    wasSent ||= gone.absent.length > 0;
    row = { ...row, checkpoint: null, finished_at: instantFromMs(parts.now()) };
    const window = windowOf(task, row, wasSent, parts, { outcome: 'succeeded' });
    await task.onEnd(row, window, gone);
    return window;
  } catch (error) {
    const failure = failureOf(error);
    const { code, text } = failure;
    const end = parts.isStopping()
      ? ({ outcome: 'abandoned', error_code: 'stopping', error: 'the poller was stopped' } as const)
      : ({ outcome: 'failed', error_code: code, error: text } as const);
    throw new SliceFailedError(windowOf(task, row, wasSent, parts, end), failure, error);
  }
}

function newRow({ day, kind, modifiedAt }: ShardInfo, startedAt: string): Ga4ShardRow {
  return {
    ...{ day, kind, modified_at: modifiedAt, plan: {}, checkpoint: null, counts: NO_COUNTS },
    ...{ bytes_billed: 0, started_at: startedAt, finished_at: null },
  };
}

/** Resolves when the log has the page's rows of interest. What they tell is noted before it is told. */
async function publishPage(page: Ga4Page, shard: ShardInfo, parts: Ga4Parts): Promise<Tally> {
  const { compiled, definition } = parts.source;
  const receivedAt = instantFromMs(parts.now());
  const tally = new Tally();
  const written = page.rows.filter(compiled.isRelevant).map((row) => {
    const one = compiled.write(row, shard, receivedAt);
    tally.add(compiled.tell(one.event.payload as Parameters<typeof compiled.tell>[0], one.event), false);
    return one;
  });
  const told = written.flatMap((w) => w.conversions);
  await keepToldConversions(parts.pool, definition.name, shard.day, shardVersion(shard), told);
  await publishRecords(written, parts.send);
  return tally;
}

/**
 * Resolves when the log has what takes back the conversions that only lower versions of the day have told.
 * @param shard a version that was read to its end
 */
export async function takeBackGone(
  shard: Shard,
  parts: Ga4Parts,
): Promise<GoneConversions<ToldConversion, Shard>> {
  const { compiled, definition } = parts.source;
  const { day, kind, modifiedAt } = shard;
  const version: Shard = { day, kind, modifiedAt };
  const gone = await readGoneConversions<ToldConversion, Shard>(
    parts.pool,
    definition.name,
    day,
    shardVersion(shard),
    version,
  );
  const receivedAt = instantFromMs(parts.now());
  const written = gone.absent.map(({ told, shard: of }) => compiled.writeAbsent(told, of, receivedAt));
  await publishRecords(written, parts.send);
  return gone;
}

/** The line of the ledger. */
function windowOf(
  task: ShardTask,
  row: Ga4ShardRow,
  published: boolean,
  parts: Ga4Parts,
  end: Pick<SourceWindow, 'outcome'> & Partial<Pick<SourceWindow, 'error_code' | 'error'>>,
): SourceWindow {
  const { definition } = parts.source;
  const { from, to } = boundsOfDay(task.shard.day, definition.timezone);
  const { way } = row.plan as Partial<ReadPlan>;
  return {
    ...{ source: definition.name, stream: GA4_STREAM, kind: task.kind, slice_key: task.shard.id },
    ...{ slice_from: from, slice_to: to, attempt: task.attempt },
    ...(row.counts as ShardCounts),
    ...{ stated_total: task.shard.rows ?? null, content_hash: null, changed: null, published },
    ...{
      monotone_violations: 0,
      paging_contradictions: 0,
      started_at: row.started_at,
      finished_at: instantFromMs(parts.now()),
    },
    ...{ error_code: null, error: null, backfill_id: task.backfillId ?? null },
    ...{ read_by: way ?? null, bytes_billed: row.bytes_billed },
    ...end,
  };
}
