import {
  compareBytes,
  mergeClicks,
  mergeConversionFacts,
  mergeIdentityLinks,
  mergeTouchpoints,
  type ClickFact,
  type ConversionFact,
  type IdentityLinkFact,
  type Receipt,
  type TouchpointFact,
  type Utm,
} from '#libs/database';
import {
  instantToMicros,
  isConversion,
  type CanonicalEvent,
  type ClickEvent,
  type ConversionEvent,
  type EventBase,
  type TouchpointEvent,
} from '#libs/events';
import { conversionIdOf, conversionKeyOf } from './conversion-key.js';

/** What a batch of events says, one entry a slot, each list sorted by its table's key. */
export interface Facts {
  conversions: ConversionFact[];
  clicks: ClickFact[];
  touchpoints: TouchpointFact[];
  links: IdentityLinkFact[];
  receipts: Receipt[];
}

/** Stands where an event came without a receipt. */
const NO_RECEIPT = '00000000-0000-0000-0000-000000000000';

/** The facts of a batch. Test events leave a receipt and nothing else. */
export function factsOfEvents(events: readonly CanonicalEvent[]): Facts {
  const conversions = new Slots<ConversionFact>(
    (f) => `${f.conversion_id}|${f.source}`,
    mergeConversionFacts,
  );
  const clicks = new Slots<ClickFact>((f) => `${f.brand}\0${f.click_id}`, mergeClicks);
  const touchpoints = new Slots<TouchpointFact>((f) => `${f.brand}\0${f.touch_id}`, mergeTouchpoints);
  const links = new Slots<IdentityLinkFact>(
    (f) => `${f.brand}\0${f.click_id}\0${f.player_id}`,
    mergeIdentityLinks,
  );
  const receipts = new Slots<Receipt>(
    (r) => r.receipt_id,
    (a) => a,
  );

  for (const event of events) {
    const conversion = isConversion(event) ? conversionFactOf(event) : undefined;
    if (event.receipt_id !== undefined && leavesReceipt(event)) {
      receipts.add(receiptOf(event, event.receipt_id, conversion?.conversion_id ?? null));
    }
    if (event.is_test) continue;
    if (conversion) conversions.add(conversion);
    else if (event.kind === 'click') clicks.add(clickFactOf(event));
    else if (event.kind === 'touchpoint') touchpoints.add(touchpointFactOf(event));
    const link = linkFactOf(event);
    if (link) links.add(link);
  }
  return {
    conversions: conversions.sorted(),
    clicks: clicks.sorted(),
    touchpoints: touchpoints.sorted(),
    links: links.sorted(),
    receipts: receipts.sorted(),
  };
}

/** Touchpoints and links of a click share its receipt; the click itself answers for it. */
function leavesReceipt(event: CanonicalEvent): boolean {
  return event.kind !== 'touchpoint' && event.kind !== 'identity_link';
}

function conversionFactOf(e: ConversionEvent): ConversionFact {
  const paid = e.kind === 'install' || e.kind === 'registration' ? undefined : e;
  const player = e.player_id ?? null;
  const amount = paid?.amount ?? null;
  const currency = paid?.currency ?? null;
  const money = amount !== null && currency !== null ? `${currency} ${amount}` : null;
  return {
    conversion_id: conversionIdOf(e),
    source: e.source,
    brand: e.brand,
    type: e.kind,
    conversion_key: conversionKeyOf(e),
    version: -instantToMicros(e.occurred_at),
    status_rank: 0,
    event_id: e.event_id,
    receipt_id: e.receipt_id ?? NO_RECEIPT,
    player_id: player,
    click_id: e.click_id ?? null,
    transaction_id: paid?.transaction_id ?? null,
    occurred_at: e.occurred_at,
    amount,
    currency,
    status: 'approved',
    weak: e.kind === 'deposit' && e.transaction_id === undefined,
    client: e.client ?? {},
    custom: e.custom ?? {},
    player_id_low: player,
    player_id_high: player,
    money_low: money,
    money_high: money,
    first_receipt_id: e.receipt_id ?? NO_RECEIPT,
    first_received_at: e.received_at,
    last_received_at: e.received_at,
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

function touchpointFactOf(e: TouchpointEvent): TouchpointFact {
  return { ...earliestFieldsOf(e), touch_id: e.touch_id, click_id: e.click_id ?? null };
}

function earliestFieldsOf(e: EventBase): Omit<TouchpointFact, 'touch_id' | 'click_id'> {
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

/** Every event that names a click and a player says that they belong together. */
function linkFactOf(e: CanonicalEvent): IdentityLinkFact | undefined {
  if (e.click_id === undefined || e.player_id === undefined) return undefined;
  return {
    brand: e.brand,
    click_id: e.click_id,
    player_id: e.player_id,
    occurred_at: e.occurred_at,
    registered_at: e.kind === 'registration' ? e.occurred_at : null,
    first_received_at: e.received_at,
  };
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

/** Facts by slot: two of one slot become their join. */
class Slots<Fact> {
  private readonly byKey = new Map<string, Fact>();

  constructor(
    private readonly keyOf: (fact: Fact) => string,
    private readonly join: (a: Fact, b: Fact) => Fact,
  ) {}

  add(fact: Fact): void {
    const key = this.keyOf(fact);
    const there = this.byKey.get(key);
    this.byKey.set(key, there === undefined ? fact : this.join(there, fact));
  }

  /** By key: writers that lock rows in one order do not deadlock. */
  sorted(): Fact[] {
    return [...this.byKey].sort(([a], [b]) => compareBytes(a, b)).map(([, fact]) => fact);
  }
}
