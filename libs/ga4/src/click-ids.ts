import type { ReadRow } from './read-row.js';
import { decoded, type UrlParams } from './url-params.js';
import { textOf } from './values.js';

/** Parameters in which advertising networks, and links of ours, name a click. */
export const CLICK_ID_NAMES = [
  ...['gclid', 'gclsrc', 'dclid', 'gbraid', 'wbraid', 'gad_source', 'srsltid', 'fbclid', 'msclkid', 'twclid'],
  ...[
    'li_fat_id',
    'igshid',
    'ttclid',
    'rdt_cid',
    'epik',
    'qclid',
    'sccid',
    'irclickid',
    'irclid',
    'yclid',
    '_kx',
  ],
  ...['click_id', 'clickid', 'subid', 'btag'],
] as const;
export type ClickIdName = (typeof CLICK_ID_NAMES)[number];

const NAMES: ReadonlySet<string> = new Set(CLICK_ID_NAMES);
/** Of these a UUID is a click of ours. */
const OWN_NAMES: ReadonlySet<string> = new Set(['click_id', 'clickid', 'subid', 'btag']);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const COLUMNS = ['gclid', 'dclid', 'srsltid'] as const;

/** The ids of clicks that a row tells of. */
export interface ClickIds {
  /** A click of ours, in lower case. */
  own: string | undefined;
  /** Others by their names; undefined where there are none. */
  ads: Partial<Record<ClickIdName, string>> | undefined;
  /** The ads' ids without those that only the referrer has, which tell of an earlier page. */
  landing: Partial<Record<ClickIdName, string>> | undefined;
}

/**
 * Looks for click ids in the columns, then the parameters, then the URL of the page, then that of the referrer; what is
 * found first stands. Names match whole and without case, values keep their case.
 */
export function clickIdsOf(read: ReadRow, page: UrlParams, referrer: UrlParams): ClickIds {
  const found: ClickIds = { own: undefined, ads: undefined, landing: undefined };
  const { collected } = read;
  if (collected) for (const name of COLUMNS) take(found, name, textOf(collected[name]));
  for (const key of read.paramKeys) {
    const name = NAMES.has(key) ? key : key.toLowerCase();
    if (NAMES.has(name)) take(found, name, read.paramText(key));
  }
  takeFromUrl(found, page);
  found.landing = found.ads;
  if (referrer.size > 0) {
    if (found.ads) found.ads = { ...found.ads };
    takeFromUrl(found, referrer);
  }
  return found;
}

function takeFromUrl(found: ClickIds, params: UrlParams): void {
  for (const [name, value] of params) {
    if (NAMES.has(name)) take(found, name, textOf(decoded(value)));
  }
}

function take(found: ClickIds, name: string, value: string | undefined): void {
  if (value === undefined) return;
  if (OWN_NAMES.has(name) && UUID.test(value)) {
    found.own ??= value.toLowerCase();
    return;
  }
  const ads = (found.ads ??= {}) as Record<string, string>;
  ads[name] ??= value;
}
