import type { Message } from '@google-cloud/pubsub';
import { instantFromMs, parseInstant, rawEventKey, type Rejection } from '#libs/events';
import type { LogRecord } from '#libs/event-log';
import {
  compileMessageDecoder,
  compileStream,
  durationMs,
  messageStream,
  type DecodeMessage,
  type JsonObject,
  type PubsubMessage,
  type PubsubSourceDefinition,
  type PubsubStreamDefinition,
} from '#libs/sources';

/** A stream as the bridge needs it: made once from its definition. */
export interface BridgedStream {
  source: string;
  stream: string;
  /** As the definition names it. */
  subscription: string;
  batch: { messages: number; maxWaitMs: number };
  flowControl: { messages: number; bytes: number };
  /** The record that goes to `raw-events`, or why there is none. */
  write(message: PubsubMessage, receivedAtMs: number): LogRecord | Rejection;
}

const BATCH = { messages: 500, max_wait: 'PT0.05S' };
const FLOW_CONTROL = { messages: 5_000, bytes: 64 * 1024 * 1024 };

/** @throws PathError, RecordSchemaError where the definition was not checked */
export function bridgedStreamOf(
  source: PubsubSourceDefinition,
  stream: PubsubStreamDefinition,
  recordSchema: object | undefined,
): BridgedStream {
  const compiled = compileStream(source, messageStream(stream), recordSchema);
  const decode: DecodeMessage = compileMessageDecoder(stream);
  const batch = { ...BATCH, ...stream.batch };
  return {
    source: source.name,
    stream: stream.name,
    subscription: stream.subscription,
    batch: { messages: batch.messages, maxWaitMs: durationMs(batch.max_wait)! },
    flowControl: { ...FLOW_CONTROL, ...stream.flow_control },
    write(message, receivedAtMs) {
      const record = decode(message);
      if (isRejection(record)) return record;
      const { event, value } = compiled.writeRecord(record, { receivedAt: instantFromMs(receivedAtMs) });
      // One key on the log for one ordering key keeps the order of its messages
      return { key: rawEventKey(source.name, message.orderingKey || event.natural_key), value };
    },
  };
}

function isRejection(decoded: JsonObject | Rejection): decoded is Rejection {
  return 'kind' in decoded;
}

/** A message of the client as the decoder takes it. */
export function messageOf(message: Message): PubsubMessage {
  const { id, data, attributes, publishTime, orderingKey } = message;
  return {
    ...{ id, data, attributes, orderingKey },
    publishTime: parseInstant(publishTime.toISOString()) ?? instantFromMs(publishTime.getTime()),
  };
}
