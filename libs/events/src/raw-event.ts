import { jsonOfText } from './canonical-json.js';
import { EventType } from './cloud-event.js';
import type { Instant } from './instant.js';

/** What came with a click or conversion besides its own fields. */
export interface TrafficFields {
  /** `sub1` … `sub10`. */
  sub_ids?: Record<string, string>;
  /** source, medium, campaign, term, content; without the `utm_` prefix. */
  utm?: Record<string, string>;
  /** gclid and its kin, by name. */
  ad_click_ids?: Record<string, string>;
}

/** Metadata of a browser's call; never recorded for a server's, whose address is not the player's. */
export interface ClientFields {
  /** Truncated to /24 (IPv4) or /48 (IPv6). */
  ip?: string;
  user_agent?: string;
  referrer?: string;
  language?: string;
}

export const PIXEL_TYPES = ['install', 'registration', 'deposit'] as const;
export type PixelType = (typeof PIXEL_TYPES)[number];

/** A conversion pixel's call, checked at the edge. */
export interface PixelConversion {
  click_id: string;
  type: PixelType;
  player_id?: string;
  transaction_id?: string;
  /** Canonical decimal, with `currency` (upper case); only of a deposit. */
  amount?: string;
  currency?: string;
  /** As the caller gave it, in UTC; absent where the caller gave none. */
  time?: Instant;
  /** Only where true: processed and traced, stored in no projection. */
  test?: true;
  client?: ClientFields;
}

/** A click, made here or reported over `POST /clicks`. */
export interface PixelClick extends TrafficFields {
  click_id: string;
  link?: string;
  player_id?: string;
  referrer?: string;
  time?: Instant;
  client?: ClientFields;
}

/** Names of the pixel's two sources: which of them says how much a fact weighs. */
export type PixelSource = 'pixel-browser' | 'pixel-server';

/** A pixel's fact as it was taken in, before it is understood. */
export type RawEvent =
  | (RawEventBase & { stream: 'convert'; payload: PixelConversion })
  | (RawEventBase & { stream: 'click'; payload: PixelClick });

interface RawEventBase {
  event_id: string;
  source: PixelSource;
  brand: string;
  natural_key: string;
  /** Stamped once, at the edge. */
  received_at: Instant;
  /** The receipt that the caller got (UUID version 7). */
  receipt_id: string;
}

/** A record of a partner as its source delivered it, before it is mapped. */
export interface RecordEvent {
  event_id: string;
  /** Name of the source's definition; `<name>.postback` where the partner called us. */
  source: string;
  stream: string;
  brand: string;
  natural_key: string;
  /** When the answer that held it arrived. */
  received_at: Instant;
  /** Of a postback: the receipt that its caller got. */
  receipt_id?: string;
  /** As it was decoded; numbers that a JSON number cannot hold to the last digit are texts. */
  payload: Record<string, unknown>;
}

/** Whether a raw event is a record of a partner, and none of a pixel. */
export function isRecordEvent(e: RawEvent | RecordEvent): e is RecordEvent {
  return e.source !== 'pixel-browser' && e.source !== 'pixel-server';
}

/** Value of a record on `raw-events`: a CloudEvent (`cloud-event.ts`). */
export function serializeRawEvent(e: RawEvent | RecordEvent): string {
  return writeRawEvent(e, JSON.stringify(e.payload));
}

/** The same, where the payload is there as JSON already. */
export function writeRawEvent(e: RawEvent | RecordEvent, payloadJson: string): string {
  const { before, between, behind, end } = rawEventParts(e);
  return `${before}${e.event_id}${between}${jsonOfText(e.natural_key)}${behind}${payloadJson}${end}`;
}

/** The value of a raw event around its id, its natural key as JSON, and its payload as JSON. */
export function rawEventParts({
  source,
  stream,
  brand,
  received_at: time,
  receipt_id: receiptId,
}: Pick<RecordEvent, 'source' | 'stream' | 'brand' | 'received_at' | 'receipt_id'>): {
  before: string;
  between: string;
  behind: string;
  end: string;
} {
  const receipt = receiptId === undefined ? '' : `,"receipt_id":${jsonOfText(receiptId)}`;
  return {
    before: '{"specversion":"1.0","id":"',
    between: `","source":${jsonOfText(source)},"type":"${EventType.raw}","subject":`,
    behind: `,"time":${jsonOfText(time)},"data":{"stream":${jsonOfText(stream)},"brand":${jsonOfText(brand)}${receipt},"payload":`,
    end: '}}',
  };
}

/** Key of a record on `raw-events`: locality for repeats of one fact. */
export function rawEventKey(source: string, naturalKey: string): string {
  return `${source}|${naturalKey}`;
}
