import type { PaginatorDefinition } from '../definition.js';
import { compilePath } from '../path.js';
import type { Paginator } from './paginator.js';
import { signalText } from './signal-text.js';
import { sizeParam } from './size-param.js';

type Definition = Extract<PaginatorDefinition, { type: 'cursor' }>;

/** Goes on with the token that the answer names; null, absent or empty: no page follows. */
export function createCursor(definition: Definition): Paginator {
  const {
    cursor_param: name,
    cursor_path: path,
    size_param: sizeName,
    size,
    in: where = 'query',
  } = definition;
  const sizes = sizeParam(sizeName, size);
  const read = compilePath(path);
  return {
    ...(size === undefined ? {} : { size }),
    first: (after) => ({
      number: 1,
      address: { in: where, params: [...(after ? [{ name, value: after }] : []), ...sizes] },
    }),
    next({ step: { number }, envelope }) {
      const token = signalText(read(envelope), 'paginator.cursor_path', path);
      if (token === undefined) return undefined;
      return {
        number: number + 1,
        address: { in: where, params: [{ name, value: token }, ...sizes] },
        token,
      };
    },
  };
}
