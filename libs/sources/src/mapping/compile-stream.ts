import {
  canonicalJson,
  eventId,
  hashParts,
  parseInstant,
  writeRawEvent,
  type CanonicalEvent,
  type Instant,
  type RecordEvent,
  type Rejection,
  type Trust,
} from '#libs/events';
import type { RecordStreamDefinition, SourceDefinition, SourceType } from '../definition.js';
import type { JsonObject, JsonValue } from '../json.js';
import { compilePath } from '../path.js';
import { PLUGINS, type RecordPlugin } from '../plugins/plugins.js';
import { compileRule, versionOf, type CompiledRule, type MappedRecord } from './compile-rule.js';
import { onlyConversionOf } from './event-fields.js';
import { compileNaturalKey } from './natural-key.js';
import { isValue, textOf } from './read-value.js';
import { compileRecordSchema, type CheckRecord } from './record-schema.js';

/** What a record is made into. */
export interface Mapped {
  /** None where a rejection is there, and where no rule fits. */
  events: CanonicalEvent[];
  /** Why the record cannot be mapped; its events are not made then, not even those that could be. */
  rejections: Rejection[];
  /** What a record that was mapped breaks of its schema, where that is only to be warned of. */
  warnings: Rejection[];
}

/** What a record comes to, for who counts: the same as if it were mapped. */
export interface Told {
  /** Its events without ids and keys. */
  events: { kind: string; amount?: string; currency?: string }[];
  rejected: boolean;
}

/** What is known of a record besides itself. */
export interface Reception {
  receivedAt: Instant;
  /** Where it is not the definition's own: `<name>.postback`. */
  source?: string;
  receiptId?: string;
}

/** A raw event as it goes into the log. */
export interface WrittenRecord {
  event: RecordEvent;
  /** On `raw-events`; the members of its payload are sorted. */
  value: string;
}

/** A stream of a source as functions. */
export interface CompiledStream {
  /** The values of `primary_key`; undefined where one is missing. */
  naturalKeyOf: (record: JsonObject) => string | undefined;
  /** The raw event of a record. The same record gives the same id. */
  recordEvent: (record: JsonObject, reception: Reception) => RecordEvent;
  /** The same, with its value on `raw-events`. */
  writeRecord: (record: JsonObject, reception: Reception) => WrittenRecord;
  /**
   * The canonical events of a record; every one is what `parseCanonicalEvent` takes. Never throws.
   * @param rawPosition where the raw event stands on `raw-events`: `partition/offset`
   */
  map: (record: JsonObject, raw: RecordEvent, rawPosition?: string) => Mapped;
  /** What `map` makes of a record, only to be counted, at two thirds of the cost. Never throws. */
  tell: (record: JsonObject, raw: RecordEvent) => Told;
}

const POSTBACK = '.postback';

/** How a source of each type tells where its rules say nothing else. */
const TRUST_OF = { http: 'partner_api', pubsub: 'pubsub', ga4: 'ga4' } as const satisfies Record<
  SourceType,
  Trust
>;

/** The name of the definition of a raw event's source: without `.postback`. */
export function definitionNameOf(source: string): string {
  return source.endsWith(POSTBACK) ? source.slice(0, -POSTBACK.length) : source;
}

/**
 * Compiles a stream once; what it gives allocates little.
 * @param source a definition that `parseSource` has taken
 * @param recordSchema JSON Schema of its records, where it names one
 * @throws PathError, SyntaxError, TypeError, RecordSchemaError where the definition was not checked
 */
