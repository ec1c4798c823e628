import { EventType, type CloudEvent } from './cloud-event.js';
import { CONVERSION_TYPES, type ConversionType, type PaidConversionType } from './conversion.js';
import { isEntityEvent, playerOfRecord, type EntityEvent } from './entities/entity-event.js';
import { ENTITY_KINDS } from './entities/registry.js';
import type { Instant } from './instant.js';
import type { Trust } from './trust.js';
import type { ClientFields, TrafficFields } from './raw-event.js';

/** Fields of every canonical event. */
export interface EventBase extends TrafficFields {
  event_id: string;
  source: string;
  stream: string;
  brand: string;
  natural_key: string;
  /** When it happened. */
  occurred_at: Instant;
  /** Stamped once, at the edge, and carried; nothing downstream reads a clock instead. */
  received_at: Instant;
  /** The source's own revision of the record, if it has one: an instant, or a whole number of up to 18 digits. The
   * greater one stands; without one the earliest telling stands. */
  version?: string;
  /** By which way the source tells; `trustOf` where it is absent. */
  trust?: Trust;
  player_id?: string;
  click_id?: string;
  /** A browser or device, as GA4's `user_pseudo_id`. */
  client_id?: string;
  /** A person who signed in, by an id that is not the player's, as GA4's `user_id`. */
  user_id?: string;
  /** Only where true: stays out of every projection. */
  is_test?: true;
  /** The receipt that the caller of a pixel got. */
  receipt_id?: string;
  /** Where the raw event stands on `raw-events`: `partition/offset`. No part of any projection. */
  raw_position?: string;
  client?: ClientFields;
  /**
   * What the source sends beyond the known fields, by its own names. Of the four types of a product's custom fields
   * integers and fractions are JSON numbers (within ±(2^53 − 1); what is greater is text), texts are texts, and dates
   * are canonical instants.
   */
  custom?: Record<string, string | number | boolean | null>;
}

/** Whether a conversion counts, as its source has it. That one was reversed is an event of its own. */
export type EventStatus = 'approved' | 'pending' | 'rejected';

/** What every conversion says. */
interface ConversionBase extends EventBase {
  /** Absent: approved. */
  status?: EventStatus;
}

/** Canonical decimal and its currency, both or neither. */
interface MoneyFields {
  amount?: string;
  currency?: string;
}

/** First start of an app or game. */
export interface InstallEvent extends ConversionBase {
  kind: 'install';
}

/** A player came to be. */
export interface RegistrationEvent extends ConversionBase {
  kind: 'registration';
}

/** Money paid in. Without `transaction_id` it is weak: it may be the same deposit as a strong one. */
export interface DepositEvent extends ConversionBase, MoneyFields {
  kind: 'deposit';
  transaction_id?: string;
}

/** Something was bought, as a shop or GA4 tells it. Without `transaction_id` each telling is one of its own. */
export interface PurchaseEvent extends ConversionBase, MoneyFields {
  kind: 'purchase';
  transaction_id?: string;
}

/** A partner pays for a goal that a player reached, as on an offerwall. */
export interface PayoutEvent extends ConversionBase, MoneyFields {
  kind: 'payout';
  /** Whose transaction ids these are: two partners may have the same ones. */
  partner: string;
  transaction_id: string;
}

/** Money goes back to the player. A row of `transactions`, as a product API would tell it. */
export interface WithdrawalEvent extends ConversionBase {
  kind: 'withdrawal';
  player_id: string;
  transaction_id: string;
  amount: string;
  currency: string;
}

/** Money of the house given to the player. A row of `transactions`, as a product API would tell it. */
export interface BonusEvent extends ConversionBase {
  kind: 'bonus';
  player_id: string;
  transaction_id: string;
  amount: string;
  currency: string;
}

/** Part of a conversion's money was given back. Refunds of one conversion add up, each `refund_id` once. */
export interface RefundEvent extends EventBase {
  kind: 'refund';
  conversion_type: PaidConversionType;
  /** Of the conversion. */
  transaction_id: string;
  /** Of the payout's transaction. */
  partner?: string;
  refund_id: string;
  amount: string;
  currency: string;
}

/** A conversion was taken back: it earns nothing, whoever tells of it, however often, before or after it. */
export interface ReversalEvent extends EventBase {
  kind: 'reversal';
  conversion_type: ConversionType;
  /** Of a deposit, purchase or payout; an install or registration is named by its click, else its player. */
  transaction_id?: string;
  partner?: string;
}

/**
 * The source no longer tells of a conversion: what it told of it at a lower version does not stand. What other sources
 * say stands, and so does what this one tells of it at the same version or a greater one, before it or after it. Nothing
 * in it is told of anybody: `natural_key` and the ids are those of the conversion's own event, and name it.
 */
