/** What things are ordered by, the weightiest part first. Texts are ordered by their UTF-8 bytes. */
export type Key = readonly Part[];
type Part = string | number | bigint | Descending;

/** A text of which the greater comes first. */
interface Descending {
  descending: string;
}

/** The other way round. */
export const descending = (text: string): Descending => ({ descending: text });

/** Orders two keys of the same shape. */
function compareKeys(a: Key, b: Key): number {
  return a.reduce<number>((order, part, i) => order || compareParts(part, b[i]!), 0);
}

function compareParts(a: Part, b: Part): number {
  if (typeof a === 'object' && typeof b === 'object') return compareParts(b.descending, a.descending);
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A sorted copy. */
export function sortedBy<T>(items: readonly T[], keyOf: (item: T) => Key): T[] {
  return [...items].sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
}

/** The first of the sorted items. @throws Error if there are none */
export function leastBy<T>(items: readonly T[], keyOf: (item: T) => Key): T {
  const least = sortedBy(items, keyOf)[0];
  if (least === undefined) throw new Error('the least of nothing');
  return least;
}

/** The least text of some. @throws Error if there are none */
export function least(texts: readonly string[]): string {
  return leastBy(texts, (text) => [text]);
}

/** The greatest text of some. @throws Error if there are none */
export function greatest(texts: readonly string[]): string {
  const last = sortedBy(texts, (text) => [text]).at(-1);
  if (last === undefined) throw new Error('the greatest of nothing');
  return last;
}

/** Items by their key, in the order in which they come. */
export function groupsBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
}

/** Each text once, sorted. */
export function distinct(texts: readonly string[]): string[] {
  return sortedBy([...new Set(texts)], (text) => [text]);
}
