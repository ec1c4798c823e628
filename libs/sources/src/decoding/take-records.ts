import type { JsonObject, JsonValue } from '../json.js';
import { EACH, type RecordStep } from '../path.js';
import { DecodeError } from './decode-error.js';
import { EachRecord, noRecordsAt, notRecords } from './each-record.js';

/** Members and indexes down to the records, from `parseRecordPath`. */
export type Steps = readonly RecordStep[];

/** How deep documents may nest; deeper ones would break what walks through records. */
export const MAX_DEPTH = 512;

/** More than so many characters within one record, or besides the records, are refused: they would fill the memory. */
export const MAX_RECORD_CHARS = 64 * 1024 * 1024;

/** Records of one yielded batch. */
export const BATCH_RECORDS = 1000;

/**
 * The records of a document, and what is left of it: an array of records stays there as an empty one, a single record
 * stays where it is, and of what `*` stands for nothing stays. Nothing but null at the path: no records.
 * @throws DecodeError with the document as `envelope` where nothing stands at the path, or neither array nor object
 */
export function takeRecords(
  document: JsonValue,
  steps: Steps,
): { records: JsonValue[]; envelope: JsonValue } {
  try {
    return steps.includes(EACH) ? takeEach(document, steps) : takeFromOne(document, steps);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DecodeError(error.message, { envelope: document });
  }
}

function takeFromOne(document: JsonValue, steps: Steps): { records: JsonValue[]; envelope: JsonValue } {
  let parent: JsonValue = null;
  let at: JsonValue | undefined = document;
  for (const step of steps) {
    parent = at;
    at = childOf(at, step);
    if (at === undefined) throw noRecordsAt(steps);
  }
  if (at === null) return { records: [], envelope: document };
  if (!Array.isArray(at)) {
    if (typeof at === 'object') return { records: [at], envelope: document };
    throw notRecords(steps, at);
  }
  const last = steps.at(-1);
  if (last === undefined) return { records: at, envelope: [] };
  setMember(parent as JsonObject, String(last), []);
  return { records: at, envelope: document };
}

function takeEach(document: JsonValue, steps: Steps): { records: JsonValue[]; envelope: JsonValue } {
  const each = new EachRecord(steps);
  const records: JsonValue[] = [];
  /** @returns what is left of the value */
  const visit = (value: JsonValue, depth: number): JsonValue => {
    const met = each.meet(value, depth);
    if (met === 'record') records.push(value);
    else if (met === 'records') for (const item of value as JsonValue[]) records.push(item);
    const step = steps[depth];
    if (step === undefined || typeof value !== 'object' || value === null) return value;
    if (step === EACH) {
      for (const child of Object.values(value)) visit(child, depth + 1);
      return Array.isArray(value) ? [] : {};
    }
    const child = childOf(value, step);
    if (child !== undefined) setMember(value as JsonObject, String(step), visit(child, depth + 1));
    return value;
  };
  const envelope = visit(document, 0);
  each.end();
  return { records, envelope };
}

/** Yields the records in batches until fewer than a batch are left. */
export function* fullBatches(records: JsonValue[]): Generator<JsonValue[]> {
  while (records.length >= BATCH_RECORDS) yield records.splice(0, BATCH_RECORDS);
}

/** Sets a member whatever its name: `__proto__` is one like any other. */
export function setMember(object: JsonObject, name: string, value: JsonValue): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/** @throws DecodeError where the value nests deeper than 512 levels */
export function checkDepth(value: JsonValue, level = 1): void {
  if (typeof value !== 'object' || value === null) return;
  if (level > MAX_DEPTH) throw tooDeep();
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') checkDepth(item, level + 1);
    return;
  }
  for (const name in value) {
    const member = value[name]!;
    if (typeof member === 'object') checkDepth(member, level + 1);
  }
}

/** Whether a text has so many brackets that what it says could be too deep: sooner counted than looked through. */
export function mayBeDeep(json: string): boolean {
  let brackets = 0;
  for (const bracket of ['{', '[']) {
    for (let at = json.indexOf(bracket); at >= 0; at = json.indexOf(bracket, at + 1)) {
      if (++brackets > MAX_DEPTH) return true;
    }
  }
  return false;
}

export function tooDeep(): DecodeError {
  return new DecodeError(`it nests deeper than ${MAX_DEPTH} levels`);
}

function childOf(value: JsonValue | undefined, step: RecordStep): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || step === EACH) return undefined;
  if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined;
  return Object.hasOwn(value, step) ? value[step] : undefined;
}
