import { SliceError } from '../errors/slice-error.js';
import type { PageStep } from './paginator.js';

/** Sees to it that paging comes to an end. */
export interface PagingGuard {
  /** A page with records was read. @throws SliceError where it came before */
  page(hash: number): void;
  /** A page will be asked for. @throws SliceError where its token came before, or it is one too many */
  step(step: PageStep): void;
}

const DEFAULT_MAX_PAGES = 10_000;

/** Guards one slice. @param firstToken what the first page goes on after, as the slice's cursor */
export function guardPaging(maxPages = DEFAULT_MAX_PAGES, firstToken?: string): PagingGuard {
  const hashes = new Map<number, number>();
  const tokens = new Set<string>(firstToken ? [firstToken] : []);
  let asked = 0;
  return {
    page(hash) {
      const before = hashes.get(hash);
      if (before !== undefined) {
        throw new SliceError(
          'system_error',
          'page_repeated',
          `page ${asked} has the same records as page ${before}: the partner repeats itself instead of ending; ` +
            'check the paginator’s parameters, or name in paginator.stop how it says that a page is the last',
        );
      }
      hashes.set(hash, asked);
    },
    step({ token }) {
      if (asked >= maxPages) {
        const message = `more than ${maxPages} pages; raise paginator.max_pages or read shorter windows`;
        throw new SliceError('config_error', 'max_pages', message);
      }
      if (token !== undefined && tokens.has(token)) {
        throw new SliceError(
          'system_error',
          'token_repeated',
          `page ${asked} leads back to a page that was read: its token, id or link came before; ` +
            'check paginator, whose parameter the partner seems to ignore',
        );
      }
      if (token !== undefined) tokens.add(token);
      asked += 1;
    },
  };
}
