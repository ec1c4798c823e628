import { createHash, createHmac } from 'node:crypto';
import type { SignatureDefinition } from '../definition.js';

/** How a digest is written. */
export type DigestEncoding = NonNullable<SignatureDefinition['encoding']>;

/** Names as node:crypto knows them; `keyed`: an HMAC (RFC 2104). */
const ALGORITHMS = {
  md5: { hash: 'md5', keyed: false },
  sha1: { hash: 'sha1', keyed: false },
  sha256: { hash: 'sha256', keyed: false },
  hmac_md5: { hash: 'md5', keyed: true },
  hmac_sha1: { hash: 'sha1', keyed: true },
  hmac_sha256: { hash: 'sha256', keyed: true },
  hmac_sha512: { hash: 'sha512', keyed: true },
} satisfies Record<SignatureDefinition['algorithm'], { hash: string; keyed: boolean }>;

/** Whether the algorithm needs a key. */
export function needsKey(algorithm: SignatureDefinition['algorithm']): boolean {
  return ALGORITHMS[algorithm].keyed;
}

/** Digest of a text in UTF-8. @param key of an HMAC; a digest without a key ignores it */
export function digestOf(
  algorithm: SignatureDefinition['algorithm'],
  text: string | Uint8Array,
  key: string | Uint8Array,
  encoding: DigestEncoding,
): string {
  const { hash, keyed } = ALGORITHMS[algorithm];
  const digest = keyed ? createHmac(hash, key).update(text) : createHash(hash).update(text);
  return encoding === 'hex_upper' ? digest.digest('hex').toUpperCase() : digest.digest(encoding);
}
