import type { JsonValue } from '../json.js';
import { compilePath } from '../path.js';
import { compareIds } from './compare-ids.js';

/** Keeps the greatest id of the records it is shown. */
export interface GreatestId {
  add(record: JsonValue): void;
  /** Undefined where no record had one. */
  value(): string | undefined;
}

/** @param path where the id stands in a record */
export function keepGreatestId(path: string): GreatestId {
  const read = compilePath(path);
  let greatest: string | undefined;
  return {
    add(record) {
      const value = read(record);
      if (value === '' || (typeof value !== 'string' && typeof value !== 'number')) return;
      const id = String(value);
      if (greatest === undefined || compareIds(id, greatest) > 0) greatest = id;
    },
    value: () => greatest,
  };
}
