import type { PageParam } from '../requesting/page-param.js';

/** The parameter that names the size of a page, where the definition names both. */
export function sizeParam(name: string | undefined, value: number | undefined): PageParam[] {
  return name === undefined || value === undefined ? [] : [{ name, value }];
}
