import type { LogRecord } from '#libs/event-log';
import {
  canonicalEventKey,
  canonicalJson,
  eventId,
  fieldRules,
  parseCanonicalEvent,
  type CanonicalEvent,
  type Instant,
} from '#libs/events';

/** What is wrong with a line: the field (JSON pointer; empty: the line itself) and the rule. Never the value. */
export interface LineProblem {
  path: string;
  detail: string;
}

/** Of key and value together; what the log adds fits into the rest of its 1 MiB. */
const LIMIT_BYTES = 1_000_000;
const UTF8 = new TextDecoder('utf-8', { fatal: true });
/** Stands in while a line without an id is checked. */
const NO_ID = '0'.repeat(64);

/**
 * The record of `conversion-events` that a line stands for: a canonical event as a CloudEvent. Where it has no
 * `id`, it gets the one that follows from what it says, so that the same line is the same event in every run; where
 * it has no `time`, this is when it was received.
 * @returns undefined: the line is blank
 */
export function checkLine(bytes: Buffer, receivedAt: Instant): LogRecord | LineProblem | undefined {
  const line = textOf(bytes);
  if (line === '') return undefined;
  if (line === undefined) return { path: '', detail: 'must be UTF-8' };
  const envelope = objectOf(line);
  const isWhole = envelope === undefined || ('id' in envelope && 'time' in envelope);
  const event = parseCanonicalEvent(
    isWhole ? line : JSON.stringify({ time: receivedAt, id: NO_ID, ...envelope }),
  );
  if (event.kind === 'dead_letter') return { path: event.path, detail: event.detail };
  const value = isWhole
    ? line
    : JSON.stringify({ time: receivedAt, id: idOf(event, envelope['data']), ...envelope });
  const key = canonicalEventKey(event);
  if (Buffer.byteLength(value) + Buffer.byteLength(key) > LIMIT_BYTES) {
    return { path: '', detail: `must have at most ${LIMIT_BYTES} bytes` };
  }
  return { key, value };
}

/** Undefined: it is no UTF-8. */
function textOf(bytes: Buffer): string | undefined {
  try {
    return UTF8.decode(bytes).trim();
  } catch {
    return undefined;
  }
}

/** Undefined: it is no JSON, or no object. */
function objectOf(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return fieldRules.isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function idOf({ brand, source, stream, natural_key, version }: CanonicalEvent, data: unknown): string {
  const identity = { brand, source, stream, naturalKey: natural_key, payload: canonicalJson(data) };
  return eventId(version === undefined ? identity : { ...identity, version });
}
