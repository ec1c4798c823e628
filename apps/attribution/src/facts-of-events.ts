import {
  NO_VERSION,
  mergeClicks,
  mergeConversionFacts,
  mergeIdentityLinks,
  mergeReceipts,
  mergeReturns,
  mergeTouchpoints,
  type ClickFact,
  type ConversionSlot,
  type IdentityLinkFact,
  type Receipt,
  type ReturnFact,
  type TouchpointFact,
  type Utm,
} from '#libs/database';
import {
  conversionId,
  instantToMicros,
  isConversion,
  isEntityEvent,
  playerOfRecord,
  touchpointId,
  versionNumber,
  type CanonicalEvent,
  type ClickEvent,
  type ConversionEvent,
  type EventBase,
  type RetractionEvent,
  type ReturnEvent,
  type TouchpointEvent,
} from '#libs/events';
import { conversionIdOf, conversionKeyOf, returnedKeyOf } from './conversion-key.js';
import { entityRowsOfEvents, type EntityRows } from './entities/entity-rows-of-events.js';
import { namedBy } from './identity-graph.js';
import { STATUS_RANKS } from './merge-rules.js';
import { Slots } from './slots.js';

/** What a batch of events says, one entry a slot, each list sorted by its table's key. */
export interface Facts {
  conversions: ConversionSlot[];
  returns: ReturnFact[];
  clicks: ClickFact[];
  touchpoints: TouchpointFact[];
  links: IdentityLinkFact[];
  receipts: Receipt[];
  entities: EntityRows[];
}

/** Stands where an event came without a receipt. */
const NO_RECEIPT = '00000000-0000-0000-0000-000000000000';

/** The facts of a batch. Test events leave a receipt and nothing else. */
export function factsOfEvents(events: readonly CanonicalEvent[]): Facts {
  const conversions = new Slots<ConversionSlot>(
    (f) => `${f.conversion_id}|${f.source}`,
    mergeConversionFacts,
  );
  const clicks = new Slots<ClickFact>((f) => `${f.brand}\0${f.click_id}`, mergeClicks);
  const touchpoints = new Slots<TouchpointFact>((f) => `${f.brand}\0${f.touch_id}`, mergeTouchpoints);
  const returns = new Slots<ReturnFact>(
    (f) => `${f.conversion_id}\0${f.kind}\0${f.return_id}\0${f.source}`,
    mergeReturns,
  );
  const links = new Slots<IdentityLinkFact>(
    (f) => `${f.brand}\0${f.left_id}\0${f.right_id}\0${f.left_kind}\0${f.right_kind}`,
    mergeIdentityLinks,
  );
  const receipts = new Slots<Receipt>((r) => r.receipt_id, mergeReceipts);

  for (const event of events) {
    const conversion = slotOf(event);
    const returned = isReturn(event) ? returnFactOf(event) : undefined;
    if (event.receipt_id !== undefined && leavesReceipt(event)) {
      receipts.add(receiptOf(event, event.receipt_id, (conversion ?? returned)?.conversion_id ?? null));
    }
    if (event.is_test) continue;
    if (conversion) conversions.add(conversion);
    else if (returned) returns.add(returned);
    else if (event.kind === 'click') {
      clicks.add(clickFactOf(event));
      touchpoints.add(touchOfClick(event));
    } else if (event.kind === 'touchpoint') touchpoints.add(touchpointFactOf(event));
    if (event.kind !== 'retraction') for (const link of linkFactsOf(event)) links.add(link);
  }
  return {
    conversions: conversions.sorted(),
    returns: returns.sorted(),
    clicks: clicks.sorted(),
    touchpoints: touchpoints.sorted(),
    links: links.sorted(),
    receipts: receipts.sorted(),
    entities: entityRowsOfEvents(events),
  };
}

/** Touchpoints and links of a click share its receipt; the click itself answers for it. */
function leavesReceipt(event: CanonicalEvent): boolean {
  return event.kind !== 'touchpoint' && event.kind !== 'identity_link';
}

