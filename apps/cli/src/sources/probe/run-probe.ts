import { setTimeout as sleep } from 'node:timers/promises';
import { instantFromMs } from '#libs/events';
import {
  durationMs,
  initialState,
  type DatetimeSyncDefinition,
  type Slice,
  type SliceBounds,
} from '#libs/sources';
import type { PartnerAccess } from '../ask-partner.js';
import type { FoundStream } from '../load-source.js';
import { compileTrial } from '../try-records.js';
import { judgeBoundary } from './boundary-found.js';
import { changeDelays, judgeLateness, watchedDelays } from './lateness.js';
import { judgeOrder } from './order-found.js';
import { judgePaging } from './paging-found.js';
import { probedRecord, windowField, type ProbedSlice } from './probed-slice.js';
import { judgeStability, judgeTiling } from './tiling.js';
import { cannotTell, type Verdict } from './verdict.js';
import { boundsOf, neighboursBefore, unitOf, writableTime, type Window } from './windows-to-probe.js';
import { judgeZone } from './zone-fit.js';

/** How far a probe goes. */
export interface ProbeOptions {
  maxRequests: number;
  /** Where to look; absent: at the newest windows that are over and hold records. */
  fromMs?: number;
  /** How long to look for late changes; absent: not. */
  watchMs?: number;
  now: () => number;
  onStep: (text: string) => void;
}

/** What a probe has found out. */
export interface Probed {
  verdicts: Verdict[];
  /** How long after they happened rows changed; milliseconds. */
  delays: number[];
}

/** Pages of one slice, at most. */
const MAX_PAGES = 8;
/** So often it looks further back, twice as far each time. */
const LOOKS_BACK = 8;
const LEAST_PAUSE_MS = 1_000;
const MOST_ROUNDS = 100;

/** Asks a partner by pages, never more often than it may. */
class Probing {
  requests = 0;
  readonly slices: ProbedSlice[] = [];
  private readonly tryRecord: ReturnType<typeof compileTrial>;

  constructor(
    found: FoundStream,
    private readonly partner: PartnerAccess,
    readonly options: ProbeOptions,
  ) {
    this.tryRecord = compileTrial(found);
  }

  get left(): number {
    return this.options.maxRequests - this.requests;
  }

  /** @throws SliceError */
  async read(slice: Slice, bounds: SliceBounds, { fromMs, toMs }: Window): Promise<ProbedSlice> {
    const most = Math.min(MAX_PAGES, Math.max(1, this.left));
    const batches = this.partner.read(slice, bounds, most);
    const records: ProbedSlice['records'] = [];
    const pages: number[] = [];
    let next = await batches.next();
    for (; !next.done; next = await batches.next()) {
      const { page, records: batch, receivedAt } = next.value;
      pages[page - 1] = (pages[page - 1] ?? 0) + batch.length;
      records.push(...batch.map((record) => probedRecord(this.tryRecord(record, receivedAt))));
    }
    this.requests += next.value?.pages ?? most;
    const read = {
      fromMs,
      toMs,
      records,
      pages,
      isWhole: next.value !== undefined,
      readAtMs: this.options.now(),
    };
    this.slices.push(read);
    return read;
  }

  window(sync: DatetimeSyncDefinition, window: Window, boundary?: 'half_open'): Promise<ProbedSlice> {
    const slice = {
      type: 'datetime' as const,
      from: instantFromMs(window.fromMs),
      to: instantFromMs(window.toMs),
    };
    return this.read(slice, boundsOf(sync, window, boundary ?? sync.boundary), window);
  }
}

/** Asks a partner in ways that show whether it does what the definition says. @throws SliceError */
export async function probe(
  found: FoundStream,
  partner: PartnerAccess,
  options: ProbeOptions,
): Promise<Probed> {
  const probing = new Probing(found, partner, options);
  const { incremental_sync: sync } = found.stream;
  const verdicts =
    sync.type === 'datetime' ? await probeWindows(probing, sync) : await probeWhole(probing, found);
  const watched = options.watchMs === undefined ? [] : await watch(probing, found, options.watchMs);
  const delays = watched.length > 0 ? watched : changeDelays(probing.slices);
  return {
    verdicts: [
      ...verdicts,
      judgeOrder(found.stream, probing.slices),
      judgePaging(found.stream, probing.slices),
      judgeLateness(sync, delays, options.watchMs !== undefined),
    ],
    delays,
  };
}

async function probeWindows(probing: Probing, sync: DatetimeSyncDefinition): Promise<Verdict[]> {
  const { onStep, now } = probing.options;
  onStep('looking for windows that hold records');
  const [first, second, both] = await findRecords(probing, sync);
  onStep('reading its two halves');
  const a = await probing.window(sync, first);
  const b = await probing.window(sync, second);
  const verdicts = [judgeTiling(a, b, both)];
  onStep('reading it once more');
  const again = await probing.window(sync, { fromMs: both.fromMs, toMs: both.toMs });
  verdicts.push(judgeStability(both, again));
  onStep('reading what is yet to come');
  const aheadMs = Math.ceil(now() / 3_600_000) * 3_600_000 + (unitOf(sync) === 'P1D' ? 24 * 3_600_000 : 0);
  const ahead =
    probing.left > 0
      ? await probing.window(sync, { fromMs: aheadMs, toMs: aheadMs + 24 * 3_600_000 }).catch(() => undefined)
      : undefined;
  verdicts.push(judgeZone([a, b, both], ahead, now()));
  onStep('reading windows that begin and end with a record');
  verdicts.push(await probeBoundary(probing, sync, both));
  return verdicts;
}

