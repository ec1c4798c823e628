import { rulesOfKind, type EventKind, type Instant } from '#libs/events';
import type { MappingRule } from '../definition.js';
import type { JsonObject, JsonValue } from '../json.js';
import type { RulePlace } from './compile-rule.js';
import type { FieldValue } from './convert-value.js';
import { Fault } from './fault.js';
import { compileSetters, unsaidOf, type Setter } from './rule-fields.js';

/** What the ledger counts of an event. */
export interface CountedEvent {
  kind: string;
  amount?: string;
  currency?: string;
}

/** What counts of the event of one element; undefined where there is something wrong with it. */
export type CountEvent = (
  record: JsonObject,
  element: JsonValue,
  receivedAt: Instant,
  /** Of the stream's `version` or `cursor_field`; only where `needsVersion` says so. */
  version: string | undefined,
  index: number,
) => CountedEvent | undefined;

/** Whether an event of the kind must have a version. */
export function needsVersion(kind: EventKind): boolean {
  return rulesOfKind(kind).members.required.includes('version');
}

/** Their values are canonical by the way they are read, which is all that their rules ask for. */
const KEPT_BY_READING: ReadonlySet<unknown> = new Set<Setter['target']>([
  'instant',
  'date',
  'flag',
  'balance',
]);

/** Members that rules about several of them look at. */
const TOGETHER = [
  ...['amount', 'currency', 'conversion_type', 'partner', 'transaction_id'],
  ...['click_id', 'client_id', 'user_id', 'player_id'],
];

/**
 * Counts what `makeEvent` of the same rule makes, and makes no event: every value is read and held against its rule, a
 * value that came before is taken as it was. It says the same as `makeEvent`, at a third of its cost.
 * @returns undefined for a rule with other members than fields, whose names are the record's own
 */
export function compileCount(
  rule: MappingRule,
  kind: EventKind,
  { onlyConversion, source, brand, stream }: RulePlace,
): CountEvent | undefined {
  const setters = compileSetters(rule, kind);
  const hasMaps = rule.custom ?? rule.sub_ids ?? rule.utm ?? rule.ad_click_ids ?? rule.custom_rest;
  if (hasMaps || setters.some((s) => s.holder === 'custom')) return undefined;

  const { members, record: recordMembers, together } = rulesOfKind(kind);
  const {
    conversion,
    setsPartner,
    isReturn,
    isPaid,
    version: versionField,
  } = unsaidOf(rule, kind, onlyConversion);
  const at = (name: string, holder: Setter['holder'] = 'event'): number =>
    setters.findIndex((s) => s.name === name && s.holder === holder);
  const rules = setters.map(({ name, holder, target }) =>
    KEPT_BY_READING.has(target)
      ? undefined
      : (holder === 'record' ? recordMembers! : members).rules.get(name),
  );
  const keeps = (name: string, value: unknown): boolean => members.rules.get(name)?.(value) === undefined;
  const isWrong =
    !keeps('stream', stream) ||
    !keeps('brand', brand) ||
    (setsPartner && !isReturn && !keeps('partner', source)) ||
    (conversion !== undefined && !keeps('conversion_type', conversion));
  const mustHaveVersion = needsVersion(kind);
  const implied = ['kind', 'stream', 'brand', 'record', 'version'];
  const required = [
    ...members.required.filter((name) => !implied.includes(name)).map((name) => ({ name, at: at(name) })),
    ...(recordMembers?.required ?? []).map((name) => ({ name, at: at(name, 'record') })),
  ];
  const mustBeThere = required.filter(
    ({ name, at: i }) =>
      !(name === 'occurred_at' && recordMembers && i === at(name)) &&
      !(name === 'conversion_type' && conversion !== undefined) &&
      !(name === 'partner' && setsPartner && !isReturn),
  );
  const neverThere = mustBeThere.some(({ at: i }) => i === -1);
  const needed = mustBeThere.map(({ at: i }) => i);
  const [amountAt, currencyAt, occurredAt] = [at('amount'), at('currency'), at('occurred_at')];
  const toldVersionAt = at('version');
  const createdAt = at('created_at', 'record');
  const versionAt = versionField === undefined ? -1 : at(versionField, 'record');
  const groups = together && TOGETHER.map((name) => ({ name, at: at(name) }));
  const values: FieldValue[] = setters.map(() => undefined);
  const kept: FieldValue[] = setters.map(() => undefined);

  return (record, element, receivedAt, version) => {
    for (let i = 0; i < setters.length; i++) {
      const value = setters[i]!.read(record, element);
      if (value instanceof Fault) return undefined;
      values[i] = value;
    }
    if (isWrong || neverThere) return undefined;
    if (isPaid && currencyAt !== -1 && (amountAt === -1 || values[amountAt] === undefined)) {
      values[currencyAt] = undefined;
    }
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value === undefined || value === kept[i]) continue;
      if (rules[i]?.(value) !== undefined) return undefined;
      kept[i] = value;
    }
    for (let i = 0; i < needed.length; i++) if (values[needed[i]!] === undefined) return undefined;
    if (mustHaveVersion && version === undefined && values[toldVersionAt] === undefined) return undefined;
    if (recordMembers && (occurredAt === -1 || values[occurredAt] === undefined)) {
      const occurred = values[createdAt] ?? values[versionAt] ?? receivedAt;
      if (!keeps('occurred_at', occurred)) return undefined;
    }
    if (groups) {
      const data: Record<string, unknown> = {};
      for (const { name, at: i } of groups) if (i !== -1) data[name] = values[i];
      if (conversion !== undefined) data['conversion_type'] = conversion;
      if (setsPartner && (!isReturn || data['conversion_type'] === 'payout')) {
        if (!keeps('partner', source)) return undefined;
        data['partner'] = source;
      }
      if (together(data) !== undefined) return undefined;
    }
    const counted: CountedEvent = { kind };
    if (amountAt !== -1 && values[amountAt] !== undefined) counted.amount = values[amountAt] as string;
    if (currencyAt !== -1 && values[currencyAt] !== undefined)
      counted.currency = values[currencyAt] as string;
    return counted;
  };
}