export interface RetractionEvent extends EventBase {
  kind: 'retraction';
  conversion_type: ConversionType;
  version: string;
  /** Of a payout always. */
  transaction_id?: string;
  /** Of a payout always. */
  partner?: string;
}

/** A click on a link. `click_id` is always there. */
export interface ClickEvent extends EventBase {
  kind: 'click';
  click_id: string;
  link?: string;
  referrer?: string;
}

/** One contact of a visitor with marketing; `utm` names its source, medium and campaign. Told again, by whomever, the
 * greatest `version` stands, none being the least; of one version the earliest. */
export interface TouchpointEvent extends EventBase {
  kind: 'touchpoint';
  /** Unique in the brand; the click id where the touch is a click of ours. */
  touch_id: string;
}

/** Says that two or more of a click, a client, a user and a player belong together, and nothing else. Every other
 * event that names two of them says so as well. */
export interface IdentityLinkEvent extends EventBase {
  kind: 'identity_link';
}

export type ConversionEvent = InstallEvent | RegistrationEvent | DepositEvent | PurchaseEvent | PayoutEvent;
/** What takes money of a conversion back. */
export type ReturnEvent = RefundEvent | ReversalEvent;
/** A movement of a player's money, told by a source that is no product API. */
export type MovementEvent = WithdrawalEvent | BonusEvent;
export type CanonicalEvent =
  | ConversionEvent
  | ReturnEvent
  | RetractionEvent
  | MovementEvent
  | ClickEvent
  | TouchpointEvent
  | IdentityLinkEvent
  | EntityEvent;
export type EventKind = CanonicalEvent['kind'];

/** Every kind of canonical event; a kind that is missing here does not compile. */
export const EVENT_KINDS = Object.keys({
  install: true,
  registration: true,
  deposit: true,
  purchase: true,
  payout: true,
  withdrawal: true,
  bonus: true,
  refund: true,
  reversal: true,
  retraction: true,
  click: true,
  touchpoint: true,
  identity_link: true,
  ...ENTITY_KINDS,
} satisfies Record<EventKind, unknown>) as EventKind[];

const CONVERSIONS: ReadonlySet<EventKind> = new Set<EventKind>(CONVERSION_TYPES);

/** Whether the event is a conversion, which has facts and a visible row. */
export function isConversion(e: CanonicalEvent): e is ConversionEvent {
  return CONVERSIONS.has(e.kind);
}

/** Key of a record on `conversion-events`: a player's events together, else a click's, else a client's. */
export function canonicalEventKey(e: CanonicalEvent): string {
  const player = (isEntityEvent(e) ? playerOfRecord(e) : undefined) ?? e.player_id;
  if (player !== undefined) return `${e.brand}|${player}`;
  return e.click_id ?? e.client_id ?? e.natural_key;
}

/** Value of a record on `conversion-events`. */
export function serializeCanonicalEvent(e: CanonicalEvent): string {
  const event: CloudEvent<typeof EventType.canonical, Data> = {
    specversion: '1.0',
    id: e.event_id,
    source: e.source,
    type: EventType.canonical,
    subject: e.natural_key,
    time: e.received_at,
    data: dataOf(e),
  };
  return JSON.stringify(event);
}

type FieldOf<E> = E extends unknown ? keyof E : never;
type Field = FieldOf<CanonicalEvent>;
type Data = Record<Exclude<Field, 'event_id' | 'source' | 'natural_key' | 'received_at'>, unknown>;

/**
 * Every field but those of the envelope. Written out, as spreading costs several times as much; a field that is
 * missing here does not compile.
 */
function dataOf(e: { kind: string } & Partial<Record<Field, unknown>>): Data {
  return {
    kind: e.kind,
    stream: e.stream,
    brand: e.brand,
    occurred_at: e.occurred_at,
    version: e.version,
    trust: e.trust,
    player_id: e.player_id,
    click_id: e.click_id,
    client_id: e.client_id,
    user_id: e.user_id,
    touch_id: e.touch_id,
    conversion_type: e.conversion_type,
    partner: e.partner,
    transaction_id: e.transaction_id,
    refund_id: e.refund_id,
    amount: e.amount,
    currency: e.currency,
    status: e.status,
    is_test: e.is_test,
    receipt_id: e.receipt_id,
    raw_position: e.raw_position,
    link: e.link,
    referrer: e.referrer,
    sub_ids: e.sub_ids,
    utm: e.utm,
    ad_click_ids: e.ad_click_ids,
    client: e.client,
    custom: e.custom,
    record: e.record,
  };
}
