import { Duration } from 'luxon';
import type { Allowance } from '#libs/database';
import { canonicalJson, hashParts } from '#libs/events';
import { waitUnlessAborted, type MadeSource, type PollerParts } from '#libs/polling';
import {
  missingSettings,
  sourcesOfType,
  type Environment,
  type Secrets,
  type SourcesDir,
} from '#libs/runtime';
import {
  advance,
  backfillSlices,
  behindSince,
  compilePath,
  compileStream,
  createStreamReader,
  initialState,
  planSlices,
  wireBounds,
  type ApiBudget,
  type ApiBudgetDefinition,
  type HttpSend,
  type HttpSourceDefinition,
  type IncrementalSyncDefinition,
  type Slice,
  type SliceBounds,
  type StreamDefinition,
} from '#libs/sources';
import { problemText } from '#libs/yaml-file';
import { watchSending } from './partner-sending.js';
import type { PolledStream, SliceRules, Urgency } from './polled-stream.js';
import { SharedBudget, budgetKeyOf } from './shared-budget.js';
import { shareTokens } from './shared-tokens.js';

/** A source's file as it was read: its definition, or what is wrong with it. */
export interface SourceFile {
  file: string;
  source: HttpSourceDefinition | undefined;
  /** Schemas of records, by their `$ref`. */
  schemas: ReadonlyMap<string, object>;
  problems: string[];
}

/** Every file with a source of HTTP, used or not, and those that cannot even be read. */
export function sourceFilesOf({ sources, problems }: SourcesDir): SourceFile[] {
  const refused = new Map<string, string[]>();
  for (const problem of problems) {
    refused.set(problem.file, [...(refused.get(problem.file) ?? []), problemText(problem)]);
  }
  return [
    ...sourcesOfType(sources, 'http').map((loaded) => ({ ...loaded, problems: [] })),
    ...[...refused].map(([file, texts]) => ({
      ...{ file, source: undefined, schemas: new Map<string, object>() },
      problems: texts,
    })),
  ];
}

/** What streams are made of besides their definitions. */
export interface StreamWorld {
  send: HttpSend;
  secrets: Secrets;
  environment: Environment;
}

/**
 * Makes the streams of a file that can be used; of another is said why not. One whose secrets or variables are not set is
 * not polled, as those that ship and are not yours: that is no error.
 */
export function makeStreams(
  { file, source, schemas, problems }: SourceFile,
  world: StreamWorld,
  parts: PollerParts,
): MadeSource<PolledStream> {
  const { postback: _ofIngress, ...polled }: Partial<HttpSourceDefinition> = source ?? {};
  const waitsFor = missingSettings(polled, world.environment, world.secrets);
  const waiting = waitsFor.length > 0 ? [`not polled until these are set: ${waitsFor.join(', ')}`] : [];
  const definition = {
    ...{ file, source: source?.name ?? null, streams: source?.streams.map((s) => s.name) ?? [] },
    ...{ problems: [...problems, ...waiting], waitsFor },
  };
  if (!source || definition.problems.length > 0) return { definition, streams: [] };
  try {
    const streams = source.streams.map((stream) => makeStream(source, stream, schemas, world, parts));
    return { definition, streams };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { definition: { ...definition, problems: [problem] }, streams: [] };
  }
}

/** Part of a budget that backfills leave to live polls. */
const RESERVE = 0.25;

/** @throws SliceError, RangeError for what cannot be read */
function makeStream(
  source: HttpSourceDefinition,
  stream: StreamDefinition,
  schemas: ReadonlyMap<string, object>,
  world: StreamWorld,
  parts: PollerParts,
): PolledStream {
  const { incremental_sync: sync } = stream;
  const compiled = compileStream(source, stream, schemas.get(stream.schema?.$ref ?? ''));
  const budgets = budgetsOf(source, stream, parts);
  const readerOf = (urgency: Urgency) =>
    createStreamReader({
      source,
      stream,
      send: watchSending(world.send, source.name, parts.metrics, budgets.block),
      budget: budgets[urgency],
      secrets: world.secrets,
      env: (name) => world.environment[name],
      tokenStore: shareTokens(parts.pool, parts.stopping),
      now: parts.now,
      sleep: (ms, signal) => waitUnlessAborted(ms, signal, parts.stopping),
      random: parts.random,
    });
  const readers = { live: readerOf('live'), backfill: readerOf('backfill') };
  const cursorOf = stream.cursor_field === undefined ? undefined : compilePath(stream.cursor_field);
  const { streams: _others, ...ofSource } = source;
  initialState(sync);
  return {
    source: source.name,
    stream: stream.name,
    pollIntervalMs: Duration.fromISO(stream.poll_interval).toMillis(),
    definitionHash: hashParts([canonicalJson(ofSource), canonicalJson(stream)]),
    slices: rulesOf(sync),
    read: (slice, urgency, signal) => readers[urgency].read(slice, boundsOf(sync, slice), signal),
    encode: compiled.encodeRecords,
    tell: (record, receivedAt) => compiled.tell(record, receivedAt),
    ...(cursorOf && { cursorOf }),
  };
}

function rulesOf(sync: IncrementalSyncDefinition): SliceRules {
  return {
    initialState: () => initialState(sync),
    plan: (state, now) => planSlices(sync, state, now),
    advance: (state, slice, result, now) => advance(sync, state, slice, result, now),
    behindSince: (state, slice, now) => behindSince(sync, state, slice, now),
    backfill: (from, to) => (sync.type === 'datetime' ? backfillSlices(sync, from, to) : []),
  };
}

function boundsOf(sync: IncrementalSyncDefinition, slice: Slice): SliceBounds {
  return sync.type === 'datetime' && slice.type === 'datetime' ? wireBounds(sync, slice) : {};
}

function budgetsOf(
  source: HttpSourceDefinition,
  stream: StreamDefinition,
  parts: PollerParts,
): Record<Urgency, ApiBudget> & { block: (forMs: number) => Promise<void> } {
  const { api_budget: budget } = source;
  const free: ApiBudget = { take: async (signal) => signal.throwIfAborted() };
  if (!budget) return { live: free, backfill: free, block: async () => {} };
  const allowance = allowanceOf(budget);
  const key = budgetKeyOf(source, stream.authenticator ?? source.authenticator ?? { type: 'none' });
  const budgetWith = (reserve: number): SharedBudget =>
    new SharedBudget(
      parts.pool,
      key,
      allowance,
      reserve,
      (waitedMs) => parts.metrics.sourceBudgetWaitSeconds.observe({ source: source.name }, waitedMs / 1000),
      parts.stopping,
    );
  const live = budgetWith(0);
  return {
    live,
    backfill: budgetWith(allowance.requests > 1 ? Math.ceil(allowance.requests * RESERVE) : 0),
    block: (forMs) => live.block(forMs),
  };
}

function allowanceOf({ requests, per }: ApiBudgetDefinition): Allowance {
  return { requests, perMs: Duration.fromISO(per).toMillis() };
}