export function compileStream(
  source: Pick<SourceDefinition, 'name' | 'brand' | 'type'>,
  stream: RecordStreamDefinition,
  recordSchema?: object,
): CompiledStream {
  const naturalKeyOf = compileNaturalKey(stream.primary_key);
  const readCursor = stream.cursor_field === undefined ? undefined : compilePath(stream.cursor_field);
  const latestStands = stream.version === 'received_at';
  const plugin: RecordPlugin | undefined = stream.plugin && PLUGINS[stream.plugin];
  const mapRecord = compileMapping(stream);
  const check = recordSchema === undefined ? undefined : compileRecordSchema(recordSchema);
  const warns = stream.schema?.on_violation === 'warn';
  const identify = (
    record: JsonObject,
    { receivedAt, source: told = source.name, receiptId }: Reception,
  ): { event: RecordEvent; payload: string } => {
    const payload = canonicalJson(record);
    const naturalKey = naturalKeyOf(record) ?? `sha256:${hashParts([payload])}`;
    const cursor = readCursor?.(record);
    const version = isValue(cursor) ? textOf(cursor) : undefined;
    const { brand } = source;
    const event: RecordEvent = {
      event_id: eventId({ brand, source: told, stream: stream.name, naturalKey, version, payload }),
      source: told,
      stream: stream.name,
      brand,
      natural_key: naturalKey,
      received_at: receivedAt,
      payload: record,
    };
    if (receiptId !== undefined) event.receipt_id = receiptId;
    return { event, payload };
  };
  const map = (
    record: JsonObject,
    raw: RecordEvent,
    rawPosition: string | undefined,
    isCounted: boolean,
  ): Mapped => {
    const violations = check === undefined ? [] : rejectionsOf(check, record);
    if (violations.length > 0 && !warns) return { events: [], rejections: violations, warnings: [] };
    const { events, rejections } = mapRecord({
      record: plugin ? plugin(record) : record,
      raw,
      source: source.name,
      trust: raw.source.endsWith(POSTBACK) ? 'postback' : TRUST_OF[source.type],
      rawPosition,
      isCounted,
      version: latestStands ? raw.received_at : readCursor && versionOf(readCursor(record), parseZoned),
    });
    return { events, rejections, warnings: violations };
  };
  return {
    naturalKeyOf,
    recordEvent: (record, reception) => identify(record, reception).event,
    writeRecord: (record, reception) => {
      const { event, payload } = identify(record, reception);
      return { event, value: writeRawEvent(event, payload) };
    },
    map: (record, raw, rawPosition) => map(record, raw, rawPosition, false),
    tell: (record, raw) => {
      const { events, rejections } = map(record, raw, undefined, true);
      return { events, rejected: rejections.length > 0 };
    },
  };
}

function rejectionsOf(check: CheckRecord, record: JsonObject): Rejection[] {
  return check(record).map(({ pointer, detail }) => ({
    kind: 'dead_letter',
    reason: 'schema_violation',
    path: `/data/payload${pointer}`,
    detail: `schema: ${detail}`,
  }));
}

const ZONED = /^\d{4}-\d\d-\d\d[T ].*(?:Z|[+-]\d\d(?::?\d\d)?)$/i;

function parseZoned(text: string): Instant | undefined {
  return ZONED.test(text) ? parseInstant(text) : undefined;
}

function compileMapping(stream: RecordStreamDefinition): (mapped: MappedRecord) => Omit<Mapped, 'warnings'> {
  const onlyConversion = onlyConversionOf(stream.mapping);
  const rules = stream.mapping.map((rule, index) =>
    compileRule(rule, {
      index,
      ordinal: stream.mapping.slice(0, index).filter((other) => other.event === rule.event).length,
      onlyConversion,
    }),
  );
  const groups = groupsOf(rules);
  return (mapped) => {
    const events: CanonicalEvent[] = [];
    const rejections: Rejection[] = [];
    const taken = groups.size === 0 ? undefined : new Set<string>();
    for (const rule of rules) {
      const group = rule.group === undefined ? undefined : groups.get(rule.group);
      applyRule(rule, group, taken, mapped, events, rejections);
    }
    return rejections.length > 0 ? { events: [], rejections } : { events, rejections };
  };
}

/** How the rules of a group share records: each record once, or each element of the array they all go through. */
interface Group {
  name: string;
  isByElement: boolean;
}

function groupsOf(rules: readonly CompiledRule[]): ReadonlyMap<string, Group> {
  const names = new Set(rules.flatMap((rule) => rule.group ?? []));
  return new Map(
    [...names].map((name) => {
      const arrays = new Set(rules.filter((rule) => rule.group === name).map((rule) => rule.forEach));
      return [name, { name, isByElement: arrays.size === 1 && !arrays.has(undefined) }];
    }),
  );
}

function applyRule(
  rule: CompiledRule,
  group: Group | undefined,
  taken: Set<string> | undefined,
  mapped: MappedRecord,
  events: CanonicalEvent[],
  rejections: Rejection[],
): void {
  if (group && !group.isByElement && taken!.has(group.name)) return;
  const elements = rule.elementsOf(mapped.record);
  for (let i = 0; i < elements.length; i++) {
    const element: JsonValue = elements[i]!;
    if (!rule.fits(mapped.record, element)) continue;
    if (group) {
      const name = group.isByElement ? `${group.name}/${i}` : group.name;
      if (group.isByElement && taken!.has(name)) continue;
      taken!.add(name);
    }
    const made = rule.makeEvent(mapped, element, i);
    if (made.kind === 'dead_letter') rejections.push(made);
    else events.push(made);
  }
}
