const TARGET = /[\s,]*<([^>]*)>/y;
/** A parameter; a quoted value may hold commas and semicolons. */
const PARAM = /\s*;\s*([^\s=;,"]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/y;

/**
 * Target of the first link with this relation in a Link header (RFC 8288, 3). A link with an `anchor` is about another
 * page and is passed over.
 * @returns undefined where there is none, or the header is broken before it
 */
export function linkOf(header: string, relation: string): string | undefined {
  for (let at = 0; at < header.length;) {
    TARGET.lastIndex = at;
    const target = TARGET.exec(header)?.[1];
    if (target === undefined) return undefined;
    const params = new Map<string, string>();
    at = readParams(header, TARGET.lastIndex, params);
    const relations = (params.get('rel') ?? '').toLowerCase().split(/\s+/);
    if (relations.includes(relation) && !params.has('anchor')) return target.trim();
  }
  return undefined;
}

/** The first of each name counts (RFC 8288, 3.3). @returns where they end */
function readParams(header: string, start: number, params: Map<string, string>): number {
  let end = start;
  for (;;) {
    PARAM.lastIndex = end;
    const param = PARAM.exec(header);
    if (!param) return end;
    end = PARAM.lastIndex;
    const [, name, quoted, token] = param;
    const key = name!.toLowerCase();
    if (!params.has(key)) params.set(key, quoted?.replace(/\\(.)/g, '$1') ?? token ?? '');
  }
}
