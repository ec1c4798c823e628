import type { JsonValue } from './json.js';

/** Reads the value at a path; `undefined` where there is none. */
export type ReadPath = (value: JsonValue | undefined) => JsonValue | undefined;

/** A path that cannot be read. */
export class PathError extends Error {}

const STEP = /\.?([^.[\]'"]+)|\[(\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]/y;

/** Stands for every member of an object, and for every item of an array. */
export const EACH = Symbol('*');

/** A step down to the records of an answer. */
export type RecordStep = string | number | typeof EACH;

/**
 * The members and indexes that a path names: `data.items[0].id`; a member whose name has a dot or a bracket, or is `*`,
 * stands in brackets and quotes: `meta['last.page']`. The empty path and `$` name the value itself.
 * @throws PathError
 */
export function parsePath(path: string): readonly (string | number)[] {
  return parseRecordPath(path).map((step) => {
    if (step !== EACH) return step;
    throw new PathError(
      `${JSON.stringify(path)} names one value; \`*\` may stand in record_selector.path alone`,
    );
  });
}

/**
 * As `parsePath`; `*` names every one there is: `response.data.*.Conversion`, `days.*.rows`.
 * @throws PathError
 */
export function parseRecordPath(path: string): readonly RecordStep[] {
  const text = path.startsWith('$') ? path.slice(1) : path;
  const steps: RecordStep[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const found = STEP.exec(text);
    if (!found || (steps.length === 0 && path === text && found[0].startsWith('.'))) {
      throw new PathError(`${JSON.stringify(path)} is no path: it goes wrong at character ${at + 1}`);
    }
    const [, name, index, single, double] = found;
    if (name === '*') steps.push(EACH);
    else steps.push(index === undefined ? (name ?? single ?? double)! : Number(index));
  }
  return steps;
}

/** @throws PathError */
export function compilePath(path: string): ReadPath {
  const steps = parsePath(path);
  const [first] = steps;
  if (steps.length === 1 && typeof first === 'string') return (value) => memberOf(value, first);
  return (value) => {
    let at = value;
    for (const step of steps) at = memberOf(at, step);
    return at;
  };
}

function memberOf(value: JsonValue | undefined, step: string | number): JsonValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined;
  return Object.hasOwn(value, step) ? value[step] : undefined;
}
