import {
  hashParts,
  isEntityKind,
  isVersion,
  problemOfCanonicalEvent,
  type CanonicalEvent,
  type EventKind,
  type Instant,
  type RecordEvent,
  type Rejection,
  type Trust,
} from '#libs/events';
import type { MappingRule } from '../definition.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';
import { parsePath } from '../path.js';
import { compileCount, type CountEvent } from './compile-count.js';
import { compileField, type CompiledField } from './compile-field.js';
import { compileCondition, type Holds } from './condition.js';
import { restOf, type FieldValue } from './convert-value.js';
import { Fault } from './fault.js';
import { compileRead, isValue, pointerOf } from './read-value.js';
import { rejectionOf } from './rejection.js';
import { compileSetters, unsaidOf } from './rule-fields.js';

/** What a record says to each of its rules. */
export interface MappedRecord {
  record: JsonObject;
  raw: RecordEvent;
  /** Name of the source's definition, also of a postback. */
  source: string;
  trust: Trust;
  rawPosition: string | undefined;
  /** Of the stream's `version` or `cursor_field`, where no field says it. */
  version: string | undefined;
}

/** A rule of a mapping as functions. */
export interface CompiledRule {
  kind: EventKind;
  group: string | undefined;
  /** Path of `for_each`; rules of one group that go through the same array choose for each element. */
  forEach: string | undefined;
  /** What the rule looks at: the record, or the elements of its array. */
  elementsOf: (record: JsonObject) => readonly JsonValue[];
  fits: Holds;
  /** The event of one element, or what is wrong with it. */
  makeEvent: (mapped: MappedRecord, element: JsonValue, index: number) => CanonicalEvent | Rejection;
  /** What counts of that event; undefined where there is something wrong. */
  countEvent: CountEvent;
}

/** What a rule is in its stream. */
export interface RulePlace {
  /** In the mapping. */
  index: number;
  /** Among the rules of its kind. */
  ordinal: number;
  /** The one kind of conversion that the stream's rules make. */
  onlyConversion: string | undefined;
  source: string;
  brand: string;
  stream: string;
}

/** @throws PathError, SyntaxError, TypeError where the rule was not checked */
export function compileRule(rule: MappingRule, place: RulePlace): CompiledRule {
  const kind = rule.event as EventKind;
  const always = rule.when === undefined;
  const forEach = rule.for_each;
  const makeEvent = compileEvent(rule, kind, place);
  return {
    kind,
    group: rule.group,
    forEach,
    elementsOf: forEach === undefined ? (record) => [record] : elementsAt(forEach),
    fits: always ? () => true : compileCondition(rule.when!),
    makeEvent,
    countEvent: compileCount(rule, kind, place) ?? countedBy(makeEvent, place),
  };
}

/** Counts what is made; ids and keys, which nothing checks, stay empty. */
function countedBy(makeEvent: CompiledRule['makeEvent'], { source, brand, stream }: RulePlace): CountEvent {
  return (record, element, receivedAt, version, index) => {
    const raw = {
      event_id: '',
      source,
      stream,
      brand,
      natural_key: '',
      received_at: receivedAt,
      payload: record,
    };
    const mapped = {
      record,
      raw,
      source,
      trust: 'partner_api',
      rawPosition: undefined,
      version,
    } as const;
    const made = makeEvent(mapped, element, index);
    if (made.kind === 'dead_letter') return undefined;
    const { kind, amount, currency }: { kind: string; amount?: string; currency?: string } = made;
    return { kind, ...(amount !== undefined && { amount }), ...(currency !== undefined && { currency }) };
  };
}

/** The elements of an array; what is no array, as the only element of an XML document, is one element. */
function elementsAt(path: string): (record: JsonObject) => readonly JsonValue[] {
  const read = compileRead(path);
  return (record) => {
    const found = read(record, record);
    if (Array.isArray(found)) return found;
    return isValue(found) ? [found] : [];
  };
}

type Members = Record<string, FieldValue | object>;

