import { SUB_IDS, UTM_PARAMS, type BrandRules, type Link } from '#libs/brands';
import type { PixelClick, TrafficFields } from '#libs/events';
import type { FieldError } from './field-error.js';
import {
  FieldChecks,
  MAX_ID_BYTES,
  MAX_LABEL_BYTES,
  MAX_REFERRER_BYTES,
  checkText,
  checkTime,
  checkUuid,
} from './field-rules.js';
import { NONE, mergeParams, paramsOf, type Params } from './params.js';

/** Click ids of advertising networks. Networks write them in either case (`ScCid`); values keep theirs. */
export const AD_CLICK_IDS = [
  ...['gclid', 'gclsrc', 'dclid', 'gbraid', 'wbraid', 'gad_source', 'srsltid', 'fbclid', 'msclkid'],
  ...['twclid', 'li_fat_id', 'igshid', 'ttclid', 'rdt_cid', 'epik', 'qclid', 'sccid', 'irclickid'],
  ...['irclid', 'yclid', '_kx'],
] as const;

const TRAFFIC = new Set<string>([...SUB_IDS, ...UTM_PARAMS, ...AD_CLICK_IDS]);
const REPORTED = new Set([
  'click_id',
  'link',
  'time',
  'referrer',
  'player_id',
  ...UTM_PARAMS,
  ...AD_CLICK_IDS,
]);

/** The parameters of `GET /click/{link}`, whatever their case. */
export function trafficParam(name: string): string | undefined {
  const lower = name.toLowerCase();
  return TRAFFIC.has(lower) ? lower : undefined;
}

/**
 * What came with a visitor on a link. A visitor is on the way and must arrive, so nothing is refused: of a
 * repeated parameter the first value counts, and a value that breaks its rule is left out (never cut: a cut
 * id is another id).
 */
export function readTraffic(params: Params, link: Link): TrafficFields & { leftOut: string[] } {
  const values = new Map<string, string>();
  const leftOut: string[] = [];
  for (const [name, text] of params.values) {
    const checked = checkText(text, MAX_LABEL_BYTES);
    if (!('ok' in checked)) leftOut.push(name);
    else if (checked.ok !== '') values.set(name, checked.ok);
  }
  return { ...trafficOf(values, link), leftOut };
}

/**
 * Checks a click that somebody reports: an object that `readJson` has read.
 * @param linkOf gives the brand's link of a name
 * @param nowMs when the call came, epoch milliseconds
 * @returns the click in canonical form, or everything that is wrong with it
 */
export function checkClick(
  reported: unknown,
  brand: BrandRules,
  linkOf: (name: string) => Link | undefined,
  nowMs: number,
): PixelClick | FieldError[] {
  if (!isObject(reported)) return [{ field: '', code: 'invalid_type', message: 'must be an object' }];
  const subIds = readSubIds(reported);
  const checks = new FieldChecks(mergeParams(paramsOf(reported, reportedParam), subIds));
  if (subIds.wrong) checks.add('sub_ids', 'invalid_type', 'must be an object');
  const clickId = checks.require('click_id', checkUuid);
  const link = checks.readText('link', MAX_ID_BYTES);
  const time = checks.read('time', (text) => checkTime(text, brand.maxAgeMs, nowMs));
  const referrer = checks.readText('referrer', MAX_REFERRER_BYTES);
  const playerId = checks.readText('player_id', MAX_ID_BYTES);
  const values = new Map<string, string>();
  for (const name of TRAFFIC) {
    const field = SUB_IDS.includes(name) ? `sub_ids.${name}` : name;
    const value = checks.readText(field, MAX_LABEL_BYTES);
    if (value !== undefined) values.set(name, value);
  }
  if (checks.errors.length > 0) return checks.errors;
  const known = link === undefined ? undefined : linkOf(link);
  return { click_id: clickId!, link, time, referrer, player_id: playerId, ...trafficOf(values, known) };
}

function reportedParam(name: string): string | undefined {
  const lower = name.toLowerCase();
  return REPORTED.has(lower) ? lower : undefined;
}

function readSubIds(reported: Record<string, unknown>): Params & { wrong: boolean } {
  const given = reported['sub_ids'] ?? {};
  if (!isObject(given)) return { values: new Map(), repeated: NONE, notText: NONE, wrong: true };
  const known = (name: string): string | undefined =>
    SUB_IDS.includes(name) ? `sub_ids.${name}` : undefined;
  return { ...paramsOf(given, known), wrong: false };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A link's own source, medium and campaign stand where the call has none. */
function trafficOf(values: ReadonlyMap<string, string>, link: Link | undefined): TrafficFields {
  const utm: Record<string, string> = {};
  for (const name of UTM_PARAMS) {
    const own = name.slice('utm_'.length);
    const value = values.get(name) ?? link?.utm[own];
    if (value !== undefined) utm[own] = value;
  }
  return {
    sub_ids: pick(SUB_IDS, values),
    utm: Object.keys(utm).length > 0 ? utm : undefined,
    ad_click_ids: pick(AD_CLICK_IDS, values),
  };
}

function pick(
  names: readonly string[],
  values: ReadonlyMap<string, string>,
): Record<string, string> | undefined {
  const found = names.filter((name) => values.has(name)).map((name) => [name, values.get(name)!] as const);
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}
