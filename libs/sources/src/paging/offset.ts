import type { PaginatorDefinition } from '../definition.js';
import type { PageStep, Paginator } from './paginator.js';
import { sizeParam } from './size-param.js';

type Definition = Extract<PaginatorDefinition, { type: 'offset' }>;

/**
 * Offset and limit. Goes on by what came, not by the limit: a partner that caps the limit would else have rows
 * skipped, and one that filters afterwards only has some read twice. Rows that move while paging: as with `page`.
 */
export function createOffset(definition: Definition): Paginator {
  const { offset_param: name, limit_param: limitParam, limit, in: where = 'query' } = definition;
  const step = (number: number, offset: number): PageStep => ({
    number,
    address: { in: where, params: [{ name, value: offset }, ...sizeParam(limitParam, limit)] },
  });
  return {
    size: limit,
    first: () => step(1, 0),
    next: ({ step: { number }, readSoFar }) => step(number + 1, readSoFar),
  };
}
