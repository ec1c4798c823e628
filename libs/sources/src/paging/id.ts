import type { PaginatorDefinition } from '../definition.js';
import { definitionError } from '../errors/slice-error.js';
import type { Paginator } from './paginator.js';
import { sizeParam } from './size-param.js';

type Definition = Extract<PaginatorDefinition, { type: 'id' }>;

/** Goes on after the greatest id of the page. */
export function createId(definition: Definition): Paginator {
  const { id_param: name, id_path: idPath, size_param: sizeName, size, in: where = 'query' } = definition;
  const sizes = sizeParam(sizeName, size);
  return {
    ...(size === undefined ? {} : { size }),
    idPath,
    first: (after) => ({
      number: 1,
      address: { in: where, params: [...(after ? [{ name, value: after }] : []), ...sizes] },
    }),
    next({ step: { number }, greatestId }) {
      if (greatestId === undefined)
        throw definitionError('paginator.id_path', `no record has an id at ${idPath}`);
      const params = [{ name, value: greatestId }, ...sizes];
      return { number: number + 1, address: { in: where, params }, token: greatestId };
    },
  };
}