function compileEvent(rule: MappingRule, kind: EventKind, place: RulePlace): CompiledRule['makeEvent'] {
  const setters = compileSetters(rule, kind);
  const maps = compileMaps(rule);
  const implied = impliedOf(rule, kind, place.onlyConversion);
  const hasRecord = isEntityKind(kind);
  const suffix = place.ordinal === 0 ? kind : `${kind}.${place.ordinal}`;
  const naturalKey = ({ source, raw }: MappedRecord, what: string, index: number): string =>
    `${source}/${raw.stream}/${raw.natural_key}|${what}${rule.for_each === undefined ? '' : `|${index}`}`;
  const rest = rule.custom_rest
    ? compileRest([...setters, ...maps.flatMap((map) => map.fields)], rule.for_each !== undefined)
    : undefined;
  const trust = rule.trust as Trust | undefined;
  const ruleIndex = String(place.index);
  const reject = (
    detail: string,
    setter: CompiledField | undefined,
    name: string,
    mapped: MappedRecord,
    element: JsonValue,
    index: number,
  ): Rejection =>
    rejectionOf(detail, {
      what: `${name === '' ? '' : `${name} of `}mapping[${place.index}] (${kind})`,
      pointer: pointerTo(setter?.path, rule.for_each, index),
      given: setter?.path === undefined ? undefined : setter.given(mapped.record, element),
      isRead: setter?.path !== undefined,
    });

  return (mapped, element, index) => {
    const { raw, record: from } = mapped;
    const record: Members | undefined = hasRecord ? {} : undefined;
    const event: Members = {
      kind,
      event_id: hashParts([raw.event_id, ruleIndex, String(index)]),
      source: raw.source,
      stream: raw.stream,
      brand: raw.brand,
      natural_key: naturalKey(mapped, suffix, index),
      received_at: raw.received_at,
      trust: trust ?? mapped.trust,
    };
    for (const setter of setters) {
      const value = setter.read(from, element);
      if (value instanceof Fault) return reject(value.detail, setter, setter.name, mapped, element, index);
      if (value === undefined) continue;
      if (setter.holder === 'event') event[setter.name] = value;
      else if (setter.holder === 'record') record![setter.name] = value;
      else ((event['custom'] ??= {}) as Members)[setter.name] = value;
    }
    for (const map of maps) {
      const members = readMap(map, from, element, event[map.name] as Members | undefined);
      if (members instanceof FaultOf) {
        return reject(
          members.fault.detail,
          members.field,
          `${map.name}.${members.name}`,
          mapped,
          element,
          index,
        );
      }
      if (members !== undefined) event[map.name] = members;
    }
    if (rest && isJsonObject(element)) {
      const custom = rest(element, event['custom'] as Members | undefined);
      if (custom !== undefined) event['custom'] = custom;
    }
    implied(event, record, mapped);
    // It names the conversion, as the first rule of its kind does
    if (kind === 'retraction' && typeof event['conversion_type'] === 'string') {
      event['natural_key'] = naturalKey(mapped, event['conversion_type'], index);
    }
    if (raw.receipt_id !== undefined) event['receipt_id'] = raw.receipt_id;
    if (mapped.rawPosition !== undefined) event['raw_position'] = mapped.rawPosition;
    if (record) event['record'] = record;
    const problem = problemOfCanonicalEvent(event as unknown as CanonicalEvent);
    if (problem === undefined) return event as unknown as CanonicalEvent;
    const name = problem.path.split('/').slice(1).join('.');
    const setter = setters.find((s) => (s.holder === 'event' ? s.name : `${s.holder}.${s.name}`) === name);
    return reject(problem.detail, setter, name, mapped, element, index);
  };
}

interface FieldMap {
  name: 'custom' | 'sub_ids' | 'utm' | 'ad_click_ids';
  names: readonly string[];
  fields: readonly CompiledField[];
}

const MAPS = ['custom', 'sub_ids', 'utm', 'ad_click_ids'] as const;

function compileMaps(rule: MappingRule): FieldMap[] {
  return MAPS.flatMap((name): FieldMap[] => {
    const given = rule[name];
    if (given === undefined) return [];
    const target = name === 'custom' ? 'custom' : 'text';
    const context = { currency: rule.fields['currency'] };
    return [
      {
        name,
        names: Object.keys(given),
        fields: Object.values(given).map((spec) => compileField(spec, target, context)),
      },
    ];
  });
}

/** A fault, and the field of a map that has it. */
class FaultOf {
  constructor(
    readonly fault: Fault,
    readonly field: CompiledField,
    readonly name: string,
  ) {}
}

function readMap(
  map: FieldMap,
  record: JsonObject,
  element: JsonValue,
  given: Members | undefined,
): Members | undefined | FaultOf {
  let members = given;
  for (let i = 0; i < map.fields.length; i++) {
    const field = map.fields[i]!;
    const value = field.read(record, element);
    if (value instanceof Fault) return new FaultOf(value, field, map.names[i]!);
    if (value !== undefined) (members ??= {})[map.names[i]!] = value;
  }
  return members;
}

/** Adds every member of the element that no field reads to the custom fields. */
function compileRest(
  fields: readonly CompiledField[],
  hasElements: boolean,
): (element: JsonObject, custom: Members | undefined) => Members | undefined {
  const paths = fields
    .flatMap((field) => field.paths)
    .filter((path) => !hasElements || !path.startsWith('$'));
  const read = new Set(paths.map((path) => String(parsePath(path)[0])));
  return (element, custom) => {
    let members = custom;
    for (const name of Object.keys(element)) {
      if (read.has(name)) continue;
      const value = restOf(element[name]!);
      if (value !== undefined && !(members && Object.hasOwn(members, name))) (members ??= {})[name] = value;
    }
    return members;
  };
}

/** Sets what a rule need not say. */
function impliedOf(
  rule: MappingRule,
  kind: EventKind,
  onlyConversion: string | undefined,
): (event: Members, record: Members | undefined, mapped: MappedRecord) => void {
  const { conversion, setsPartner, isReturn, isPaid, version } = unsaidOf(rule, kind, onlyConversion);
  return (event, record, mapped) => {
    if (conversion !== undefined) event['conversion_type'] = conversion;
    if (setsPartner && (!isReturn || event['conversion_type'] === 'payout')) event['partner'] = mapped.source;
    // A currency of no amount says nothing
    if (isPaid && event['amount'] === undefined) delete event['currency'];
    if (mapped.version !== undefined && event['version'] === undefined) event['version'] = mapped.version;
    if (record && event['occurred_at'] === undefined) {
      event['occurred_at'] = record['created_at'] ?? (version && record[version]) ?? mapped.raw.received_at;
    }
  };
}

/** JSON pointer into the raw event's value. */
function pointerTo(path: string | undefined, forEach: string | undefined, index: number): string {
  if (path === undefined) return '/data/payload';
  if (forEach === undefined || path.startsWith('$')) return `/data/payload${pointerOf(path)}`;
  return `/data/payload${pointerOf(forEach)}/${index}${pointerOf(path)}`;
}

/** The version that a cursor's value is: a whole number, or an instant with its zone. */
export function versionOf(
  value: JsonValue | undefined,
  parse: (text: string) => Instant | undefined,
): string | undefined {
  if (typeof value === 'number') return isVersion(String(value)) ? String(value) : undefined;
  if (typeof value !== 'string') return undefined;
  return isVersion(value) ? value : parse(value);
}
