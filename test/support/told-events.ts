import {
  canonicalJson,
  eventId,
  hashParts,
  instantFromMs,
  instantToMs,
  newReceiptId,
  type CanonicalEvent,
  type EventKind,
  type Instant,
} from '#libs/events';

/** An event as its source has it: without what the edge adds. */
export type Told = {
  kind: EventKind;
  source: string;
  stream: string;
  natural_key: string;
  occurred_at: Instant;
  /** A call without a time: it happened when it was received. */
  isUndated?: boolean | undefined;
} & Partial<Record<string, unknown>>;

/** How an event comes to the edge. */
export interface Arrival {
  brand: string;
  isTest?: boolean;
  /** Minutes since it happened. */
  delay?: number;
  /** Which receipt of those that the caller got, as it told more than once. */
  receipt?: number;
}

const START_MS = Date.parse('2026-11-01T00:00:00Z');
const MINUTE_MS = 60_000;
const HAVE_RECEIPTS = new Set(['pixel-browser', 'pixel-server', 'casino.postback', 'besitos.postback']);

/** The instant so many minutes after the world began, and so many microseconds of a second. */
export function instantOf(minutes: number, micros = 0): Instant {
  return instantFromMs(START_MS + minutes * MINUTE_MS).replace(
    '.000000Z',
    `.${String(micros).padStart(6, '0')}Z`,
  );
}

/** The event as it is on the log. Its id is a function of what its source said, as in real life. */
export function toldEvent(
  { isUndated, ...event }: Told,
  { brand, isTest = false, delay = 0, receipt = 0 }: Arrival,
): CanonicalEvent {
  const { source, stream, natural_key, version, occurred_at, ...rest } = event;
  const payload = canonicalJson({ ...rest, test: isTest, ...(!isUndated && { occurred_at }) });
  const id = eventId({
    ...{ brand, source, stream, naturalKey: natural_key, payload },
    ...(typeof version === 'string' && { version }),
  });
  const received = instantFromMs(instantToMs(occurred_at) + delay * MINUTE_MS);
  const random = Buffer.from(hashParts([id, String(receipt)]).slice(0, 12), 'hex');
  const told = {
    ...event,
    ...{ event_id: id, brand, received_at: received },
    ...(isUndated && { occurred_at: received }),
    ...(isTest && { is_test: true }),
    ...(HAVE_RECEIPTS.has(source) && { receipt_id: newReceiptId(instantToMs(received), random) }),
  };
  return JSON.parse(JSON.stringify(told)) as CanonicalEvent; // without members that are undefined
}
