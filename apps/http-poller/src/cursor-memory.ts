import type { JsonValue } from '#libs/sources';

/** So many records are remembered a stream, the latest. */
const MAX_RECORDS = 20_000;

/**
 * Remembers the `cursor_field` of records while the process lives, to see whether it goes back: a partner whose answers
 * come from copies of its data that lag behind shows it so.
 */
export class CursorMemory {
  private readonly cursors = new Map<string, string | number>();

  /** @returns whether the record was seen with a greater cursor before */
  sees(naturalKey: string, cursor: JsonValue | undefined): boolean {
    if (typeof cursor !== 'string' && typeof cursor !== 'number') return false;
    const before = this.cursors.get(naturalKey);
    const goesBack = before !== undefined && isLess(cursor, before);
    if (goesBack) return true;
    this.cursors.delete(naturalKey); // so that it becomes the latest
    this.cursors.set(naturalKey, cursor);
    if (this.cursors.size > MAX_RECORDS) this.cursors.delete(this.cursors.keys().next().value!);
    return false;
  }
}

const WHOLE = /^-?\d+$/;

/** By number where both are numbers, by text otherwise: instants of one form and zone sort as text. */
function isLess(a: string | number, b: string | number): boolean {
  const [x, y] = [String(a), String(b)];
  if (WHOLE.test(x) && WHOLE.test(y)) return BigInt(x) < BigInt(y);
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  return x < y;
}
