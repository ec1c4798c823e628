import { headerValue } from '../requesting/compile-requester.js';
import { queryParam, withParam } from '../requesting/query.js';
import type { RequestDraft } from '../requesting/request-draft.js';

/** Where a key, token or signature stands in a request. */
export interface Place {
  in: 'header' | 'query' | 'cookie';
  name: string;
}

/** The request with the value at its place, instead of what stood there. @throws SliceError for a broken header */
export function placeCredential(draft: RequestDraft, place: Place, value: string): RequestDraft {
  if (place.in === 'query') {
    return { ...draft, query: withParam(draft.query, queryParam(place.name, value, draft.queryEncoding)) };
  }
  if (place.in === 'cookie') {
    const others = (draft.headers.cookie ?? '')
      .split('; ')
      .filter((pair) => pair !== '' && !pair.startsWith(`${place.name}=`));
    return withHeader(draft, 'cookie', [...others, `${place.name}=${value}`].join('; '));
  }
  return withHeader(draft, place.name.toLowerCase(), value);
}

function withHeader(draft: RequestDraft, name: string, value: string): RequestDraft {
  return { ...draft, headers: { ...draft.headers, [name]: headerValue(value, 'authenticator') } };
}
