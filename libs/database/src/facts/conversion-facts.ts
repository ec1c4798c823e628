import {
  parseAmount,
  type ClientFields,
  type ConversionStatus,
  type ConversionType,
  type Instant,
  type Trust,
} from '#libs/events';
import { instantOf, instantText } from '../instants.js';
import { defineInsert, type Column, type Cell } from '../set-statement.js';

/**
 * What one source says of one conversion: what stands in a slot `(conversion_id, source)`. Of all that the source ever
 * said, the greatest `(version, status_rank)` stands, of these the earliest, of these the greatest `(event_id,
 * receipt_id)`, the earliest received of one event that was read twice; beside it stand joins over everything said: when
 * it was received first, and the least and greatest player and money of what has no version of its own, so that two
 * different assertions show as a conflict.
 */
export interface ConversionFact {
  conversion_id: string;
  source: string;
  /** Null: that of the source's name (`trustOf`). */
  trust: Trust | null;
  brand: string;
  type: ConversionType;
  conversion_key: string;
  /** Greater stands. A source without versions: minus the epoch microseconds of `occurred_at`, so the earliest. */
  version: bigint;
  status_rank: number;
  event_id: string;
  receipt_id: string;
  player_id: string | null;
  click_id: string | null;
  client_id: string | null;
  user_id: string | null;
  transaction_id: string | null;
  occurred_at: Instant;
  /** Canonical decimal. */
  amount: string | null;
  currency: string | null;
  status: ConversionStatus;
  /** May be the same deposit as one that is told with a transaction id. */
  weak: boolean;
  client: ClientFields;
  custom: Record<string, unknown>;
  player_id_low: string | null;
  player_id_high: string | null;
  /** `EUR 40`: currency and canonical amount, ordered as text. */
  money_low: string | null;
  money_high: string | null;
  first_receipt_id: string;
  first_received_at: Instant;
  /** When what stands was received. */
  received_at: Instant;
}

/**
 * A slot `(conversion_id, source)`: a fact, or that the source no longer tells of the conversion. A retraction goes
 * behind what is told at the same version. It says nothing but when; nobody's conversions are found by it, and it is no
 * fact of any projection.
 */
export interface ConversionSlot extends Omit<
  ConversionFact,
  'status' | 'first_receipt_id' | 'first_received_at'
> {
  status: ConversionStatus | 'retracted';
  /** Of tellings; null: there was none yet. */
  first_receipt_id: string | null;
  first_received_at: Instant | null;
  /** Whether the source ever took anything back: what it said without a version, which is less than any retraction's,
   * is then no contradiction any more (`player_id_low` … `money_high`). */
  was_retracted: boolean;
}

type Field = Column & { of: (f: ConversionSlot) => Cell; on: 'key' | 'winner' | 'least' | 'greatest' };

const text = (of: (f: ConversionSlot) => Cell, on: Field['on'] = 'winner'): Field => ({
  type: 'text',
  of,
  on,
});

/** Every column, and how a later fact of the same slot changes it. */
const COLUMNS = {
  conversion_id: text((f) => f.conversion_id, 'key'),
  source: text((f) => f.source, 'key'),
  trust: text((f) => f.trust),
  brand: text((f) => f.brand, 'key'),
  type: text((f) => f.type, 'key'),
  conversion_key: text((f) => f.conversion_key, 'key'),
  version: { type: 'bigint', of: (f) => f.version, on: 'winner' },
  status_rank: { type: 'smallint', of: (f) => f.status_rank, on: 'winner' },
  event_id: text((f) => f.event_id),
  receipt_id: { type: 'uuid', of: (f) => f.receipt_id, on: 'winner' },
  player_id: text((f) => f.player_id),
  click_id: text((f) => f.click_id),
  client_id: text((f) => f.client_id),
  user_id: text((f) => f.user_id),
  transaction_id: text((f) => f.transaction_id),
  occurred_at: { type: 'timestamptz', of: (f) => f.occurred_at, on: 'winner' },
  amount: { type: 'numeric', of: (f) => f.amount, on: 'winner' },
  currency: text((f) => f.currency),
  status: text((f) => f.status),
  weak: { type: 'boolean', of: (f) => f.weak, on: 'winner' },
  client: { type: 'jsonb', of: (f) => JSON.stringify(f.client), on: 'winner' },
  custom: { type: 'jsonb', of: (f) => JSON.stringify(f.custom), on: 'winner' },
  player_id_low: text((f) => f.player_id_low, 'least'),
  player_id_high: text((f) => f.player_id_high, 'greatest'),
  money_low: text((f) => f.money_low, 'least'),
  money_high: text((f) => f.money_high, 'greatest'),
  first_receipt_id: { type: 'uuid', of: (f) => f.first_receipt_id, on: 'least' },
  first_received_at: { type: 'timestamptz', of: (f) => f.first_received_at, on: 'least' },
  received_at: { type: 'timestamptz', of: (f) => f.received_at, on: 'winner' },
  was_retracted: { type: 'boolean', of: (f) => f.was_retracted, on: 'greatest' },
} satisfies Record<keyof ConversionSlot, Field>;

/** Where the earlier stands, the sides are exchanged. */
const STANDS = `(excluded.version, excluded.status_rank, t.occurred_at, excluded.event_id, excluded.receipt_id, t.received_at)
  > (t.version, t.status_rank, excluded.occurred_at, t.event_id, t.receipt_id, excluded.received_at)`;

const merges = Object.entries(COLUMNS).flatMap(([name, { on }]) => {
  if (on === 'winner') return [`${name} = CASE WHEN ${STANDS} THEN excluded.${name} ELSE t.${name} END`];
  return on === 'key' ? [] : [`${name} = ${on.toUpperCase()}(t.${name}, excluded.${name})`];
});

