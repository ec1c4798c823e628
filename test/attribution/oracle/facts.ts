import {
  conversionId,
  hashParts,
  instantToMicros,
  isConversion,
  trustOf,
  versionNumber,
  type CanonicalEvent,
  type ConversionEvent,
  type ConversionType,
  type EntityEvent,
  type EventBase,
  type EventStatus,
  type Instant,
  type RefundEvent,
  type RetractionEvent,
  type ReversalEvent,
  type Trust,
} from '#libs/events';
import { descending, distinct, groupsBy, least, leastBy, type Key } from './order.js';

/** What one source says of one conversion. */
export interface Fact {
  conversion_id: string;
  brand: string;
  type: ConversionType;
  conversion_key: string;
  source: string;
  trust: Trust;
  version: bigint;
  event_id: string;
  /** A deposit without a transaction id. */
  weak: boolean;
  status: EventStatus;
  player_id: string | null;
  user_id: string | null;
  click_id: string | null;
  client_id: string | null;
  transaction_id: string | null;
  occurred_at: Instant;
  /** `EUR 40`. */
  money: string | null;
  custom: Record<string, unknown>;
  /** Every player and money that it ever said without a version, sorted. */
  players: string[];
  moneys: string[];
  first_received_at: Instant;
  received_at: Instant;
}

/** Part of a conversion's money was given back. */
export interface Refund {
  refund_id: string;
  source: string;
  trust: Trust;
  amount: string;
  currency: string;
  received_at: Instant;
}

/** The conversion was taken back. */
export interface Reversal {
  source: string;
  trust: Trust;
  received_at: Instant;
}

/** What takes a conversion's money back, one entry a source and thing. */
export interface Returns {
  refunds: Refund[];
  reversals: Reversal[];
}

const NO_RECEIPT = '00000000-0000-0000-0000-000000000000';
const RANK = { pending: 0, approved: 2, rejected: 3 };
const TRANSACTION_RANK = { New: 0, Process: 1, Success: 2, Fail: 3 };
const TRANSACTION_STATUS = {
  New: 'pending',
  Process: 'pending',
  Success: 'approved',
  Fail: 'rejected',
} as const;

/** Facts of conversions: from events of conversions that were not taken back, and from transactions that are real-money
 * deposits. */
export function factsOf(events: readonly CanonicalEvent[]): Fact[] {
  const retractions = events.filter((e) => e.kind === 'retraction');
  const slots = groupsBy(events.filter(isConversion), (e) => `${conversionIdOf(e)} ${e.source}`);
  const facts = slots.flatMap((tellings) => {
    const [{ source }] = tellings as [ConversionEvent];
    const own = retractions.filter(
      (r) => r.source === source && retractedIdOf(r) === conversionIdOf(tellings[0]!),
    );
    return factOfSlot(tellings, own);
  });
  return [...facts, ...factsOfTransactions(events.filter((e) => e.kind === 'transaction'))];
}

/** @param retractions by the same source: what it told at a lower version does not stand */
function factOfSlot(tellings: readonly ConversionEvent[], retractions: readonly RetractionEvent[]): Fact[] {
  const e = standing(tellings, ({ status, occurred_at }) => [-RANK[status ?? 'approved'], occurred_at]);
  if (retractions.some((r) => versionNumber(r.version) > versionOf(e))) return [];
  const contradicts = retractions.length === 0;
  const unversioned = tellings.filter(({ version }) => contradicts && version === undefined);
  const fact: Fact = {
    conversion_id: conversionIdOf(e),
    brand: e.brand,
    type: e.kind,
    conversion_key: conversionKeyOf(e),
    source: e.source,
    trust: trustOf(e),
    version: versionOf(e),
    event_id: e.event_id,
    weak: e.kind === 'deposit' && e.transaction_id === undefined,
    status: e.status ?? 'approved',
    player_id: e.player_id ?? null,
    user_id: e.user_id ?? null,
    click_id: e.click_id ?? null,
    client_id: e.client_id ?? null,
    transaction_id: ('transaction_id' in e ? e.transaction_id : undefined) ?? null,
    occurred_at: e.occurred_at,
    money: moneyOf(e),
    custom: e.custom ?? {},
    players: distinct(unversioned.flatMap(({ player_id }) => player_id ?? [])),
    moneys: distinct(unversioned.flatMap((telling) => moneyOf(telling) ?? [])),
    first_received_at: least(tellings.map(({ received_at }) => received_at)),
    received_at: e.received_at,
  };
  return [fact];
}

/** Of everything that was told the last word: the greatest version, then what its kind has besides, then ids; of the
 * same word told twice the earlier telling. */
