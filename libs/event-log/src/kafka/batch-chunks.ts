import type { KafkaMessage } from 'kafkajs';

/** Upper bounds of one chunk; a single larger message comes alone. */
export interface ChunkBounds {
  maxRecords: number;
  maxBytes: number;
}

function sizeOf({ key, value }: KafkaMessage): number {
  return (key?.length ?? 0) + (value?.length ?? 0);
}

/** Cuts what one fetch brought of a partition into chunks, in order, none of them empty. */
export function* chunksOf(
  messages: readonly KafkaMessage[],
  { maxRecords, maxBytes }: ChunkBounds,
): Generator<KafkaMessage[]> {
  let first = 0;
  let bytes = 0;
  for (let i = 0; i < messages.length; i++) {
    const size = sizeOf(messages[i]!);
    if (i > first && (i - first >= maxRecords || bytes + size > maxBytes)) {
      yield messages.slice(first, i);
      first = i;
      bytes = 0;
    }
    bytes += size;
  }
  if (first < messages.length) yield messages.slice(first);
}
