import type { JsonValue } from '../json.js';
import { EACH } from '../path.js';
import { DecodeError } from './decode-error.js';
import type { Steps } from './take-records.js';

/**
 * Records at a path with `*`, as they are met on the way through a document: what the path leads to is a record each
 * time, or an array of them; `*` at its end stands for the records themselves.
 */
export class EachRecord {
  private readonly first: number;
  private readonly endsWithEach: boolean;
  private holderSeen = false;
  private waysSeen = 0;
  private endsSeen = 0;

  constructor(private readonly steps: Steps) {
    this.first = steps.indexOf(EACH);
    this.endsWithEach = steps.at(-1) === EACH;
  }

  /**
   * @param value lies on the path, so many steps down it
   * @returns what it is: a `record`, `records` that are its items, or neither
   * @throws DecodeError where there can be no records
   */
  meet(value: JsonValue, depth: number): 'record' | 'records' | undefined {
    if (this.steps[depth] === EACH && typeof value !== 'object') {
      throw notRecords(this.steps.slice(0, depth), value);
    }
    if (depth === this.first) this.holderSeen = true;
    if (depth === this.first + 1) this.waysSeen++;
    if (depth < this.steps.length) return undefined;
    this.endsSeen++;
    if (this.endsWithEach) return 'record';
    if (value === null) return undefined;
    if (typeof value !== 'object') throw notRecords(this.steps, value);
    return Array.isArray(value) ? 'records' : 'record';
  }

  /** @throws DecodeError where the path leads nowhere; one of several ways may end early */
  end(): void {
    if (!this.holderSeen) throw noRecordsAt(this.steps.slice(0, this.first));
    if (this.waysSeen > 0 && this.endsSeen === 0) throw noRecordsAt(this.steps);
  }
}

/** Nothing stands at the path. */
export function noRecordsAt(steps: Steps): DecodeError {
  return new DecodeError(`it has no ${pathText(steps)}, where the records should be`);
}

/** Something else stands at the path. */
export function notRecords(steps: Steps, value: JsonValue): DecodeError {
  return new DecodeError(`${steps.length === 0 ? 'it' : pathText(steps)} is a ${typeof value}, not records`);
}

function pathText(steps: Steps): string {
  return steps.length === 0 ? 'value' : steps.map((step) => (step === EACH ? '*' : step)).join('.');
}
