import type { PaginatorDefinition } from '../definition.js';
import { createCursor } from './cursor.js';
import { createId } from './id.js';
import { createLink } from './link.js';
import { createNone } from './none.js';
import { createOffset } from './offset.js';
import { createPage } from './page.js';
import type { Paginator } from './paginator.js';

type Create<Type extends PaginatorDefinition['type']> = (
  definition: Extract<PaginatorDefinition, { type: Type }>,
) => Paginator;

const PAGINATORS = {
  none: createNone,
  page: createPage,
  offset: createOffset,
  id: createId,
  cursor: createCursor,
  link: createLink,
} satisfies { [Type in PaginatorDefinition['type']]: Create<Type> };

/** Makes what a definition describes. @throws SliceError (config_error) for what it cannot describe */
export function createPaginator(definition: PaginatorDefinition): Paginator {
  return (PAGINATORS[definition.type] as Create<PaginatorDefinition['type']>)(definition);
}