async function findRecords(
  probing: Probing,
  sync: DatetimeSyncDefinition,
): Promise<[Window, Window, ProbedSlice]> {
  const unitMs = durationMs(unitOf(sync))!;
  const { fromMs, now } = probing.options;
  let endMs = fromMs === undefined ? now() - (durationMs(sync.settle_delay ?? '') ?? 0) : fromMs + 2 * unitMs;
  for (let i = 0; ; i++) {
    const [first, second] = neighboursBefore(sync, endMs);
    const both = await probing.window(sync, { fromMs: first.fromMs, toMs: second.toMs });
    if (both.records.length > 0 || i === LOOKS_BACK || fromMs !== undefined || probing.left < 8)
      return [first, second, both];
    endMs = now() - 2 ** (i + 1) * unitMs;
  }
}

async function probeBoundary(
  probing: Probing,
  sync: DatetimeSyncDefinition,
  both: ProbedSlice,
): Promise<Verdict> {
  const question = 'Do both ends behave as boundary says?';
  const field = windowField([both]);
  const record = both.records
    .filter(({ times }) => field && times.has(field.name))
    .map((r) => ({ key: r.key, atMs: writableTime(sync, r.times.get(field!.name)!) }))
    .find(({ atMs }) => atMs !== undefined && atMs >= both.fromMs && atMs < both.toMs);
  if (!record || record.atMs === undefined) {
    return cannotTell(question, 'no record has a time with which a window can begin');
  }
  if (probing.left < 2) return cannotTell(question, 'no request is left; --max-requests allows more');
  const { key, atMs } = record;
  const unitMs = durationMs(unitOf(sync))!;
  const begins = await probing.window(sync, { fromMs: atMs, toMs: atMs + unitMs }, 'half_open');
  const ends = await probing.window(sync, { fromMs: atMs - unitMs, toMs: atMs }, 'half_open');
  const has = (slice: ProbedSlice): boolean => slice.records.some((r) => r.key === key);
  if (!(begins.isWhole || has(begins)) || !(ends.isWhole || has(ends))) {
    return cannotTell(question, 'these windows have more pages than may be asked for');
  }
  return judgeBoundary(sync.boundary ?? 'half_open', has(begins), has(ends));
}

async function probeWhole(probing: Probing, { stream }: FoundStream): Promise<Verdict[]> {
  const slice = firstSlice(stream.incremental_sync);
  const everywhere = { fromMs: 0, toMs: Infinity };
  probing.options.onStep('reading from the beginning, twice');
  const before = await probing.read(slice, {}, everywhere);
  const after = await probing.read(slice, {}, everywhere);
  return [judgeStability(before, after)];
}

function firstSlice(sync: FoundStream['stream']['incremental_sync']): Slice {
  const state = initialState(sync);
  if (state.type === 'id') return { type: 'id', after: state.greatest };
  if (state.type === 'cursor') return { type: 'cursor', cursor: state.cursor };
  return { type: 'full_refresh' };
}

/** Reads the same windows again and again: what comes and changes, and how long after it happened. */
async function watch(probing: Probing, { stream }: FoundStream, watchMs: number): Promise<number[]> {
  const { incremental_sync: sync } = stream;
  const { now, onStep } = probing.options;
  const startMs = now();
  const windows = sync.type === 'datetime' ? watchedWindows(sync, startMs, watchMs) : [undefined];
  const rounds = Math.min(MOST_ROUNDS, Math.floor(probing.left / windows.length));
  if (rounds < 2) return [];
  const pauseMs = Math.max(LEAST_PAUSE_MS, Math.ceil(watchMs / (rounds - 1)));
  const readings: ProbedSlice[] = [];
  for (let round = 0; round < rounds && now() <= startMs + watchMs + pauseMs / 2; round++) {
    if (round > 0) await sleep(pauseMs);
    onStep(`watching: round ${round + 1}`);
    const records: ProbedSlice['records'] = [];
    for (const window of windows) {
      if (probing.left <= 0) break;
      const read =
        window && sync.type === 'datetime'
          ? await probing.window(sync, window)
          : await probing.read(firstSlice(sync), {}, { fromMs: 0, toMs: Infinity });
      records.push(...read.records);
    }
    readings.push({ fromMs: 0, toMs: Infinity, records, pages: [], isWhole: true, readAtMs: now() });
  }
  return watchedDelays(readings);
}

/** The newest window, one of yesterday and one of a week ago. */
function watchedWindows(sync: DatetimeSyncDefinition, startMs: number, watchMs: number): Window[] {
  const unitMs = durationMs(unitOf(sync))!;
  const [, newest] = neighboursBefore(sync, startMs);
  const older = [1, 7].map((days) => neighboursBefore(sync, startMs - days * 24 * 3_600_000)[1]);
  return [{ fromMs: newest.fromMs, toMs: startMs + watchMs + unitMs }, ...older];
}
