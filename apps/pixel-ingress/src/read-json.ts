/** A JSON body that cannot be read. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

/** An object of a JSON body names one key twice, so that readers would differ on its value. */
export class RepeatedKeyError extends Error {
  override readonly name = 'RepeatedKeyError';
  constructor(readonly key: string) {
    super('a key stands twice in one object');
  }
}

/** As of documents of APIs; what writes a record anew walks down into it. */
const MAX_DEPTH = 512;

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\],:]/g;

/**
 * Reads JSON whose numbers become strings of their own digits: amounts never are floats, and an id of twenty
 * digits stays whole. (`JSON.parse` tells a number's text only from Node 21 on.)
 * @throws JsonError where the text is no JSON or nests too deep, RepeatedKeyError where an object has a key twice
 */
export function readJson(text: string): unknown {
  try {
    JSON.parse(text); // what follows relies on valid JSON
  } catch {
    throw new JsonError('the body is not JSON');
  }
  let quoted = '';
  let at = 0;
  // One entry for each open object (its keys) or array (undefined)
  const open: (Set<string> | undefined)[] = [];
  let keyNext = false;
  for (const match of text.matchAll(TOKEN)) {
    const token = match[0];
    const first = token[0]!;
    if (first === '{' || first === '[') {
      if (open.push(first === '{' ? new Set() : undefined) > MAX_DEPTH) {
        throw new JsonError(`the body nests deeper than ${MAX_DEPTH} levels`);
      }
      keyNext = first === '{';
    } else if (first === '}' || first === ']') {
      open.pop();
    } else if (first === ',') {
      keyNext = open.at(-1) !== undefined;
    } else if (first === '"') {
      if (keyNext) addKey(open.at(-1)!, JSON.parse(token) as string);
      keyNext = false;
    } else if (first !== ':') {
      quoted += `${text.slice(at, match.index)}"${token}"`;
      at = match.index + token.length;
    }
  }
  return JSON.parse(quoted + text.slice(at));
}

function addKey(keys: Set<string>, key: string): void {
  if (keys.has(key)) throw new RepeatedKeyError(key);
  keys.add(key);
}
