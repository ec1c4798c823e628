import type { PaginatorDefinition } from '../definition.js';
import type { PageStep, Paginator } from './paginator.js';
import { sizeParam } from './size-param.js';

type Definition = Extract<PaginatorDefinition, { type: 'page' }>;

/**
 * Page numbers. A row that is inserted in front of the reader while it pages moves others onto the next page: they are
 * read twice, which is harmless, and the new row is missed; a row that is removed makes one be missed. A stated total
 * shows the former (`stated-total.ts`); the look-back of the stream repairs both.
 */
export function createPage(definition: Definition): Paginator {
  const { page_param: name, size, start = 1, in: where = 'query' } = definition;
  const step = (number: number): PageStep => ({
    number,
    address: { in: where, params: [{ name, value: number }, ...sizeParam(definition.size_param, size)] },
  });
  return {
    ...(size === undefined ? {} : { size }),
    first: () => step(start),
    next: ({ step: { number } }) => step(number + 1),
  };
}
