import type { PaginatorDefinition } from '../definition.js';
import { SliceError, definitionError } from '../errors/slice-error.js';
import { compilePath } from '../path.js';
import { WHOLE } from '../requesting/page-param.js';
import { linkOf } from './link-header.js';
import type { PageSeen, Paginator } from './paginator.js';
import { signalText } from './signal-text.js';

type Definition = Extract<PaginatorDefinition, { type: 'link' }>;

/**
 * Goes on at the URL that the answer names, in a Link header (`rel=next`, RFC 8288) or in its body, relative to the
 * page's own. Another scheme, host or port is refused: it would be shown the credentials. What stands in
 * `requester.query` does not go along, what the authenticator puts into the query does.
 */
export function createLink({ from, path }: Definition): Paginator {
  const find = from === 'header' ? findInHeader : findInBody(path);
  return {
    first: () => ({ number: 1, address: WHOLE }),
    next(seen) {
      const link = find(seen);
      if (link === undefined) return undefined;
      const url = resolve(link, seen.url);
      return { number: seen.step.number + 1, address: { ...WHOLE, url }, token: url };
    },
  };
}

function findInHeader({ headers }: PageSeen): string | undefined {
  return linkOf(headers.link ?? '', 'next');
}

function findInBody(path: string | undefined): (seen: PageSeen) => string | undefined {
  if (path === undefined) throw definitionError('paginator.path', 'is needed with from: body');
  const read = compilePath(path);
  return ({ envelope }) => signalText(read(envelope), 'paginator.path', path);
}

function resolve(link: string, page: string): string {
  const refuse = (why: string) =>
    new SliceError('config_error', 'next_link', `the link to the next page ${why}`);
  if (!URL.canParse(link, page)) throw refuse('is no URL');
  const url = new URL(link, page);
  const { origin } = new URL(page);
  if (url.origin !== origin || url.username || url.password) {
    throw refuse(`leads to ${url.origin}, away from ${origin}: it would be shown the credentials`);
  }
  url.hash = '';
  return url.href;
}
