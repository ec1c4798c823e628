import { EventType } from './cloud-event.js';
import type { Rejection } from './dead-letter.js';
import * as rule from './field-rules.js';
import {
  PIXEL_TYPES,
  type PixelClick,
  type PixelConversion,
  type PixelType,
  type RawEvent,
  type RecordEvent,
} from './raw-event.js';
import { CLIENT, TRAFFIC, envelopeMembers, openEnvelope, reject } from './read-envelope.js';

const ENVELOPE = envelopeMembers(rule.anything);

const DATA = rule.members(
  { stream: rule.anything, brand: rule.id, receipt_id: rule.receiptId, payload: rule.anything },
  ['brand', 'receipt_id'],
  rule.ignored,
);

const RECORD_ENVELOPE = envelopeMembers(rule.sourceName);

const RECORD_DATA = rule.members(
  {
    stream: rule.sourceName,
    brand: rule.id,
    receipt_id: rule.receiptId,
    payload: rule.object(rule.members({}, [], rule.ignored)),
  },
  ['stream', 'brand', 'payload'],
  rule.ignored,
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
    client: CLIENT,
  },
  ['click_id'],
  rule.ignored,
);

const CLICK = rule.members<keyof PixelClick>(
  {
    click_id: rule.uuid,
    link: rule.id,
    player_id: rule.id,
    referrer: rule.text,
    time: rule.instant,
    client: CLIENT,
    ...TRAFFIC,
  },
  ['click_id'],
  rule.ignored,
);

/**
 * Reads the value of a record on `raw-events` as its published schemas say, field by field; a schema's compiler
 * would do the same at several times the cost. Members that are not known are ignored: a newer producer may have
 * added them. Objects inside the payload are the given ones, not copies. What no pixel tells is a record of a partner,
 * whose payload only the mapping of its source understands.
 * @param value JSON; `null` is a tombstone, which has no place there
 */
export function parseRawEvent(value: string | null): RawEvent | RecordEvent | Rejection {
  const opened = openEnvelope(value, EventType.raw);
  if ('kind' in opened) return opened;
  const { envelope, data } = opened;
  const { source } = envelope;
  if (source !== 'pixel-browser' && source !== 'pixel-server') return parseRecord(envelope, data);
  const { stream, payload } = data;
  if (stream !== 'convert' && stream !== 'click') {
    return reject('unknown_source', '/data/stream', 'must be a stream of the source that this version knows');
  }
  if (!rule.isObject(payload)) return reject('invalid_field', '/data/payload', 'must be an object');
  const problem = rule.problemOfMembers(envelope, ENVELOPE);
  if (problem) return reject('invalid_field', problem.path, problem.detail);
  const problemOfData = rule.problemOfMembers(data, DATA);
  if (problemOfData) return reject('invalid_field', `/data${problemOfData.path}`, problemOfData.detail);
  const rejection = stream === 'click' ? rejectClick(payload) : rejectConversion(payload);
  if (rejection) return rejection;
  const checked: Record<keyof RawEvent, unknown> = {
    event_id: envelope.id,
    source,
    stream,
    brand: data.brand,
    natural_key: envelope.subject,
    received_at: envelope.time,
    receipt_id: data.receipt_id,
    payload,
  };
  return checked as RawEvent;
}

function parseRecord(
  envelope: Record<string, unknown>,
  data: Record<string, unknown>,
): RecordEvent | Rejection {
  if (rule.sourceName(envelope['source']) !== undefined) {
    return reject('unknown_source', '/source', 'must be the name of a source');
  }
  const problem = rule.problemOfMembers(envelope, RECORD_ENVELOPE);
  if (problem) return reject('invalid_field', problem.path, problem.detail);
  const problemOfData = rule.problemOfMembers(data, RECORD_DATA);
  if (problemOfData) return reject('invalid_field', `/data${problemOfData.path}`, problemOfData.detail);
  const checked: Record<Exclude<keyof RecordEvent, 'receipt_id'>, unknown> = {
    event_id: envelope['id'],
    source: envelope['source'],
    stream: data['stream'],
    brand: data['brand'],
    natural_key: envelope['subject'],
    received_at: envelope['time'],
    payload: data['payload'],
  };
  const record = checked as RecordEvent;
  if (data['receipt_id'] !== undefined) record.receipt_id = data['receipt_id'] as string;
  return record;
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
