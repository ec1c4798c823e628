import {
  hashParts,
  type CanonicalEvent,
  type ClickEvent,
  type ConversionEvent,
  type IdentityLinkEvent,
  type PixelClick,
  type PixelConversion,
  type RawEvent,
} from '#libs/events';

/**
 * What a raw event means. A conversion pixel is one conversion; a click is itself, of which a touch is made where facts
 * are, and a link between click and player where it names one. Derived events have ids derived from the raw event's, so
 * that reading it again gives the same ones.
 * @param rawPosition where the raw event stands on `raw-events`: `partition/offset`
 */
export function normalize(raw: RawEvent, rawPosition: string): CanonicalEvent[] {
  if (raw.stream === 'convert') return [conversion(raw, raw.payload, rawPosition)];
  const click = clickOf(raw, raw.payload, rawPosition);
  return click.player_id === undefined ? [click] : [click, identityLinkOf(click, click.player_id)];
}

function conversion(raw: RawEvent, p: PixelConversion, raw_position: string): ConversionEvent {
  const event: ConversionEvent = {
    kind: p.type,
    event_id: raw.event_id,
    source: raw.source,
    stream: raw.stream,
    brand: raw.brand,
    natural_key: raw.natural_key,
    occurred_at: p.time ?? raw.received_at,
    received_at: raw.received_at,
    player_id: p.player_id,
    click_id: p.click_id,
    is_test: p.test,
    receipt_id: raw.receipt_id,
    raw_position,
    client: p.client,
  };
  // A spread into a larger literal would cost ten times as much.
  if (event.kind === 'deposit') {
    event.transaction_id = p.transaction_id;
    event.amount = p.amount;
    event.currency = p.currency;
  }
  return event;
}

function clickOf(raw: RawEvent, p: PixelClick, raw_position: string): ClickEvent {
  return {
    kind: 'click',
    event_id: raw.event_id,
    source: raw.source,
    stream: raw.stream,
    brand: raw.brand,
    natural_key: raw.natural_key,
    occurred_at: p.time ?? raw.received_at,
    received_at: raw.received_at,
    player_id: p.player_id,
    click_id: p.click_id,
    receipt_id: raw.receipt_id,
    raw_position,
    link: p.link,
    referrer: p.referrer,
    client: p.client,
    sub_ids: p.sub_ids,
    utm: p.utm,
    ad_click_ids: p.ad_click_ids,
  };
}

function identityLinkOf(click: ClickEvent, player_id: string): IdentityLinkEvent {
  return {
    kind: 'identity_link',
    event_id: hashParts([click.event_id, 'identity_link']),
    source: click.source,
    stream: click.stream,
    brand: click.brand,
    natural_key: `${click.click_id}|${player_id}`,
    occurred_at: click.occurred_at,
    received_at: click.received_at,
    player_id,
    click_id: click.click_id,
    receipt_id: click.receipt_id,
    raw_position: click.raw_position,
  };
}
