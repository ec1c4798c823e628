import { instantFromMs, type Rejection } from '#libs/events';
import { compileMessageDecoder, compileStream, messageStream, type PubsubMessage } from '#libs/sources';
import type { TriedRecord } from '../try-records.js';
import type { FoundSubscription } from './found-subscription.js';

/** Maps a message as bridge and normalizer would: its record and events, or why it is none. */
export function compileMessageTrial({
  source,
  stream,
  recordSchema,
}: FoundSubscription): (message: PubsubMessage) => TriedRecord | Rejection {
  const decode = compileMessageDecoder(stream);
  const compiled = compileStream(source, messageStream(stream), recordSchema);
  return (message) => {
    const record = decode(message);
    if (isRejection(record)) return record;
    const raw = compiled.recordEvent(record, { receivedAt: instantFromMs(Date.now()) });
    return { record, naturalKey: compiled.naturalKeyOf(record), ...compiled.map(record, raw) };
  };
}

/** Whether a message is no record. */
export function isRejection(tried: object): tried is Rejection {
  return 'kind' in tried;
}
