import type { JsonValue } from '../json.js';
import { chainHash, hashRecord } from './record-hash.js';

/** What a page held, by hashes: to know it when it comes again. */
export interface PageFingerprint {
  /** Of all raw records in their order. */
  hash: number;
  /** Of the first and of the last records, each at most so many. */
  first: readonly number[];
  last: readonly number[];
}

/** Most records by which pages may overlap and it is seen. */
const EDGE = 1_000;

/** Takes a page's raw records as they come; memory does not grow with the page. */
export function fingerprintPage(): { add(record: JsonValue): void; end(): PageFingerprint } {
  let page = 0;
  const first: number[] = [];
  const last: number[] = [];
  return {
    add(record) {
      const hash = hashRecord(record);
      page = chainHash(page, hash);
      if (first.length < EDGE) first.push(hash);
      last.push(hash);
      if (last.length >= 2 * EDGE) last.splice(0, EDGE);
    },
    end: () => ({ hash: page, first, last: last.slice(-EDGE) }),
  };
}

/** With how many records the page begins that the one before ended with. */
export function overlapOf(before: PageFingerprint, page: PageFingerprint): number {
  const most = Math.min(before.last.length, page.first.length);
  for (let count = most; count > 0; count--) {
    const from = before.last.length - count;
    let same = 0;
    while (same < count && before.last[from + same] === page.first[same]) same += 1;
    if (same === count) return count;
  }
  return 0;
}
