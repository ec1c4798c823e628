import { membersOfKind, type CanonicalEvent, type EventKind, type Rejection } from '#libs/events';
import {
  GA4_STREAM,
  compileFilter,
  compileMapping,
  isJsonObject,
  type Condition,
  type FieldSpec,
  type Ga4SourceDefinition,
  type JsonObject,
  type JsonValue,
  type MappingRule,
} from '#libs/sources';
import { customFields } from './custom-fields.js';
import { flatRecord } from './flat-record.js';
import { addTraffic, checked, type Telling } from './telling.js';
import { listOf } from './values.js';
import type { Visit } from './visit.js';

/** The conversions that a source configures, as functions. */
export interface ConfiguredConversions {
  /** Whether a rule fits the row. */
  fit: (visit: Visit) => boolean;
  /** The events of the rules that fit, or why one of them cannot be made. */
  map: (telling: Telling, visit: Visit) => { events: CanonicalEvent[]; rejections: Rejection[] };
}

/** Fields that a rule need not set, by the paths of the flat record where they stand. */
const IMPLIED: Record<string, string> = {
  occurred_at: 'event_time',
  client_id: 'user_pseudo_id',
  user_id: 'user_id',
  click_id: 'click_id',
};
/** Of conversions that are money, where the rule says nothing of money. */
const IMPLIED_MONEY: Record<string, string> = {
  transaction_id: 'transaction_id',
  amount: 'amount',
  currency: 'currency',
};
const PAID: ReadonlySet<string> = new Set(['deposit', 'purchase', 'payout']);

/** @throws PathError, SyntaxError, TypeError where the rules were not checked */
export function compileConversions(
  source: Pick<Ga4SourceDefinition, 'name' | 'brand' | 'conversions'>,
): ConfiguredConversions {
  const rules = source.conversions ?? [];
  const { mapRecord } = compileMapping(source, { name: GA4_STREAM, mapping: rules.map(withImplied) });
  const candidates = compileCandidates(rules);
  return {
    fit: (visit) => {
      const asked = candidates(visit.read.name);
      if (asked.length === 0) return false;
      const record = flatRecord(visit);
      return asked.some((fits) => fits(record));
    },
    map: (telling, visit) => {
      if (candidates(visit.read.name).length === 0) return NOTHING;
      const { raw, rawPosition, version } = telling;
      const record = flatRecord(visit);
      const { events, rejections } = mapRecord({
        ...{ record, raw, source: source.name, trust: 'ga4', rawPosition, version },
      });
      const made = events.map((event) => completed(event, visit));
      return {
        events: made.filter((event) => event.kind !== 'dead_letter'),
        rejections: [
          ...rejections.map((r) => ({ ...r, path: placeInRow(r.path, visit) })),
          ...made.filter((event) => event.kind === 'dead_letter'),
        ],
      };
    },
  };
}

const NOTHING = { events: [], rejections: [] };

function withImplied(rule: MappingRule): MappingRule {
  const members = new Set(membersOfKind(rule.event as EventKind).names);
  const implied = Object.entries(IMPLIED).filter(([name]) => members.has(name));
  const isSilent = !Object.keys(rule.fields).some((name) => name === 'amount' || name === 'currency');
  const money = PAID.has(rule.event)
    ? Object.entries(IMPLIED_MONEY).filter(([name]) => isSilent || name === 'transaction_id')
    : [];
  const fields: Record<string, FieldSpec> = { ...Object.fromEntries([...implied, ...money]), ...rule.fields };
  return { ...rule, fields };
}

/** Adds what every conversion of a row says, where the rule does not. */
function completed(event: CanonicalEvent, visit: Visit): CanonicalEvent | Rejection {
  const members = event as unknown as Record<string, unknown>;
  const { utm, ad_click_ids: ads, custom } = event;
  addTraffic(members, visit.traffic ?? visit.session, visit);
  if (utm) event.utm = utm;
  if (ads) event.ad_click_ids = ads;
  event.custom = { ...customFields(visit), ...custom };
  return checked(members);
}

type Fits = (record: JsonObject) => boolean;

/** The conditions that can hold of an event, by its name: most rules ask for names, and most rows have others. */
function compileCandidates(rules: readonly MappingRule[]): (name: string) => readonly Fits[] {
  const byName = new Map<string, Fits[]>();
  const ofAny: Fits[] = [];
  for (const { when } of rules) {
    const fits = when === undefined ? () => true : compileFilter(when);
    const names = namesOf(when);
    if (names === undefined) ofAny.push(fits);
    else for (const name of names) byName.set(name, [...(byName.get(name) ?? []), fits]);
  }
  return (name) => {
    const named = byName.get(name);
    if (named === undefined) return ofAny;
    return ofAny.length === 0 ? named : [...named, ...ofAny];
  };
}

/** The names outside which a condition cannot hold; undefined where it may hold of any. */
function namesOf(when: Condition | undefined): readonly string[] | undefined {
  if (when === undefined || 'any' in when || 'not' in when) return undefined;
  if ('all' in when && Array.isArray(when.all)) {
    return when.all.map(namesOf).find((names) => names !== undefined);
  }
  const comparison = (when as Record<string, { equals?: unknown; in?: unknown[] }>)['event_name'];
  const names = comparison?.equals === undefined ? comparison?.in : [comparison.equals];
  return names?.every((name) => typeof name === 'string') ? names : undefined;
}

const FLAT = '/data/payload';

/** Where in the record of a row a value of the flat record stands. */
function placeInRow(pointer: string, { read }: Visit): string {
  const [first = '', second, ...rest] = pointer.slice(FLAT.length + 1).split('/');
  const column = first === 'params' ? 'event_params' : first;
  if ((first === 'params' || first === 'user_properties') && second !== undefined) {
    const key = second.replaceAll('~1', '/').replaceAll('~0', '~');
    const at = (listOf(read.row[column]) ?? []).findIndex(
      (e: JsonValue) => isJsonObject(e) && e['key'] === key,
    );
    return `${FLAT}/row/${column}${at === -1 ? '' : `/${at}/value`}`;
  }
  const place =
    FLAT_COLUMNS[first] ?? `/${[first, second, ...rest].filter((p) => p !== undefined).join('/')}`;
  return `${FLAT}/row${first === '' ? '' : place}`;
}

/** Names of the flat record that are no columns. */
const FLAT_COLUMNS: Record<string, string> = {
  event_time: '/event_timestamp',
  transaction_id: '/ecommerce/transaction_id',
  amount: '/ecommerce/purchase_revenue',
  currency: '/event_params',
  page_location: '/event_params',
  page_referrer: '/event_params',
  click_id: '/event_params',
  ad_click_ids: '/event_params',
  traffic: '/collected_traffic_source',
  channel_group: '/collected_traffic_source',
};
