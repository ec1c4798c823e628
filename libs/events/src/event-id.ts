import { hash } from 'node:crypto';

/**
 * SHA-256 (hex, 64 characters) over the parts, each prefixed with its length in UTF-8 bytes, so that no two
 * different lists of parts give the same text. `undefined` and the empty string are told apart; a lone
 * surrogate is not told from U+FFFD, as UTF-8 has neither.
 */
export function hashParts(parts: readonly (string | undefined)[]): string {
  return hash('sha256', joinParts(parts), 'hex');
}

/** What `hashParts` hashes, or the beginning of it where not all parts are there. */
export function joinParts(parts: readonly (string | undefined)[]): string {
  let text = '';
  for (const part of parts) text += part === undefined ? '-;' : `${Buffer.byteLength(part)}:${part};`;
  return text;
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

/** Id of the touchpoint that a click is as well, by the id of its event. */
export function touchpointId(clickEventId: string): string {
  return hashParts([clickEventId, 'touchpoint']);
}

/** Stable id of a conversion (hex, 32 characters): the same for every source and every replay. */
export function conversionId(brand: string, type: string, conversionKey: string): string {
  return hashParts([brand, type, conversionKey]).slice(0, 32);
}
