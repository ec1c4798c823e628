import {
  RecordEncoder,
  canonicalJson,
  eventId,
  hashParts,
  parseInstant,
  type CanonicalEvent,
  type EncodedRecord,
  type EventKind,
  type Instant,
  type RecordEvent,
  type RecordName,
  type Rejection,
  type Trust,
} from '#libs/events';
import type { RecordStreamDefinition, SourceDefinition, SourceType } from '../definition.js';
import type { JsonObject, JsonValue } from '../json.js';
import { compilePath } from '../path.js';
import { PLUGINS, type RecordPlugin } from '../plugins/plugins.js';
import { needsVersion, type CountedEvent } from './compile-count.js';
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
  events: CountedEvent[];
  rejected: boolean;
}

const REJECTED: Told = { events: [], rejected: true };

/** What is known of a record besides itself. */
export interface Reception {
  receivedAt: Instant;
  /** Where it is not the definition's own: `<name>.postback`. */
  source?: string;
  receiptId?: string;
}

/** A stream of a source as functions. */
export interface CompiledStream {
  /** The values of `primary_key`; undefined where one is missing. */
  naturalKeyOf: (record: JsonObject) => string | undefined;
  /** The raw event of a record. The same record gives the same id. */
  recordEvent: (record: JsonObject, reception: Reception) => RecordEvent;
  /** The same of the source's own records, as they go into the log. */
  encodeRecords: (records: readonly JsonObject[], receivedAt: Instant) => EncodedRecord[];
  /**
   * The canonical events of a record; every one is what `parseCanonicalEvent` takes. Never throws.
   * @param rawPosition where the raw event stands on `raw-events`: `partition/offset`
   */
  map: (record: JsonObject, raw: RecordEvent, rawPosition?: string) => Mapped;
  /** What `map` makes of a record of the source's own, only to be counted. Never throws. */
  tell: (record: JsonObject, receivedAt: Instant) => Told;
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
  const { mapRecord, countRecord } = compileMapping(source, stream);
  const check = recordSchema === undefined ? undefined : compileRecordSchema(recordSchema);
  const warns = stream.schema?.on_violation === 'warn';
  const nameOf = (record: JsonObject, payload: () => string): RecordName => {
    const cursor = readCursor?.(record);
    return {
      naturalKey: naturalKeyOf(record) ?? `sha256:${hashParts([payload()])}`,
      version: isValue(cursor) ? textOf(cursor) : undefined,
    };
  };
  const { brand } = source;
  const recordEvent = (
    record: JsonObject,
    { receivedAt, source: told = source.name, receiptId }: Reception,
  ): RecordEvent => {
    const payload = canonicalJson(record);
    const { naturalKey, version } = nameOf(record, () => payload);
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
    return event;
  };
  const versionIn = (record: JsonObject, receivedAt: Instant): string | undefined =>
    latestStands ? receivedAt : readCursor && versionOf(readCursor(record), parseZoned);
  const versionCounts = stream.mapping.some(({ event }) => needsVersion(event as EventKind));
  const encoder = new RecordEncoder({ source: source.name, stream: stream.name, brand });
  return {
    naturalKeyOf,
    recordEvent,
    encodeRecords: (records, receivedAt) =>
      encoder.encode(records, receivedAt, nameOf as Parameters<typeof encoder.encode>[2]),
    map: (record, raw, rawPosition) => {
      const violations = check === undefined ? [] : rejectionsOf(check, record);
      if (violations.length > 0 && !warns) return { events: [], rejections: violations, warnings: [] };
      const { events, rejections } = mapRecord({
        record: plugin ? plugin(record) : record,
        raw,
        source: source.name,
        trust: raw.source.endsWith(POSTBACK) ? 'postback' : TRUST_OF[source.type],
        rawPosition,
        version: versionIn(record, raw.received_at),
      });
      return { events, rejections, warnings: violations };
    },
    tell: (record, receivedAt) => {
      if (check !== undefined && !warns && check(record).length > 0) return REJECTED;
      const version = versionCounts ? versionIn(record, receivedAt) : undefined;
      return countRecord(plugin ? plugin(record) : record, receivedAt, version) ?? REJECTED;
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

/** The rules of a stream as functions; they never throw. */
export interface CompiledMapping {
  mapRecord: (mapped: MappedRecord) => Omit<Mapped, 'warnings'>;
  /** Undefined where the record is rejected. */
  countRecord: (record: JsonObject, receivedAt: Instant, version: string | undefined) => Told | undefined;
}

/**
 * Compiles the rules of a stream.
 * @throws PathError, SyntaxError, TypeError where the rules were not checked
 */
export function compileMapping(
  source: Pick<SourceDefinition, 'name' | 'brand'>,
  stream: Pick<RecordStreamDefinition, 'name' | 'mapping'>,
): CompiledMapping {
  const { mapping } = stream;
  const onlyConversion = onlyConversionOf(mapping);
  const rules = mapping.map((rule, index) =>
    compileRule(rule, {
      index,
      ordinal: mapping.slice(0, index).filter((other) => other.event === rule.event).length,
      onlyConversion,
      ...{ source: source.name, brand: source.brand, stream: stream.name },
    }),
  );
  const groups = groupsOf(rules);
  return {
    mapRecord(mapped) {
      const events: CanonicalEvent[] = [];
      const rejections: Rejection[] = [];
      eachFitting(rules, groups, mapped.record, (rule, element, index) => {
        const made = rule.makeEvent(mapped, element, index);
        if (made.kind === 'dead_letter') rejections.push(made);
        else events.push(made);
        return true;
      });
      return rejections.length > 0 ? { events: [], rejections } : { events, rejections };
    },
    countRecord(record, receivedAt, version) {
      const events: CountedEvent[] = [];
      const isWhole = eachFitting(rules, groups, record, (rule, element, index) => {
        const counted = rule.countEvent(record, element, receivedAt, version, index);
        if (counted) events.push(counted);
        return counted !== undefined;
      });
      return isWhole ? { events, rejected: false } : undefined;
    },
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

/** Goes through the elements that a rule fits. @returns false as soon as `visit` does */
function eachFitting(
  rules: readonly CompiledRule[],
  groups: ReadonlyMap<string, Group>,
  record: JsonObject,
  visit: (rule: CompiledRule, element: JsonValue, index: number) => boolean,
): boolean {
  const taken = groups.size === 0 ? undefined : new Set<string>();
  for (const rule of rules) {
    const group = rule.group === undefined ? undefined : groups.get(rule.group);
    if (group && !group.isByElement && taken!.has(group.name)) continue;
    const elements = rule.elementsOf(record);
    for (let i = 0; i < elements.length; i++) {
      const element: JsonValue = elements[i]!;
      if (!rule.fits(record, element)) continue;
      if (group) {
        const name = group.isByElement ? `${group.name}/${i}` : group.name;
        if (group.isByElement && taken!.has(name)) continue;
        taken!.add(name);
      }
      if (!visit(rule, element, i)) return false;
    }
  }
  return true;
}