function isReturn(event: CanonicalEvent): event is ReturnEvent {
  return event.kind === 'refund' || event.kind === 'reversal';
}

function slotOf(event: CanonicalEvent): ConversionSlot | undefined {
  if (event.kind === 'retraction') return retractedSlotOf(event);
  return isConversion(event) ? toldSlotOf(event) : undefined;
}

/** It takes back, and tells of nobody and nothing: by what it names the conversion is known, and no person's. */
function retractedSlotOf(e: RetractionEvent): ConversionSlot {
  return {
    conversion_id: conversionIdOf(e),
    source: e.source,
    trust: e.trust ?? null,
    brand: e.brand,
    type: e.conversion_type,
    conversion_key: conversionKeyOf(e),
    version: versionNumber(e.version),
    status_rank: STATUS_RANKS.retracted,
    event_id: e.event_id,
    receipt_id: e.receipt_id ?? NO_RECEIPT,
    ...{ player_id: null, click_id: null, client_id: null, user_id: null },
    transaction_id: e.transaction_id ?? null,
    occurred_at: e.occurred_at,
    ...{ amount: null, currency: null, status: 'retracted', weak: false, client: {}, custom: {} },
    ...{ player_id_low: null, player_id_high: null, money_low: null, money_high: null },
    ...{ first_receipt_id: null, first_received_at: null },
    received_at: e.received_at,
    was_retracted: true,
  };
}

function toldSlotOf(e: ConversionEvent): ConversionSlot {
  const paid = e.kind === 'install' || e.kind === 'registration' ? undefined : e;
  const player = e.player_id ?? null;
  const amount = paid?.amount ?? null;
  const currency = paid?.currency ?? null;
  const money = amount !== null && currency !== null ? `${currency} ${amount}` : null;
  const status = e.status ?? 'approved';
  const isVersioned = e.version !== undefined; // a later version amends the earlier one, it does not contradict it
  return {
    conversion_id: conversionIdOf(e),
    source: e.source,
    trust: e.trust ?? null,
    brand: e.brand,
    type: e.kind,
    conversion_key: conversionKeyOf(e),
    version: versionOf(e),
    status_rank: STATUS_RANKS[status],
    event_id: e.event_id,
    receipt_id: e.receipt_id ?? NO_RECEIPT,
    player_id: player,
    click_id: e.click_id ?? null,
    client_id: e.client_id ?? null,
    user_id: e.user_id ?? null,
    transaction_id: paid?.transaction_id ?? null,
    occurred_at: e.occurred_at,
    amount,
    currency,
    status,
    weak: e.kind === 'deposit' && e.transaction_id === undefined,
    client: e.client ?? {},
    custom: e.custom ?? {},
    player_id_low: isVersioned ? null : player,
    player_id_high: isVersioned ? null : player,
    money_low: isVersioned ? null : money,
    money_high: isVersioned ? null : money,
    first_receipt_id: e.receipt_id ?? NO_RECEIPT,
    first_received_at: e.received_at,
    received_at: e.received_at,
    was_retracted: false,
  };
}

/** Greater stands: the source's own revision, else the earlier the greater. */
function versionOf({ version, occurred_at }: EventBase): bigint {
  return version === undefined ? -instantToMicros(occurred_at) : versionNumber(version);
}

function returnFactOf(e: ReturnEvent): ReturnFact {
  const key = returnedKeyOf(e);
  const refund = e.kind === 'refund' ? e : undefined;
  return {
    conversion_id: conversionId(e.brand, e.conversion_type, key),
    kind: e.kind,
    return_id: refund?.refund_id ?? '',
    source: e.source,
    brand: e.brand,
    conversion_type: e.conversion_type,
    conversion_key: key,
    trust: e.trust ?? null,
    version: versionOf(e),
    event_id: e.event_id,
    receipt_id: e.receipt_id ?? NO_RECEIPT,
    occurred_at: e.occurred_at,
    amount: refund?.amount ?? null,
    currency: refund?.currency ?? null,
    received_at: e.received_at,
  };
}

