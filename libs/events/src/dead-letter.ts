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
  /** A partner's record breaks the JSON Schema that its stream names. */
  'schema_violation',
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
  /** JSON pointer (RFC 6901) into the record, or empty for the whole. Names of the record's own making, as those
   * of unknown members, are not in it. */
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

/** The place of a record that the log never had; no record has it. */
export const NO_POSITION = { partition: 0, offset: 2n ** 63n - 1n } as const;

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
  /** The record's key; at most its first 1,024 characters. */
  key: string;
  /** The record's value; only its beginning where `original_truncated` says so. */
  original: string;
  /** The whole did not fit into the log: it is at `topic`, `partition` and `offset` while retention keeps it. */
  original_truncated?: true;
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
    key: beginningOf(origin.key, MAX_KEY_CHARACTERS),
    original: origin.value,
    app: by.app,
    app_version: by.version,
    failed_at: by.now,
  };
}

/**
 * The dead letter with only as much of the original as the log surely takes.
 * @param limitBytes what the log takes at most, in bytes of a whole record
 */
export function truncateDeadLetter(d: DeadLetter, limitBytes: number): DeadLetter {
  const maxCharacters = Math.max(0, Math.floor((limitBytes - RESERVED_BYTES) / MAX_BYTES_PER_CHARACTER));
  return { ...d, original: beginningOf(d.original, maxCharacters), original_truncated: true };
}

/** A UTF-16 code unit is at most `\u0000` in JSON. */
const MAX_BYTES_PER_CHARACTER = 6;
const MAX_KEY_CHARACTERS = 1024;
/** Everything of a dead letter but its original: the key comes twice, as the record's and in the value. */
const RESERVED_BYTES = 2 * MAX_KEY_CHARACTERS * MAX_BYTES_PER_CHARACTER + 16_384;

/** What may be an id or a name: a broken record's other text stays in its original. */
const IDENTITY = /^[\x21-\x7e]{1,256}$/;

/** At most so many UTF-16 code units from the start, without a torn surrogate pair at the end. */
function beginningOf(text: string, maxCharacters: number): string {
  return text.length <= maxCharacters ? text : text.slice(0, maxCharacters).replace(/[\ud800-\udbff]$/, '');
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
    return typeof value === 'string' && IDENTITY.test(value) ? value : undefined;
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
