/** The known parameters of one call, flat, whatever carried them: query, form or JSON. */
export interface Params {
  readonly values: ReadonlyMap<string, string>;
  /** Known parameters that came more than once. */
  readonly repeated: ReadonlySet<string>;
  /** Known parameters whose JSON value is no text, number or boolean. */
  readonly notText: ReadonlySet<string>;
}

/** Gives the known parameter that a name stands for; undefined: ignore it. */
export type KnownName = (name: string) => string | undefined;

export const NONE: ReadonlySet<string> = new Set();

/** The parameters of two carriers of one call; what stands in both is repeated. */
export function mergeParams(a: Params, b: Params): Params {
  const twice = [...b.values.keys()].filter((name) => a.values.has(name));
  return {
    values: new Map([...a.values, ...b.values]),
    repeated: new Set([...a.repeated, ...b.repeated, ...twice]),
    notText: new Set([...a.notText, ...b.notText]),
  };
}

/** The parameters of a JSON object that `readJson` has read; `null` counts as absent. */
export function paramsOf(object: Readonly<Record<string, unknown>>, knownName: KnownName): Params {
  const values = new Map<string, string>();
  const repeated = new Set<string>();
  const notText = new Set<string>();
  for (const [key, value] of Object.entries(object)) {
    const name = knownName(key);
    if (name === undefined || value === null) continue;
    if (values.has(name) || notText.has(name)) repeated.add(name);
    if (typeof value === 'string' || typeof value === 'boolean') values.set(name, String(value));
    else notText.add(name);
  }
  return { values, repeated, notText };
}
