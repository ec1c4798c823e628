import {
  IdentityGraph,
  Journeys,
  conversionIdOf,
  factsOfEvents,
  resolveConversion,
  type Facts,
} from '#apps/attribution';
import { NO_VERSION, factOf, type EntityRow, type TouchpointFact } from '#libs/database';
import {
  flattenConversion,
  isConversion,
  specOf,
  type CanonicalEvent,
  type Instant,
  type Rejection,
} from '#libs/events';
import { compileStream, type CompiledStream, type JsonObject } from '#libs/sources';
import type { FoundStream } from './load-source.js';

/** What became of one record. */
export interface TriedRecord {
  record: JsonObject;
  /** Absent: the record has no value at a path of `primary_key`. */
  naturalKey: string | undefined;
  events: CanonicalEvent[];
  rejections: Rejection[];
  /** What it breaks of its schema, where that is only warned of. */
  warnings: Rejection[];
}

/** A row that would stand in a table if these events were all there is. */
export interface WouldBeRow {
  table: string;
  row: Record<string, unknown>;
}

/** Maps records as the normalizer would; nothing is stored. */
export function compileTrial(found: FoundStream): (record: JsonObject, receivedAt: Instant) => TriedRecord {
  const { source, stream, recordSchema } = found;
  const compiled: CompiledStream = compileStream(source, stream, recordSchema);
  return (record, receivedAt) => {
    const raw = compiled.recordEvent(record, { receivedAt });
    return { record, naturalKey: compiled.naturalKeyOf(record), ...compiled.map(record, raw) };
  };
}

/**
 * The rows that these events alone come to: conversions by the rules of the attribution, entities by theirs. Journeys
 * and first deposits need what else is known, and are left out.
 */
export function rowsOf(events: readonly CanonicalEvent[]): WouldBeRow[] {
  const facts = factsOfEvents(events);
  const inOrder = events.filter((e) => isConversion(e)).map(conversionIdOf);
  return [...conversionRows(facts, [...new Set(inOrder)]), ...otherRows(facts)];
}

/** What takes back a conversion that none of these events tells of. */
export function waitingReturns(events: readonly CanonicalEvent[]): string[] {
  const { conversions, returns } = factsOfEvents(events);
  const [told, retracted] = [
    conversions.filter((c) => c.first_received_at !== null),
    conversions.filter((c) => c.first_received_at === null),
  ];
  const known = new Set(told.map((c) => c.conversion_id));
  const waiting = [...returns, ...retracted.map((c) => ({ ...c, kind: 'retraction' }))];
  return waiting.filter((w) => !known.has(w.conversion_id)).map((w) => `${w.kind} of ${w.conversion_key}`);
}

function conversionRows({ conversions, returns }: Facts, ids: readonly string[]): WouldBeRow[] {
  const nobody = new Journeys(new IdentityGraph([]), []);
  return ids.flatMap((id) => {
    const slots = conversions.filter((c) => c.conversion_id === id);
    const own = slots.flatMap((slot) => factOf(slot) ?? []);
    if (own.length === 0) return []; // tests alone, or taken back
    const row = resolveConversion(
      own[0]!,
      own,
      returns.filter((r) => r.conversion_id === id),
      nobody,
    );
    return [{ table: 'conversions', row: { ...flattenConversion(row) } }];
  });
}

function otherRows({ entities, clicks, touchpoints, links }: Facts): WouldBeRow[] {
  const rows = (table: string, list: readonly object[]): WouldBeRow[] =>
    list.map((row) => ({ table, row: row as Record<string, unknown> }));
  return [
    ...entities.flatMap(({ kind, rows: list }) => rows(specOf(kind).table, list.map(entityColumns))),
    ...rows('clicks', clicks),
    ...rows('touchpoints', touchpoints.map(touchColumns)),
    ...rows('identity_links', links),
  ];
}

/** A touch's row by the names of its columns. */
function touchColumns({ version, ...touch }: TouchpointFact): object {
  return { ...touch, version: version === NO_VERSION ? null : String(version) };
}

/** An entity's row by the names of its columns. */
function entityColumns({ brand, record, custom, source, conversion_id }: EntityRow): object {
  return { brand, ...record, custom, source, conversion_id };
}
