import type { Message } from '@google-cloud/pubsub';
import { rawEventKey, type Instant, type Rejection } from '#libs/events';
import type { PublishedRecord } from '#libs/event-log';
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
  /**
   * What goes to `raw-events` of each message, or why nothing does, in their order. In portions, as messages may be many
   * times as large unpacked: the next one is made when it is asked for.
   */
  write(messages: readonly ReceivedMessage[]): Generator<(PublishedRecord | Rejection)[]>;
}

/** A message, and when it came (epoch milliseconds). */
export interface ReceivedMessage extends PubsubMessage {
  receivedAtMs: number;
}

const BATCH = { messages: 500, max_wait: 'PT0.05S' };
const FLOW_CONTROL = { messages: 5_000, bytes: 64 * 1024 * 1024 };
/** A portion ends with the message that brings its unpacked data to so much. */
const PORTION_BYTES = 8 * 1024 * 1024;

/** @throws PathError, RecordSchemaError where the definition was not checked */
export function bridgedStreamOf(
  source: PubsubSourceDefinition,
  stream: PubsubStreamDefinition,
  recordSchema: object | undefined,
): BridgedStream {
  const compiled = compileStream(source, messageStream(stream), recordSchema);
  const decode: DecodeMessage = compileMessageDecoder(stream);
  const encode = (
    messages: readonly ReceivedMessage[],
    decoded: readonly (JsonObject | Rejection)[],
  ): (PublishedRecord | Rejection)[] => {
    const written = new Array<PublishedRecord | Rejection>(messages.length);
    const byTime = new Map<number, { at: number[]; records: JsonObject[] }>();
    for (const [i, record] of decoded.entries()) {
      if (isRejection(record)) {
        written[i] = record;
        continue;
      }
      const { receivedAtMs } = messages[i]!;
      const of = byTime.get(receivedAtMs);
      if (of) {
        of.at.push(i);
        of.records.push(record);
      } else byTime.set(receivedAtMs, { at: [i], records: [record] });
    }
    for (const [ms, { at, records }] of byTime) {
      const encoded = compiled.encodeRecords(records, `${millisecondText(ms)}000Z`);
      for (const [n, { key, value }] of encoded.entries()) {
        const { orderingKey } = messages[at[n]!]!;
        // One key on the log for one ordering key keeps the order of its messages
        written[at[n]!] = { key: orderingKey ? rawEventKey(source.name, orderingKey) : key, value };
      }
    }
    return written;
  };
  const batch = { ...BATCH, ...stream.batch };
  return {
    source: source.name,
    stream: stream.name,
    subscription: stream.subscription,
    batch: { messages: batch.messages, maxWaitMs: durationMs(batch.max_wait)! },
    flowControl: { ...FLOW_CONTROL, ...stream.flow_control },
    *write(messages) {
      let begin = 0;
      let bytes = 0;
      let decoded: (JsonObject | Rejection)[] = [];
      for (const [i, message] of messages.entries()) {
        decoded.push(decode(message, (unpacked) => (bytes += unpacked)));
        if (bytes < PORTION_BYTES && i + 1 < messages.length) continue;
        yield encode(messages.slice(begin, i + 1), decoded);
        begin = i + 1;
        bytes = 0;
        decoded = [];
      }
    },
  };
}

function isRejection(decoded: JsonObject | Rejection): decoded is Rejection {
  return 'kind' in decoded;
}

/** A message of the client as a stream takes it. */
export function messageOf(message: Message): ReceivedMessage {
  const { id, data, attributes, publishTime, orderingKey, received } = message;
  return { id, data, attributes, publishTime: instantOf(publishTime), orderingKey, receivedAtMs: received };
}

/** Texts of the milliseconds that were written last: those of publishing and receiving take turns. */
const texts = new Map<number, string>();
const MAX_TEXTS = 1_000;

/** With its microseconds. Neighbours mostly have one millisecond, and Date's text is what takes long. */
function instantOf(time: Message['publishTime']): Instant {
  const micros = String(time.getMicroseconds()).padStart(3, '0');
  return `${millisecondText(time.getTime())}${micros}Z`;
}

function millisecondText(ms: number): string {
  let text = texts.get(ms);
  if (text === undefined) {
    if (texts.size >= MAX_TEXTS) texts.clear();
    texts.set(ms, (text = new Date(ms).toISOString().slice(0, -1)));
  }
  return text;
}
