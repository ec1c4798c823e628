import type { LogRecord } from '#libs/event-log';
import {
  canonicalJson,
  eventId,
  rawEventKey,
  serializeRawEvent,
  type ClientFields,
  type Instant,
  type PixelClick,
  type PixelConversion,
  type PixelSource,
  type RawEvent,
} from '#libs/events';

/** What the edge adds to a call. */
export interface Edge {
  brand: string;
  source: PixelSource;
  receivedAt: Instant;
  receiptId: string;
  /** Of a browser's call. */
  client: ClientFields | undefined;
}

/**
 * The raw event of a conversion. The same call made twice has the same event id: neither the caller's
 * metadata nor the receipt nor the time of receipt is part of it, save where nothing else tells two calls apart.
 */
export function rawConversion(payload: PixelConversion, edge: Edge): RawEvent {
  const naturalKey = conversionNaturalKey(payload, edge.receiptId);
  return {
    // `checkConversion` gives the keys in alphabetical order: this is its canonical JSON
    event_id: idOf('convert', naturalKey, JSON.stringify(payload), edge),
    source: edge.source,
    brand: edge.brand,
    natural_key: naturalKey,
    received_at: edge.receivedAt,
    receipt_id: edge.receiptId,
    stream: 'convert',
    payload: edge.client ? { ...payload, client: edge.client } : payload,
  };
}

/** The raw event of a click. */
export function rawClick(payload: PixelClick, edge: Edge): RawEvent {
  const naturalKey = payload.click_id;
  return {
    event_id: idOf('click', naturalKey, canonicalJson(payload), edge),
    source: edge.source,
    brand: edge.brand,
    natural_key: naturalKey,
    received_at: edge.receivedAt,
    receipt_id: edge.receiptId,
    stream: 'click',
    payload: edge.client ? { ...payload, client: edge.client } : payload,
  };
}

/** What makes two calls the same fact. */
export function conversionNaturalKey(c: PixelConversion, receiptId: string): string {
  if (c.type !== 'deposit') return `${c.click_id}|${c.type}`;
  if (c.transaction_id !== undefined) return `tx|${c.transaction_id}`;
  if (c.time !== undefined) return `${c.click_id}|${c.time}|${c.amount ?? ''}|${c.currency ?? ''}`;
  return receiptId;
}

/** The event as a record on `raw-events`. */
export function rawRecord(event: RawEvent): LogRecord {
  // One key for both pixel sources: a fact told by browser and server keeps together
  return { key: rawEventKey('pixel', event.natural_key), value: serializeRawEvent(event) };
}

function idOf(stream: RawEvent['stream'], naturalKey: string, payload: string, edge: Edge): string {
  return eventId({ brand: edge.brand, source: edge.source, stream, naturalKey, payload });
}
