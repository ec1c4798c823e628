/** What a paginator says in a request: a query parameter, or what stands at a path of the body. */
export interface PageParam {
  name: string;
  value: string | number;
}

/** How the request for one page differs from the stream's. */
export interface PageAddress {
  /** The URL that the page before named, in the place of the stream's URL and query. */
  url?: string;
  params: readonly PageParam[];
  /** Where the parameters stand. */
  in: 'query' | 'body';
}

/** The stream's request as it is. */
export const WHOLE: PageAddress = { params: [], in: 'query' };
