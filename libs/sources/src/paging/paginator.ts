import type { JsonValue } from '../json.js';
import type { PageAddress } from '../requesting/page-param.js';

/** One page to ask for. */
export interface PageStep {
  /** As the partner counts its pages, else from 1: `${page.number}`. */
  number: number;
  address: PageAddress;
  /** The token, id or URL that the step rests on; one that comes twice would page for ever. */
  token?: string;
}

/** A page that was read whole. */
export interface PageSeen {
  step: PageStep;
  /** URL that was asked. */
  url: string;
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  /** The answer without its records. */
  envelope: JsonValue;
  /** Raw records of all pages so far, this one too. */
  readSoFar: number;
  /** Of the page, at the paginator's `id_path`. */
  greatestId?: string;
}

/** Says which page follows. */
export interface Paginator {
  /** `${page.size}`, where the definition names one. */
  size?: number;
  /** Where the records' id stands, if the next page goes on after the greatest. */
  idPath?: string;
  /** @param after where the slice begins, if it goes by what this paginator goes by and the request does not say it */
  first(after?: string): PageStep;
  /**
   * The page after one that had records and gave no signal to stop.
   * @returns undefined where the answer names none
   * @throws SliceError where it cannot be told, or must not be followed
   */
  next(seen: PageSeen): PageStep | undefined;
}
