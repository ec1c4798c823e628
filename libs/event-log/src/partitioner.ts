/** Which partition a key belongs to: as the Java client's default, so that all producers agree. */

const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const scratch = Buffer.allocUnsafe(3 * 256);

/** 32-bit murmur2 of `bytes[0, length)`, signed. Source: org.apache.kafka.common.utils.Utils.murmur2 */
function murmur2(bytes: Uint8Array, length: number): number {
  let hash = SEED ^ length;
  let i = 0;
  for (const last = length - 3; i < last; i += 4) {
    let word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    word = Math.imul(word, M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  const rest = length - i;
  if (rest === 3) hash ^= bytes[i + 2]! << 16;
  if (rest >= 2) hash ^= bytes[i + 1]! << 8;
  if (rest >= 1) hash = Math.imul(hash ^ bytes[i]!, M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}

/**
 * The partition of a key, 0 to `partitions` - 1. kafkajs has the same function; on BigInt it costs more
 * than all the rest of publishing a record.
 */
export function partitionOf(key: string, partitions: number): number {
  const fits = key.length * 3 <= scratch.length;
  const bytes = fits ? scratch : Buffer.from(key);
  const length = fits ? scratch.write(key) : bytes.length;
  return (murmur2(bytes, length) & 0x7fffffff) % partitions;
}
