import { isUtf8 } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import type { Instant, Rejection } from '#libs/events';
import { DecodeError } from '../decoding/decode-error.js';
import { parseJson } from '../decoding/json.js';
import type { PubsubStreamDefinition } from '../definition.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';
import {
  attributeOf,
  attributesOfBinary,
  eventFaultOf,
  eventModeOf,
  looksStructured,
} from './cloud-event-message.js';

/** A message as Pub/Sub delivered it. */
export interface PubsubMessage {
  /** Given by Pub/Sub, unique within the topic. */
  id: string;
  data: Buffer;
  attributes: Readonly<Record<string, string>>;
  /** When Pub/Sub took it. */
  publishTime: Instant;
  /** Empty or absent: none. */
  orderingKey?: string | undefined;
}

/**
 * The record of a message, or why it has none. Never throws.
 * @param onUnpacked told how many bytes its data has without gzip
 */
export type DecodeMessage = (
  message: PubsubMessage,
  onUnpacked?: (bytes: number) => void,
) => JsonObject | Rejection;

/**
 * Unpacked, a message may have so many bytes. Pub/Sub takes ten million of it as it is, and a record is held several times
 * over until the log has it: a few kilobytes of gzip must not fill a process.
 */
const MAX_UNPACKED_BYTES = 16 * 1024 * 1024;

/**
 * Compiles how a stream's messages become records: `{data, attributes, message: {id, publish_time, ordering_key},
 * event}`. Of a CloudEvent `data` is its data and `event` has its attributes (Pub/Sub Protocol Binding for CloudEvents);
 * of a message without data `data` is null. No digit of a number is lost.
 */
export function compileMessageDecoder({
  decoder,
  envelope = 'auto',
}: Pick<PubsubStreamDefinition, 'decoder' | 'envelope'>): DecodeMessage {
  const compression = decoder?.compression ?? 'auto';
  return (message, onUnpacked) => {
    try {
      const mode = envelope === 'none' ? undefined : eventModeOf(message);
      if (mode === 'batch') throw new Refusal('invalid_envelope', '/attributes', BATCH);
      const bytes = unpacked(message, compression);
      onUnpacked?.(bytes.length);
      if (mode === 'binary') return binaryEvent(message, bytes);
      const document = documentOf(bytes);
      if (mode === 'structured') return structuredEvent(message, document);
      if (envelope !== 'none' && looksStructured(document)) return structuredEvent(message, document);
      if (envelope === 'cloudevents') throw new Refusal('invalid_envelope', '', NO_EVENT);
      return recordOf(message, document);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { reason, path, message: detail } = error;
      return { kind: 'dead_letter', reason, path, detail };
    }
  };
}

const BATCH = 'the binding has no batches: a message must be one event';
const NO_EVENT =
  'must be a CloudEvent: attributes ce-specversion, ce-id, ce-source and ce-type, or the content-type application/cloudevents+json';

/** Why a message has no record. */
class Refusal extends Error {
  constructor(
    readonly reason: Rejection['reason'],
    readonly path: string,
    detail: string,
  ) {
    super(detail);
  }
}

function recordOf(message: PubsubMessage, data: JsonValue, event?: JsonObject): JsonObject {
  const { id, publishTime, orderingKey, attributes } = message;
  const record: JsonObject = {
    data,
    attributes,
    message: orderingKey
      ? { id, publish_time: publishTime, ordering_key: orderingKey }
      : { id, publish_time: publishTime },
  };
  if (event) record['event'] = event;
  return record;
}

function binaryEvent(message: PubsubMessage, bytes: Buffer): JsonObject {
  const event = attributesOfBinary(message);
  const fault = eventFaultOf(event, '/attributes/ce-');
  if (fault) throw new Refusal('invalid_envelope', fault.path, fault.detail);
  return recordOf(message, documentOf(bytes), event);
}

function structuredEvent(message: PubsubMessage, document: JsonValue): JsonObject {
  if (!isJsonObject(document)) {
    throw new Refusal('invalid_envelope', '/data', 'a CloudEvent in structured mode must be an object');
  }
  const { data = null, data_base64: packed, ...event } = document;
  const fault = eventFaultOf(event, '/data/');
  if (fault) throw new Refusal('invalid_envelope', fault.path, fault.detail);
  if (packed === undefined) return recordOf(message, data, event);
  if (typeof packed !== 'string') {
    throw new Refusal('invalid_envelope', '/data/data_base64', 'must be a text in Base64');
  }
  return recordOf(message, documentOf(Buffer.from(packed, 'base64')), event);
}

/** The bytes without gzip, which is known by its first two bytes (RFC 1952) or by `content-encoding`. */
function unpacked(message: PubsubMessage, compression: 'auto' | 'gzip' | 'none'): Buffer {
  const { data } = message;
  if (compression === 'none' || data.length === 0) return data;
  const isGzip = data[0] === 0x1f && data[1] === 0x8b;
  if (
    !isGzip &&
    (compression === 'gzip' || /^\s*(x-)?gzip\s*$/i.test(attributeOf(message, 'content-encoding') ?? ''))
  ) {
    throw new Refusal('invalid_json', '/data', 'must be gzip data, which begins with 1f 8b');
  }
  if (!isGzip) return data;
  try {
    return gunzipSync(data, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Refusal('too_large', '/data', `unpacked it has more than ${MAX_UNPACKED_BYTES} bytes`);
    }
    throw new Refusal('invalid_json', '/data', 'the gzip data is damaged or cut off');
  }
}

function documentOf(bytes: Buffer): JsonValue {
  if (bytes.length === 0) return null;
  if (!isUtf8(bytes)) throw new Refusal('invalid_json', '/data', 'must be JSON in UTF-8; it is no UTF-8');
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  try {
    return parseJson(bytes.toString('utf8', start));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new Refusal('invalid_json', '/data', `must be one JSON document; ${error.message}`);
  }
}
