import type { JsonObject, JsonValue } from '../json.js';
import { DecodeError } from './decode-error.js';

/** Members and indexes down to the records, from `parsePath`. */
export type Steps = readonly (string | number)[];

/** How deep documents may nest; deeper ones would break what walks through records. */
export const MAX_DEPTH = 512;

/** More than so many characters within one record, or besides the records, are refused: they would fill the memory. */
export const MAX_RECORD_CHARS = 64 * 1024 * 1024;

/** Records of one yielded batch. */
export const BATCH_RECORDS = 1000;

/**
 * The records of a document, and what is left of it: an array of records stays there as an empty one, a single record
 * stays where it is. Nothing but null at the path: no records.
 * @throws DecodeError with the document as `envelope` where nothing stands at the path, or neither array nor object
 */
export function takeRecords(
  document: JsonValue,
  steps: Steps,
): { records: JsonValue[]; envelope: JsonValue } {
  let parent: JsonValue = null;
  let at: JsonValue | undefined = document;
  for (const step of steps) {
    parent = at;
    at = childOf(at, step);
    if (at === undefined) {
      throw new DecodeError(`it has no ${pathText(steps)}, where the records should be`, {
        envelope: document,
      });
    }
  }
  if (at === null) return { records: [], envelope: document };
  if (!Array.isArray(at)) {
    if (typeof at === 'object') return { records: [at], envelope: document };
    const where = steps.length === 0 ? 'it is' : `${pathText(steps)} is`;
    throw new DecodeError(`${where} a ${typeof at}, not records`, { envelope: document });
  }
  const last = steps.at(-1);
  if (last === undefined) return { records: at, envelope: [] };
  setMember(parent as JsonObject, String(last), []);
  return { records: at, envelope: document };
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

export function tooDeep(): DecodeError {
  return new DecodeError(`it nests deeper than ${MAX_DEPTH} levels`);
}

function childOf(value: JsonValue, step: string | number): JsonValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined;
  return Object.hasOwn(value, step) ? value[step] : undefined;
}

function pathText(steps: Steps): string {
  return steps.length === 0 ? 'value' : steps.join('.');
}