function standing<E extends EventBase>(tellings: readonly E[], keyOf: (e: E) => Key = () => []): E {
  return leastBy(tellings, (e) => [
    -versionOf(e),
    ...keyOf(e),
    descending(e.event_id),
    descending(e.receipt_id ?? NO_RECEIPT),
    e.received_at,
  ]);
}

function versionOf({ version, occurred_at }: EventBase): bigint {
  return version === undefined ? -instantToMicros(occurred_at) : versionNumber(version);
}

function moneyOf(e: ConversionEvent): string | null {
  return 'amount' in e && e.amount !== undefined ? `${e.currency} ${e.amount}` : null;
}

/** Of each transaction its last word; a fact where that is real money paid in. */
function factsOfTransactions(events: readonly EntityEvent<'transaction'>[]): Fact[] {
  return groupsBy(events, (e) => JSON.stringify([e.brand, e.record.id]))
    .map((tellings) =>
      leastBy(tellings, (e) => [
        -versionNumber(e.record.updated_at),
        -TRANSACTION_RANK[e.record.status ?? 'Success'],
        descending(e.event_id),
        e.received_at,
      ]),
    )
    .filter(({ record }) => record.dir === 'IN' && (record.type ?? 'Normal') === 'Normal')
    .map((e) => ({
      conversion_id: conversionId(e.brand, 'deposit', `tx:${e.record.id}`),
      brand: e.brand,
      type: 'deposit',
      conversion_key: `tx:${e.record.id}`,
      source: e.source,
      trust: trustOf(e),
      version: versionNumber(e.record.updated_at),
      event_id: e.event_id,
      weak: false,
      status: TRANSACTION_STATUS[e.record.status ?? 'Success'],
      player_id: e.record.player_id,
      user_id: null,
      click_id: null,
      client_id: null,
      transaction_id: e.record.id,
      occurred_at: e.record.created_at,
      money: `${e.record.currency} ${e.record.amount}`,
      custom: e.custom ?? {},
      players: [],
      moneys: [],
      first_received_at: e.received_at,
      received_at: e.received_at,
    }));
}

/** What was taken back of a conversion: each source's last word on a reversal, and on each refund. */
export function returnsOf(conversion: string, events: readonly CanonicalEvent[]): Returns {
  const own = events
    .filter((e) => e.kind === 'refund' || e.kind === 'reversal')
    .filter((e) => conversionId(e.brand, e.conversion_type, returnedKeyOf(e)) === conversion);
  const reversals = own.filter((e) => e.kind === 'reversal');
  const refunds = own.filter((e) => e.kind === 'refund');
  const told = ({ source, received_at, ...e }: EventBase): Reversal => ({
    source,
    trust: trustOf({ source, trust: e.trust }),
    received_at,
  });
  return {
    reversals: groupsBy(reversals, (e) => e.source).map((tellings) => told(standing(tellings))),
    refunds: groupsBy(refunds, (e) => `${e.source} ${e.refund_id}`).map((tellings) => {
      const e = standing(tellings);
      return { ...told(e), refund_id: e.refund_id, amount: e.amount, currency: e.currency };
    }),
  };
}

/** The conversion that is named as its own event names it. */
function retractedIdOf({ conversion_type, ...named }: RetractionEvent): string {
  return conversionIdOf({ ...named, kind: conversion_type } as ConversionEvent);
}

function conversionIdOf(e: ConversionEvent): string {
  return conversionId(e.brand, e.kind, conversionKeyOf(e));
}

/** Money by its transaction, of the brand or of its partner; who came to be by the click, else by the player; what
 * names none of these by its natural key. */
function conversionKeyOf(e: ConversionEvent): string {
  if (e.kind === 'payout') return `tx:${e.partner}:${e.transaction_id}`;
  const byEvent = `event:${hashParts([e.brand, e.natural_key]).slice(0, 32)}`;
  if (e.kind === 'deposit' || e.kind === 'purchase') {
    return e.transaction_id === undefined ? byEvent : `tx:${e.transaction_id}`;
  }
  if (e.click_id !== undefined) return `click:${e.click_id}`;
  return e.player_id === undefined ? byEvent : `player:${e.player_id}`;
}

/** The key of the conversion that is taken back. */
function returnedKeyOf(e: RefundEvent | ReversalEvent): string {
  if (e.conversion_type === 'payout') return `tx:${e.partner}:${e.transaction_id}`;
  if (e.conversion_type === 'deposit' || e.conversion_type === 'purchase') return `tx:${e.transaction_id}`;
  return e.click_id === undefined ? `player:${e.player_id}` : `click:${e.click_id}`;
}
