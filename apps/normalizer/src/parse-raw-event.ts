import {
  EventType,
  PIXEL_TYPES,
  type ClientFields,
  type DeadLetterReason,
  type PixelClick,
  type PixelConversion,
  type PixelType,
  type RawEvent,
  type Rejection,
} from '#libs/events';
import * as rule from './rules.js';

const ENVELOPE = rule.members(
  {
    specversion: rule.is('1.0'),
    id: rule.hash,
    source: rule.anything,
    type: rule.is(EventType.raw),
    subject: rule.naturalKey,
    time: rule.instant,
    data: rule.anything,
  },
  ['id', 'subject', 'time'],
);

const DATA = rule.members(
  { stream: rule.anything, brand: rule.id, receipt_id: rule.receiptId, payload: rule.anything },
  ['brand', 'receipt_id'],
);

const CLIENT = rule.members<keyof ClientFields>(
  { ip: rule.ip, user_agent: rule.text, referrer: rule.text, language: rule.text },
  [],
);

const CONVERSION = rule.members<keyof PixelConversion>(
  {
    click_id: rule.uuid,
    type: rule.anything,
    player_id: rule.id,
    transaction_id: rule.id,
    amount: rule.amountPaid,
    currency: rule.currency,
    time: rule.instant,
    test: rule.is(true),
    client: rule.object(CLIENT),
  },
  ['click_id'],
);

const CLICK = rule.members<keyof PixelClick>(
  {
    click_id: rule.uuid,
    link: rule.id,
    player_id: rule.id,
    referrer: rule.text,
    time: rule.instant,
    sub_ids: rule.map(/^sub(?:[1-9]|10)$/, rule.text),
    utm: rule.map(/^(?:source|medium|campaign|term|content)$/, rule.text),
    ad_click_ids: rule.map(/^[a-z_][a-z0-9_]{0,31}$/, rule.text),
    client: rule.object(CLIENT),
  },
  ['click_id'],
);

/** Reads the value of a record on `raw-events`; `null` is a tombstone, which has no place there. */
export function parseRawRecord(value: string | null): RawEvent | Rejection {
  if (value === null) return reject('invalid_json', '', 'must have a value');
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return reject('invalid_json', '', 'must be JSON'); // the parser's own message quotes the value
  }
  return parseRawEvent(parsed);
}

/**
 * Reads a raw event as its published schemas say, field by field; a schema's compiler would do the same at
 * several times the cost. Objects inside the payload are the given ones, not copies.
 */
export function parseRawEvent(record: unknown): RawEvent | Rejection {
  if (!rule.isObject(record)) return reject('invalid_envelope', '', 'must be an object');
  const { specversion, type, source, data } = record;
  if (specversion !== '1.0') return reject('invalid_envelope', '/specversion', 'must be "1.0"');
  if (type !== EventType.raw) return reject('invalid_envelope', '/type', `must be "${EventType.raw}"`);
  if (!rule.isObject(data)) return reject('invalid_envelope', '/data', 'must be an object');
  if (source !== 'pixel-browser' && source !== 'pixel-server') {
    return reject('unknown_source', '/source', 'must be a source that this version knows');
  }
  const { stream, payload } = data;
  if (stream !== 'convert' && stream !== 'click') {
    return reject('unknown_source', '/data/stream', 'must be a stream of the source that this version knows');
  }
  if (!rule.isObject(payload)) return reject('invalid_field', '/data/payload', 'must be an object');
  const problem = rule.problemOfMembers(record, ENVELOPE);
  if (problem) return reject('invalid_field', problem.path, problem.detail);
  const problemOfData = rule.problemOfMembers(data, DATA);
  if (problemOfData) return reject('invalid_field', `/data${problemOfData.path}`, problemOfData.detail);
  const rejection = stream === 'click' ? rejectClick(payload) : rejectConversion(payload);
  if (rejection) return rejection;
  const checked: Record<keyof RawEvent, unknown> = {
    event_id: record.id,
    source,
    stream,
    brand: data.brand,
    natural_key: record.subject,
    received_at: record.time,
    receipt_id: data.receipt_id,
    payload,
  };
  return checked as RawEvent;
}

function rejectClick(payload: Record<string, unknown>): Rejection | undefined {
  const problem = rule.problemOfMembers(payload, CLICK);
  return problem && rejectPayload(problem.path, problem.detail);
}

function rejectConversion(payload: Record<string, unknown>): Rejection | undefined {
  const { type, amount, currency } = payload;
  if (!isPixelType(type)) {
    return reject(
      'unknown_kind',
      '/data/payload/type',
      'must be a kind of conversion that this version knows',
    );
  }
  const problem = rule.problemOfMembers(payload, CONVERSION);
  if (problem) return rejectPayload(problem.path, problem.detail);
  if (amount !== undefined && type !== 'deposit') return rejectPayload('/amount', 'must be of a deposit');
  if (amount !== undefined && currency === undefined)
    return rejectPayload('/currency', 'must be with an amount');
  if (currency !== undefined && amount === undefined)
    return rejectPayload('/amount', 'must be with a currency');
  return undefined;
}

function isPixelType(type: unknown): type is PixelType {
  return (PIXEL_TYPES as readonly unknown[]).includes(type);
}

function rejectPayload(path: string, detail: string): Rejection {
  return reject('invalid_field', `/data/payload${path}`, detail);
}

function reject(reason: DeadLetterReason, path: string, detail: string): Rejection {
  return { kind: 'dead_letter', reason, path, detail };
}
