import type { HttpRequest } from '../http.js';
import { queryText, type QueryEncoding, type QueryParam } from './query.js';

/** A request whose parameters and headers can still be added to, as an authenticator does. */
export interface RequestDraft {
  method: 'GET' | 'POST';
  /** URL up to its query: scheme, host and path. */
  address: string;
  query: readonly QueryParam[];
  queryEncoding: QueryEncoding;
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  body?: string;
}

/** URL of a draft. */
export function urlOf({ address, query }: Pick<RequestDraft, 'address' | 'query'>): string {
  return query.length === 0 ? address : `${address}?${queryText(query)}`;
}

/** The draft as it is sent. */
export function requestOf(draft: RequestDraft): HttpRequest {
  const { method, headers, body } = draft;
  return { method, url: urlOf(draft), headers: { ...headers }, ...(body === undefined ? {} : { body }) };
}