/** Columns that say whose a conversion is, and when. */
const HOLDER_COLUMNS = ['player_id', 'click_id', 'client_id', 'user_id', 'occurred_at'] as const;

/** Whose the conversion was by the word that no longer stands: told to whoever made the change, by RETURNING. */
const previous = HOLDER_COLUMNS.map(
  (c) => `previous_${c} = CASE WHEN ${STANDS} THEN t.${c} ELSE t.previous_${c} END`,
);

/** Changes nothing where the slot already holds all that the row says. */
const CHANGES = Object.entries(COLUMNS)
  .filter(([, { on }]) => on === 'least' || on === 'greatest')
  .map(([name, { on }]) => `${on.toUpperCase()}(t.${name}, excluded.${name}) IS DISTINCT FROM t.${name}`)
  .concat(STANDS)
  .join(' OR ');

/** Merges slots into those that are there; answers those that are new or have changed. The rows are distinct,
 * sorted by `(conversion_id, source)`. (`xmax` of a row that was not there before is 0.) */
export const upsertConversionFacts = defineInsert<ConversionSlot>(
  'conversion_facts',
  COLUMNS,
  `ON CONFLICT (conversion_id, source) DO UPDATE SET ${[...merges, ...previous].join(', ')} WHERE ${CHANGES}
   RETURNING t.conversion_id, t.brand, t.xmax = 0 AS inserted, ${HOLDER_COLUMNS.map(previousOf).join(', ')}`,
);

function previousOf(column: (typeof HOLDER_COLUMNS)[number]): string {
  return column === 'occurred_at' ? instantText('t.previous_occurred_at') : `t.previous_${column}`;
}

/** The slot's join, in memory: the same rules as the statement's, for what comes in one batch. */
export function mergeConversionFacts(a: ConversionSlot, b: ConversionSlot): ConversionSlot {
  const winner = compareFacts(a, b) >= 0 ? a : b;
  return {
    ...winner,
    player_id_low: least(a.player_id_low, b.player_id_low),
    player_id_high: greatest(a.player_id_high, b.player_id_high),
    money_low: least(a.money_low, b.money_low),
    money_high: greatest(a.money_high, b.money_high),
    first_receipt_id: least(a.first_receipt_id, b.first_receipt_id),
    first_received_at: least(a.first_received_at, b.first_received_at),
    was_retracted: a.was_retracted || b.was_retracted,
  };
}

const NOTHING_SAID = { player_id_low: null, player_id_high: null, money_low: null, money_high: null };

/** The fact that stands in a slot, as a SELECT of `CONVERSION_FACT_COLUMNS` has it; undefined: it was taken back. */
export function factOf({ was_retracted, ...slot }: ConversionSlot): ConversionFact | undefined {
  const { status, first_receipt_id, first_received_at } = slot;
  if (status === 'retracted' || first_receipt_id === null || first_received_at === null) return undefined;
  const fact = { ...slot, status, first_receipt_id, first_received_at };
  return was_retracted ? { ...fact, ...NOTHING_SAID } : fact;
}

/** Order of what one source says of one conversion; the greatest stands. */
export function compareFacts(a: ConversionSlot, b: ConversionSlot): number {
  if (a.version !== b.version) return a.version < b.version ? -1 : 1;
  if (a.status_rank !== b.status_rank) return a.status_rank - b.status_rank;
  return (
    compareBytes(b.occurred_at, a.occurred_at) ||
    compareBytes(a.event_id, b.event_id) ||
    compareBytes(a.receipt_id, b.receipt_id) ||
    compareBytes(b.received_at, a.received_at)
  );
}

/** Order of UTF-8 bytes, as `COLLATE "C"` has it; JavaScript's own order differs beyond U+FFFF. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  return ASCII.test(a) && ASCII.test(b) ? (a < b ? -1 : 1) : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const ASCII = /^[\0-~]*$/;

function least(a: string | null, b: string | null): string | null {
  return a === null ? b : b === null ? a : compareBytes(a, b) <= 0 ? a : b;
}

function greatest(a: string | null, b: string | null): string | null {
  return a === null ? b : b === null ? a : compareBytes(a, b) >= 0 ? a : b;
}

const INSTANTS = new Set(['occurred_at', 'first_received_at', 'received_at']);

const SAID_WITHOUT_VERSION = new Set(Object.keys(NOTHING_SAID));

/** Names of a fact's columns, in the order of `CONVERSION_FACT_COLUMNS`. */
export const CONVERSION_FACT_NAMES: readonly string[] = Object.keys(COLUMNS).filter(
  (name) => name !== 'was_retracted',
);

/** Which slots `f` are facts. */
export const IS_TOLD = `f.status <> 'retracted'`;

/** The columns of a fact for a SELECT from `conversion_facts f` where `IS_TOLD`, to be read by `conversionFactOf`. */
export const CONVERSION_FACT_COLUMNS = CONVERSION_FACT_NAMES.map((name) => {
  if (INSTANTS.has(name)) return instantText(`f.${name}`);
  return SAID_WITHOUT_VERSION.has(name)
    ? `CASE WHEN f.was_retracted THEN NULL ELSE f.${name} END AS ${name}`
    : `f.${name}`;
}).join(', ');

/** A row of `CONVERSION_FACT_COLUMNS` as a fact. */
export function conversionFactOf(row: Record<string, unknown>): ConversionFact {
  const fact = row as unknown as ConversionFact & { version: string };
  return {
    ...fact,
    version: BigInt(fact.version),
    amount: fact.amount === null ? null : (parseAmount(fact.amount) ?? null),
    occurred_at: instantOf(fact.occurred_at),
    first_received_at: instantOf(fact.first_received_at),
    received_at: instantOf(fact.received_at),
  };
}
