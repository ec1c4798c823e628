import { FACT_ORDERS, FIELD_ORDERS, reasonsOf, type MergedField } from '#apps/attribution';
import { compareBytes, type ConversionFact } from '#libs/database';
import type { ConversionRow } from '#libs/events';
import { at, facts as pairs, list, money, paragraph, reasoned, section } from './text.js';

/** A field of the visible row: its value, whom it was taken from, and which rule chose it. */
export interface FieldStory {
  field: string;
  /** Null: the row has none. */
  value: string | null;
  /** Null: it follows from other fields, or from the person's links. */
  source: string | null;
  because: string;
  /** Words that lost, where they differ. */
  others: { source: string; value: string }[];
}

/** What the rest of the story says of fields that no single fact decides. */
export interface Derived {
  /** Facts that may tell when it happened: those that say whose it is, where there are such. */
  timed: readonly ConversionFact[];
  /** Of the player whom no fact names, and of the click that is the person's: by which way they were found. */
  player: string | null;
  click: string | null;
  net: string;
  firstDeposit: string | null;
  conflict: string;
  /** The touch that the sub ids are from: in words. */
  subIds: string;
  firstTouch: string;
  lastTouch: string;
  /** Sources that reversed it, the one that decides first. */
  reversedBy: readonly string[];
}

/**
 * Every field of a row.
 * @param facts all facts that it was made of, those of weak deposits that are the same included
 */
export function rowStory(
  row: ConversionRow,
  facts: readonly ConversionFact[],
  derived: Derived,
): FieldStory[] {
  const take = (field: MergedField, valueOf: ValueOf): FieldStory =>
    taken(field, facts, valueOf) ?? nobody(field);
  const linked = (field: 'player_id' | 'click_id', why: string | null): FieldStory =>
    row.provenance[field] === 'identity_link' && row[field] !== null
      ? follows(field, row[field], why ?? 'through the links of its person')
      : take(field, (f) => f[field]);
  const status = take('status', (f) => f.status);
  return [
    derived.reversedBy.length === 0 ? status : reversed(status, derived.reversedBy),
    amountStory(row, facts),
    follows('net_amount', money({ amount: row.net_amount, currency: row.currency }) ?? null, derived.net),
    timeStory(facts, derived.timed),
    take('transaction_id', (f) => f.transaction_id),
    linked('player_id', derived.player),
    linked('click_id', derived.click),
    take('client_id', (f) => f.client_id),
    take('user_id', (f) => f.user_id),
    ...(derived.firstDeposit === null
      ? []
      : [follows('is_first_deposit', row.is_first_deposit ? 'yes' : 'no', derived.firstDeposit)]),
    follows('conflict', row.conflict ? 'yes' : 'no', derived.conflict),
    follows('first_touch', row.first_touch_at === null ? null : at(row.first_touch_at), derived.firstTouch),
    follows('last_touch', row.last_touch_at === null ? null : at(row.last_touch_at), derived.lastTouch),
    follows('attributed', row.attributed ? 'yes' : 'no', attributedWhy(row)),
    follows('sub_ids', mapOf(row.sub_ids), derived.subIds),
    customStory(row, facts),
    follows('sources', row.sources.join(', '), 'everybody who told of it, or took it back'),
    follows('first_received_at', at(row.first_received_at), firstReceivedWhy(row, facts)),
    follows('updated_at', at(row.updated_at), 'when the latest was received of all that the row is made of'),
  ];
}

type ValueOf = (f: ConversionFact) => string | null;

/** @returns undefined where no fact has the field */
function taken(
  field: MergedField,
  facts: readonly ConversionFact[],
  valueOf: ValueOf,
): FieldStory | undefined {
  const order = FIELD_ORDERS[field];
  const [first, ...then] = [...facts].sort(FACT_ORDERS[order]).filter((f) => valueOf(f) !== null);
  if (!first) return undefined;
  const value = valueOf(first);
  const same = then.filter((f) => valueOf(f) === value);
  const others = then
    .filter((f) => valueOf(f) !== value)
    .map((f) => ({ source: nameOf(f), value: valueOf(f)! }));
  const rule = then.length === 0 ? 'nobody else tells it' : reasonsOf(order, first, then).join('; ');
  const agree = same.length === 0 ? '' : `; ${namesOf(same)} ${same.length === 1 ? 'says' : 'say'} the same`;
  return {
    field,
    value,
    source: first.source,
    because: `by ${nameOf(first)}: ${rule}${agree}`,
    others,
  };
}

