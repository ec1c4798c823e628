import { createHash, hash } from 'node:crypto';

// crypto.hash spares an object a call, but a Node 20 older than 20.12 has none.
const sha256 =
  typeof hash === 'function'
    ? (text: string): string => hash('sha256', text, 'hex')
    : (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * SHA-256 (hex, 64 characters) over the parts, each prefixed with its length in UTF-8 bytes, so that no two
 * different lists of parts give the same text. `undefined` and the empty string are told apart.
 */
export function hashParts(parts: readonly (string | undefined)[]): string {
  let text = '';
  for (const part of parts) text += part === undefined ? '-;' : `${Buffer.byteLength(part)}:${part};`;
  return sha256(text);
}

/** What makes an event the same event when it is read again. */
export interface EventIdentity {
  brand: string;
  source: string;
  stream: string;
  naturalKey: string;
  /** The source's own revision of the record, if it has one. */
  version?: string;
  /** Canonical text of the payload (`canonicalJson`), without anything the edge added. */
  payload: string;
}

/** Deterministic event id: the same record read twice has the same id. */
export function eventId(e: EventIdentity): string {
  return hashParts([e.brand, e.source, e.stream, e.naturalKey, e.version, e.payload]);
}

/** Stable id of a conversion (hex, 32 characters): the same for every source and every replay. */
export function conversionId(brand: string, type: string, conversionKey: string): string {
  return hashParts([brand, type, conversionKey]).slice(0, 32);
}

/**
 * JSON with object keys sorted by code unit at every level and `undefined` members left out, so that equal
 * values have equal text.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, v: unknown) =>
    v !== null && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : v,
  );
}
