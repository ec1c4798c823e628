/**
 * JSON with object keys sorted by UTF-16 code unit at every level and `undefined` members left out, so that
 * equal values have equal text (the order and form of RFC 8785).
 * @param value JSON data; what has a `toJSON`, as a `Date`, stands for what that returns
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return jsonOfText(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === Object.prototype || prototype === null;
  return (isPlain ? jsonOfPlain(value as Record<string, unknown>) : undefined) ?? jsonOfAny(value);
}

/** Longer texts are left to `JSON.stringify`, which is faster then. */
const SHORT = 128;

/** JSON of a text: what `JSON.stringify` gives, in half the time where the text is short and plain ASCII. */
export function jsonOfText(text: string): string {
  if (text.length > SHORT) return JSON.stringify(text);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return JSON.stringify(text);
  }
  return `"${text}"`;
}

function jsonOfAny(value: object): string {
  if (writesItself(value)) return canonicalJson(value.toJSON());
  let members = '';
  for (const name of Object.keys(value).sort()) {
    const member: unknown = (value as Record<string, unknown>)[name];
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${jsonOfText(name)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

function writesItself(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

/** Objects whose members have these names in this order, and how they are written. */
interface Shape {
  name: string;
  /** Of the objects with one member more. */
  longer: Map<string, Shape>;
  /** The one of `longer` that was asked for last. */
  latest: Shape | undefined;
  /** How often it was asked to copy such objects; then what does it, or false where it cannot be done. */
  copies: number;
  copy: SortMembers | false | undefined;
  /** In the order of their names: where each member stands in the object, and its name as JSON with what is around it. */
  sorted: readonly { at: number; before: string }[] | undefined;
}

const shape = (name: string): Shape => ({
  name,
  longer: new Map(),
  latest: undefined,
  copies: 0,
  copy: undefined,
  sorted: undefined,
});

/** Where names are ids there is a shape for each object: what was learnt is forgotten then. */
const MAX_SHAPES = 4_096;
const MAX_MEMBERS = 256;
let root = shape('');
let shapes = 0;

/**
 * Records of a stream have the same members in the same order again and again: these are sorted once.
 * @returns undefined for what has to be written the longer way
 */
function jsonOfPlain(value: Record<string, unknown>): string | undefined {
  const values: unknown[] = [];
  let at = root;
  for (const name in value) {
    const member = value[name];
    if (member === undefined || typeof member === 'function' || values.length === MAX_MEMBERS)
      return undefined;
    values.push(member);
    at = at.latest?.name === name ? at.latest : longer(at, name);
  }
  if (values.length === 0) return '{}';
  const sorted = (at.sorted ??= sort(Object.keys(value)));
  let text = '';
  for (const { at: place, before } of sorted) text += before + jsonOfMember(values[place]);
  return `${text}}`;
}

function jsonOfMember(value: unknown): string {
  if (typeof value === 'string') return jsonOfText(value);
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : canonicalJson(value);
}

function longer(from: Shape, name: string): Shape {
  let found = from.longer.get(name);
  if (!found) {
    if (shapes === MAX_SHAPES) {
      root = shape('');
      shapes = 0;
    }
    found = shape(name);
    from.longer.set(name, found);
    shapes++;
  }
  return (from.latest = found);
}

function sort(names: readonly string[]): NonNullable<Shape['sorted']> {
  return names
    .map((name, at) => ({ name, at }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, at }, i) => ({ at, before: `${i === 0 ? '{' : ','}${JSON.stringify(name)}:` }));
}

/** Makes of an object one with the same members, sorted. */
type SortMembers = (value: Record<string, unknown>) => Record<string, unknown>;

/** So many objects of a shape are not worth a function of its own. */
const FEW = 8;
const LIKE_AN_INDEX = /^\d+$/;

/**
 * A copy whose `JSON.stringify` is the canonical JSON of an object. What needs no sorting is shared with the object.
 * @returns undefined for an object that has other members than texts, finite numbers, true, false, null, lists of these,
 * and objects that have no others either; for one without members; for one of a shape that is rare; and where JavaScript
 * does not keep members in this order
 */
export function sortedCopy(value: Record<string, unknown>): Record<string, unknown> | undefined {
  let at = root;
  let members = 0;
  let inner: unknown[] | undefined;
  for (const name in value) {
    const member = value[name];
    if (typeof member === 'object' && member !== null) {
      const copy = Array.isArray(member) ? plainList(member) : sortedInner(member);
      if (copy === undefined) return undefined;
      if (copy !== member) (inner ??= []).push(name, copy);
    } else if (!isPlain(member)) return undefined;
    if (++members > MAX_MEMBERS) return undefined;
    at = at.latest?.name === name ? at.latest : longer(at, name);
  }
  if (members === 0 || (at.copy === undefined && ++at.copies <= FEW)) return undefined;
  at.copy ??= compileCopy(Object.keys(value));
  if (!at.copy) return undefined;
  const copy = at.copy(value);
  if (inner) for (let i = 0; i < inner.length; i += 2) copy[inner[i] as string] = inner[i + 1];
  return copy;
}

function isPlain(value: unknown): boolean {
  return (
    typeof value === 'string' ||
    value === null ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

function plainList(list: readonly unknown[]): readonly unknown[] | undefined {
  for (let i = 0; i < list.length; i++) if (!isPlain(list[i])) return undefined;
  return list;
}

function sortedInner(value: object): object | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  for (const _ in value) return sortedCopy(value as Record<string, unknown>);
  return value;
}

function compileCopy(names: readonly string[]): SortMembers | false {
  if (names.some((name) => name === '__proto__' || LIKE_AN_INDEX.test(name))) return false;
  const members = [...names].sort().map((name) => `${JSON.stringify(name)}: value[${JSON.stringify(name)}]`);
  // A literal is made in a tenth of the time that it takes to set member after member by names that vary
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- of names alone, each as a JSON text
  return new Function('value', `return { ${members.join(', ')} };`) as SortMembers;
}
