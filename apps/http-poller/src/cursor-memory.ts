import type { JsonValue } from '#libs/sources';

/** At most twice so many records are remembered a stream, and always the latest so many. */
const GENERATION = 10_000;

type Cursors = Map<string, string | number>;

/**
 * Remembers the `cursor_field` of records while the process lives, to see whether it goes back: a partner whose answers
 * come from copies of its data that lag behind shows it so. What is remembered is forgotten a generation at a time: a
 * Map whose first entry is taken out for each new one looks for it behind the holes of all before.
 */
export class CursorMemory {
  private latest: Cursors = new Map();
  private former: Cursors = new Map();

  /** @returns whether the record was seen with a greater cursor before */
  sees(naturalKey: string, cursor: JsonValue | undefined): boolean {
    if (typeof cursor !== 'string' && typeof cursor !== 'number') return false;
    const before = this.latest.get(naturalKey) ?? this.former.get(naturalKey);
    if (before !== undefined && isLess(cursor, before)) return true;
    this.latest.set(naturalKey, cursor);
    if (this.latest.size === GENERATION) {
      this.former = this.latest;
      this.latest = new Map();
    }
    return false;
  }
}

const WHOLE = /^-?\d+$/;

/** By number where both are numbers, by text otherwise: instants of one form and zone sort as text. */
function isLess(a: string | number, b: string | number): boolean {
  if (a === b) return false;
  const [x, y] = [String(a), String(b)];
  if (WHOLE.test(x) && WHOLE.test(y)) return BigInt(x) < BigInt(y);
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  return x < y;
}
