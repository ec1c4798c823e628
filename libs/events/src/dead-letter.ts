import { hashParts } from './event-id.js';
import { EventType, type CloudEvent } from './cloud-event.js';
import type { Instant } from './instant.js';

/** Why a record could not be used. Closed: dashboards and alerts rely on it. */
export const DEAD_LETTER_REASONS = [
  /** The value is no JSON. */
  'invalid_json',
  /** JSON, but no CloudEvent of a type that belongs here. */
  'invalid_envelope',
  /** A source or stream that this version does not know. */
  'unknown_source',
  /** A kind of event that this version does not know. */
  'unknown_kind',
  /** A field is missing, or breaks its rule. */
  'invalid_field',
  /** The event made from it is larger than the log takes. */
  'too_large',
  /** The database refuses it, alone as in company. */
  'rejected_by_database',
] as const;

export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

/** Bad data as a value: what is wrong, where, by which rule. Never holds the offending value. */
export interface Rejection {
  kind: 'dead_letter';
  reason: DeadLetterReason;
  /** JSON pointer into the record, or empty for the whole. */
  path: string;
  /** The rule that is broken, in words. */
  detail: string;
}

/** The record that could not be used. */
export interface DeadLetterOrigin {
  topic: string;
  partition: number;
  offset: bigint;
  key: string;
  /** The original bytes, as UTF-8 text. */
  value: string;
}

/** A record on `dead-letters`. */
export interface DeadLetter {
  dead_letter_id: string;
  reason: DeadLetterReason;
  path: string;
  detail: string;
  /** Name of the source, where the record tells it. */
  source?: string;
  receipt_id?: string;
  event_id?: string;
  topic: string;
  partition: number;
  /** Decimal string. */
  offset: string;
  key: string;
  original: string;
  /** The app that gave up on it, and its version. */
  app: string;
  app_version: string;
  /** When it gave up. */
  failed_at: Instant;
}

/** Makes the dead letter of a record; the same record gives the same id however often it is read. */
export function deadLetterOf(
  rejection: Rejection,
  origin: DeadLetterOrigin,
  by: { app: string; version: string; now: Instant },
): DeadLetter {
  return {
    dead_letter_id: hashParts([
      origin.topic,
      String(origin.partition),
      String(origin.offset),
      origin.value,
    ]).slice(0, 32),
    reason: rejection.reason,
    path: rejection.path,
    detail: rejection.detail,
    ...identityOf(origin.value),
    topic: origin.topic,
    partition: origin.partition,
    offset: String(origin.offset),
    key: origin.key,
    original: origin.value,
    app: by.app,
    app_version: by.version,
    failed_at: by.now,
  };
}

/** What the broken record still says of itself. */
function identityOf(original: string): Pick<DeadLetter, 'source' | 'receipt_id' | 'event_id'> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(original);
  } catch {
    return {}; // not JSON: it says nothing
  }
  const text = (holder: unknown, name: string): string | undefined => {
    const value =
      holder !== null && typeof holder === 'object' ? (holder as Record<string, unknown>)[name] : undefined;
    return typeof value === 'string' && value.length <= 256 ? value : undefined;
  };
  const data =
    parsed !== null && typeof parsed === 'object' ? (parsed as Record<string, unknown>)['data'] : undefined;
  return {
    source: text(parsed, 'source'),
    event_id: text(parsed, 'id'),
    receipt_id: text(data, 'receipt_id'),
  };
}

/** Value of a record on `dead-letters`. */
export function serializeDeadLetter(d: DeadLetter): string {
  const event: CloudEvent<typeof EventType.deadLetter, DeadLetter> = {
    specversion: '1.0',
    id: d.dead_letter_id,
    source: d.app,
    type: EventType.deadLetter,
    subject: `${d.topic}/${d.partition}/${d.offset}`,
    time: d.failed_at,
    data: d,
  };
  return JSON.stringify(event);
}