/** Who does not say whose conversion it is does not say when it was either. */
function timeStory(facts: readonly ConversionFact[], timed: readonly ConversionFact[]): FieldStory {
  const story = taken('occurred_at', timed, (f) => at(f.occurred_at))!;
  const ignored = facts.filter((f) => !timed.includes(f));
  if (ignored.length === 0) return story;
  const chosen = timed.length === 1 ? `by ${nameOf(timed[0]!)}` : story.because;
  const because = `${chosen}; only who says whose it is tells the time, not ${namesOf(ignored)}`;
  const others = ignored
    .map((f) => ({ source: nameOf(f), value: at(f.occurred_at) }))
    .filter((o) => o.value !== story.value);
  return { ...story, because, others: [...story.others, ...others] };
}

function amountStory(row: ConversionRow, facts: readonly ConversionFact[]): FieldStory {
  const own = taken('amount', facts, (f) => money(f) ?? null);
  if (own) return own;
  const low = taken('amount', facts, (f) => f.money_low?.split(' ').reverse().join(' ') ?? null);
  if (!low || row.amount === null) return nobody('amount');
  return {
    ...low,
    because: `${low.because}; its word that stands names none, so the least that it ever said`,
  };
}

function reversed(told: FieldStory, [first = '', ...also]: readonly string[]): FieldStory {
  const others = also.length === 0 ? '' : `, as did ${list(also)}`;
  return {
    ...told,
    value: 'reversed',
    source: first,
    because:
      `${first} reversed it${others}: a reversal stands whoever tells it, before the conversion or after it; ` +
      `without it: ${told.value}, ${told.because}`,
  };
}

function customStory(row: ConversionRow, facts: readonly ConversionFact[]): FieldStory {
  const names = Object.keys(row.custom);
  const ranked = [...facts].sort(FACT_ORDERS.authority);
  const from = names.map((name) => `${name} by ${ranked.find((f) => name in f.custom)?.source ?? 'nobody'}`);
  const why = `each by the weightiest that has it${names.length === 0 ? '' : `: ${list(from)}`}`;
  return follows('custom', names.length === 0 ? null : names.join(', '), why);
}

function follows(field: string, value: string | null, because: string): FieldStory {
  return { field, value, source: null, because, others: [] };
}

function nobody(field: string): FieldStory {
  return follows(field, null, 'nobody tells it');
}

function attributedWhy({ attributed, click_id }: ConversionRow): string {
  if (attributed) return `click ${click_id} is known`;
  return click_id === null
    ? 'it names no click, and its person is linked to none'
    : `nobody has told of click ${click_id} yet`;
}

function firstReceivedWhy(row: ConversionRow, facts: readonly ConversionFact[]): string {
  const first = facts.find((f) => f.first_received_at === row.first_received_at);
  return `when its first source told of it${first ? `: ${first.source}` : ''}`;
}

function mapOf(map: Record<string, string>): string | null {
  const parts = Object.entries(map).map(([name, value]) => `${name}=${value}`);
  return parts.length === 0 ? null : parts.join(', ');
}

function nameOf({ source, weak }: ConversionFact): string {
  return weak ? `${source} (weak)` : source;
}

function namesOf(facts: readonly ConversionFact[]): string {
  return list([...new Set(facts.map(nameOf))].sort(compareBytes));
}

/** Why it is so, and the words that lost. */
function whyOf({ because, others }: FieldStory): string {
  const lost = others.map((o) => `${o.value} (${o.source})`);
  return lost.length === 0 ? because : `${because}\nnot taken: ${lost.join(', ')}`;
}

/** Every field that has a value, with where it comes from; then the names of those that have none. */
export function tellRow(fields: readonly FieldStory[]): string {
  const there = fields.filter((f) => f.value !== null);
  const column = Math.max(...there.map((f) => f.field.length)) + 3;
  const missing = fields.filter((f) => f.value === null).map((f) => f.field);
  return section('The visible row, field by field', [
    pairs(there.map((f) => [f.field, reasoned(f.value!, whyOf(f), column)])),
    missing.length === 0 ? undefined : paragraph(`Empty: ${missing.join(', ')}.`),
  ]);
}
