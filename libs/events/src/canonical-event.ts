import { EventType, type CloudEvent } from './cloud-event.js';
import type { Instant } from './instant.js';
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
  /** The source's own revision of the record, if it has one. */
  version?: string;
  player_id?: string;
  click_id?: string;
  /** Only where true: stays out of every projection. */
  is_test?: true;
  /** The receipt that the caller of a pixel got. */
  receipt_id?: string;
  /** Where the raw event stands on `raw-events`: `partition/offset`. No part of any projection. */
  raw_position?: string;
  client?: ClientFields;
  custom?: Record<string, string | number | boolean | null>;
}

/** First start of an app or game. */
export interface InstallEvent extends EventBase {
  kind: 'install';
}

/** A player came to be. */
export interface RegistrationEvent extends EventBase {
  kind: 'registration';
}

/** Money paid in. Without `transaction_id` it is weak: it may be the same deposit as a strong one. */
export interface DepositEvent extends EventBase {
  kind: 'deposit';
  transaction_id?: string;
  /** Canonical decimal with `currency`, both or neither. */
  amount?: string;
  currency?: string;
}

/** A click on a link. `click_id` is always there. */
export interface ClickEvent extends EventBase {
  kind: 'click';
  click_id: string;
  link?: string;
  referrer?: string;
}

/** One contact of a visitor with marketing; `utm` names its source, medium and campaign. */
export interface TouchpointEvent extends EventBase {
  kind: 'touchpoint';
  /** Unique in the brand; the click id where the touch is a click of ours. */
  touch_id: string;
}

/** Says that a click and a player belong together. */
export interface IdentityLinkEvent extends EventBase {
  kind: 'identity_link';
  click_id: string;
  player_id: string;
}

export type ConversionEvent = InstallEvent | RegistrationEvent | DepositEvent;
export type CanonicalEvent = ConversionEvent | ClickEvent | TouchpointEvent | IdentityLinkEvent;
export type EventKind = CanonicalEvent['kind'];

/** Every kind of canonical event; a kind that is missing here does not compile. */
export const EVENT_KINDS = Object.keys({
  install: true,
  registration: true,
  deposit: true,
  click: true,
  touchpoint: true,
  identity_link: true,
} satisfies Record<EventKind, true>) as EventKind[];

/** Whether the event is a conversion, which has facts and a visible row. */
export function isConversion(e: CanonicalEvent): e is ConversionEvent {
  return e.kind === 'install' || e.kind === 'registration' || e.kind === 'deposit';
}

/** Key of a record on `conversion-events`: a player's events together, else a click's. */
export function canonicalEventKey(e: CanonicalEvent): string {
  return e.player_id !== undefined ? `${e.brand}|${e.player_id}` : (e.click_id ?? e.natural_key);
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
    player_id: e.player_id,
    click_id: e.click_id,
    touch_id: e.touch_id,
    transaction_id: e.transaction_id,
    amount: e.amount,
    currency: e.currency,
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
  };
}