function clickFactOf(e: ClickEvent): ClickFact {
  return {
    ...earliestFieldsOf(e),
    click_id: e.click_id,
    link: e.link ?? null,
    referrer: e.referrer ?? null,
    client: e.client ?? {},
    first_receipt_id: e.receipt_id ?? NO_RECEIPT,
  };
}

/** A click is a touch, whoever tells of it, and whether or not it tells of the touch as well: then both are one. */
function touchOfClick(e: ClickEvent): TouchpointFact {
  return {
    ...earliestFieldsOf(e),
    event_id: touchpointId(e.event_id),
    touch_id: e.click_id,
    version: NO_VERSION,
    click_id: e.click_id,
    client_id: e.client_id ?? null,
    user_id: e.user_id ?? null,
  };
}

function touchpointFactOf(e: TouchpointEvent): TouchpointFact {
  return {
    ...earliestFieldsOf(e),
    touch_id: e.touch_id,
    version: e.version === undefined ? NO_VERSION : versionNumber(e.version),
    click_id: e.click_id ?? null,
    client_id: e.client_id ?? null,
    user_id: e.user_id ?? null,
  };
}

type EarliestFields = Omit<TouchpointFact, 'touch_id' | 'version' | 'click_id' | 'client_id' | 'user_id'>;

function earliestFieldsOf(e: EventBase): EarliestFields {
  return {
    brand: e.brand,
    source: e.source,
    occurred_at: e.occurred_at,
    player_id: e.player_id ?? null,
    ...utmOf(e),
    sub_ids: e.sub_ids ?? {},
    ad_click_ids: e.ad_click_ids ?? {},
    event_id: e.event_id,
    receipt_id: e.receipt_id ?? NO_RECEIPT,
    first_received_at: e.received_at,
  };
}

function utmOf({ utm }: EventBase): Utm {
  return {
    utm_source: utm?.['source'] ?? null,
    utm_medium: utm?.['medium'] ?? null,
    utm_campaign: utm?.['campaign'] ?? null,
    utm_term: utm?.['term'] ?? null,
    utm_content: utm?.['content'] ?? null,
  };
}

/** Every event that names two of a click, a client, a user and a player says that they belong together. */
function linkFactsOf(e: CanonicalEvent): readonly IdentityLinkFact[] {
  if (e.click_id === undefined && e.client_id === undefined && e.user_id === undefined) return NO_LINKS;
  const named = namedBy({
    brand: e.brand,
    click_id: e.click_id ?? null,
    client_id: e.client_id ?? null,
    user_id: e.user_id ?? null,
    player_id: playerOf(e) ?? null,
  });
  const links: IdentityLinkFact[] = [];
  for (let i = 0; i < named.length; i++) {
    for (let j = i + 1; j < named.length; j++) {
      links.push({
        brand: e.brand,
        left_kind: named[i]!.kind,
        left_id: named[i]!.id,
        right_kind: named[j]!.kind,
        right_id: named[j]!.id,
        occurred_at: e.occurred_at,
        registered_at: e.kind === 'registration' ? e.occurred_at : null,
        first_received_at: e.received_at,
      });
    }
  }
  return links;
}

const NO_LINKS: readonly IdentityLinkFact[] = [];

function playerOf(e: CanonicalEvent): string | undefined {
  return (isEntityEvent(e) ? playerOfRecord(e) : undefined) ?? e.player_id;
}

function receiptOf(e: CanonicalEvent, receiptId: string, conversionId: string | null): Receipt {
  return {
    receipt_id: receiptId,
    event_id: e.event_id,
    brand: e.brand,
    kind: e.kind,
    source: e.source,
    click_id: e.click_id ?? null,
    conversion_id: conversionId,
    is_test: e.is_test === true,
    raw_position: e.raw_position ?? null,
    received_at: e.received_at,
  };
}
