import { parse } from 'csv-parse/sync';
import sax from 'sax';
import { isJsonObject, type JsonObject, type JsonValue } from '#libs/sources';
import { guessTime, type GuessedTime } from './guess-time.js';

/** What one answer of a partner tells of all of them. */
export interface Sample {
  format: 'json' | 'jsonl' | 'csv' | 'xml';
  /** Where the records stand; empty: the answer is the records. */
  records: string;
  /** How many it holds. */
  count: number;
  fields: SampleField[];
  /** Of CSV. */
  delimiter?: string;
  /** Paths into the answer that say how paging goes on. */
  paging: Partial<Record<keyof typeof PAGING, string>>;
  /** `paging.next` may be the URL of the next page. */
  nextIsLink: boolean;
  /** It says that more records follow than it holds. */
  saysMore: boolean;
}

/** A field of the records. */
export interface SampleField {
  path: string;
  /** Some values that are there, as text. */
  values: string[];
  time: GuessedTime | undefined;
  /** Whether each record has a value of its own. */
  isUnique: boolean;
}

/** Of an answer that says nothing of paging. */
export const UNPAGED = { paging: {}, nextIsLink: false, saysMore: false } as const;

/** So many records are looked at. */
const LOOKED_AT = 200;
/** What is neither object nor list. */
type Leaf = Exclude<JsonValue, object> | null;

/** Names of what says how paging goes on, without what stands before `@`, `.` or `:` in them. */
const PAGING = {
  total:
    /^(?:total|total_?(?:count|rows|records|results|items|elements|entries|size)|records_?total|number_of_rows|count)$/i,
  next: /^next(?:_?page)?(?:_?(?:ur[il]|link|href))?$/i,
  lastPage: /^(?:last_?page|total_?pages|num_?pages|page_?(?:count|total)|pages)$/i,
  hasMore: /^(?:has_?more|has_?next(?:_?page)?|more)$/i,
  done: /^(?:done|(?:is_?)?last|is_?last_?page|(?:payload_?)?complete)$/i,
  cursor: /^(?:(?:next|end)_?cursor|cursor|next_?(?:page_?)?token|continuation_?token)$/i,
} as const;

/** What stands where a name promises it. */
const PROMISED: Partial<Record<keyof typeof PAGING, (value: Leaf) => boolean>> = {
  total: isCount,
  lastPage: isCount,
  hasMore: isFlag,
  done: isFlag,
};

function isCount(value: Leaf): boolean {
  return /^\d+$/.test(String(value));
}

function isFlag(value: Leaf): boolean {
  return /^(?:true|false|[01])$/i.test(String(value));
}

/**
 * Looks at an answer: how it is written, where the records stand, which fields they have. Values are looked at as
 * text, and are not to be relied on to the last digit.
 * @throws where it is none of the forms that are understood
 */
export function lookAtSample(text: string): Sample {
  const body = text.replace(/^\uFEFF/, '').trim();
  if (body.startsWith('<')) return lookAtXml(body);
  if (/^[[{]/.test(body)) {
    const document = jsonOf(body);
    if (document !== undefined) return lookAtJson(document);
    const lines = body.split(/\r?\n/).filter((line) => line.trim() !== '');
    const records = lines.map(jsonOf);
    if (records.every((r) => r !== undefined && isJsonObject(r))) {
      return { format: 'jsonl', records: '', ...described(records), ...UNPAGED };
    }
    throw new Error('it begins as JSON does, and is neither one document of it nor one a line');
  }
  return lookAtCsv(body);
}

function jsonOf(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function lookAtJson(document: JsonValue): Sample {
  const found = recordsIn(document);
  const paging: Sample['paging'] = {};
  const holder = found && /^(.*?)\.?\*/.exec(found.path)?.[1];
  const told: Partial<Record<keyof typeof PAGING, Leaf>> = {};
  for (const { path, name, value } of membersOf(document)) {
    if (holder !== undefined && path.startsWith(holder)) continue;
    for (const key of Object.keys(PAGING) as (keyof typeof PAGING)[]) {
      if (key in paging || !PAGING[key].test(name.replace(/^.*[.@:]/, ''))) continue;
      if (PROMISED[key]?.(value) === false) continue;
      paging[key] = path;
      told[key] = value;
    }
  }
  const records = found?.records ?? (isJsonObject(document) ? [document] : []);
  const { next = null, total = 0, lastPage = 1, hasMore = false, done = true } = told;
  const isTrue = (value: Leaf): boolean => /^(?:true|1)$/i.test(String(value));
  const isLast = next === null || next === '' || next === false;
  const nextIsLink = 'next' in told && (isLast || /[/?]/.test(String(next)));
  const saysMore =
    !isLast ||
    [Number(total) > records.length, Number(lastPage) > 1, isTrue(hasMore), !isTrue(done)].some(Boolean);
  return { format: 'json', records: found?.path ?? '', ...described(records), paging, nextIsLink, saysMore };
}

interface FoundRecords {
  path: string;
  records: JsonObject[];
}

/** The greatest list of objects, or of objects by their ids; the one that stands least deep among equals. */
function recordsIn(document: JsonValue): FoundRecords | undefined {
  const found: FoundRecords[] = [];
  const visit = (value: JsonValue, path: string, depth: number): void => {
    if (Array.isArray(value)) {
      if (value.every(isJsonObject)) found.push({ path, records: value });
    } else if (isJsonObject(value) && depth < 4) {
      const byId = recordsById(value, path);
      if (byId) return void found.push(byId);
      for (const [name, member] of Object.entries(value)) visit(member, joined(path, name), depth + 1);
    }
  };
  visit(document, '', 0);
  return found.sort((a, b) => b.records.length - a.records.length)[0];
}

/** Of an object whose members are called by ids: the records are the members, or the one object in each of them. */
function recordsById(value: JsonObject, path: string): FoundRecords | undefined {
  const members = Object.values(value);
  if (members.length === 0 || !members.every(isJsonObject)) return undefined;
  if (!Object.keys(value).every((name) => /^\d+$/.test(name))) return undefined;
  const each = path === '' ? '*' : `${path}.*`;
  const [[model, ...others] = []] = members.map((member) => Object.keys(member));
  const within = members.map((member) => member[model ?? '']);
  const isPacked = others.length === 0 && within.every((one) => one !== undefined && isJsonObject(one));
  return isPacked && model !== undefined
    ? { path: joined(each, model), records: within }
    : { path: each, records: members };
}

/** Members of objects, with their paths; lists are not gone into. */
function membersOf(value: JsonValue, path = '', depth = 0): { path: string; name: string; value: Leaf }[] {
  if (!isJsonObject(value) || depth > 3) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const at = joined(path, name);
    return isJsonObject(member)
      ? membersOf(member, at, depth + 1)
      : Array.isArray(member)
        ? []
        : [{ path: at, name, value: member }];
  });
}

function joined(path: string, name: string): string {
  if (!/^[^.[\]'"$]+$/.test(name) || name === '*')
    return `${path}[${name.includes("'") ? `"${name}"` : `'${name}'`}]`;
  return path === '' ? name : `${path}.${name}`;
}

function described(records: readonly JsonObject[]): Pick<Sample, 'count' | 'fields'> {
  const values = new Map<string, string[]>();
  for (const record of records.slice(0, LOOKED_AT)) {
    for (const [path, value] of leavesOf(record)) {
      const there = values.get(path) ?? values.set(path, []).get(path)!;
      if (value !== '') there.push(value);
    }
  }
  const looked = Math.min(records.length, LOOKED_AT);
  const fields = [...values].map(([path, texts]) => ({
    path,
    values: texts,
    time: guessTime(texts),
    isUnique: texts.length === looked && new Set(texts).size === looked,
  }));
  return { count: records.length, fields };
}

/** Values that are no objects and no lists, as text; nothing is empty. */
function leavesOf(value: JsonObject, path = '', depth = 0): [path: string, text: string][] {
  return Object.entries(value).flatMap(([name, member]): [string, string][] => {
    const at = joined(path, name);
    if (isJsonObject(member)) return depth < 3 ? leavesOf(member, at, depth + 1) : [];
    return Array.isArray(member) ? [] : [[at, member === null ? '' : String(member)]];
  });
}

function lookAtCsv(text: string): Sample {
  const [head = ''] = text.split(/\r?\n/, 1);
  const delimiter = [',', ';', '\t', '|']
    .map((sign) => ({ sign, times: head.split(sign).length }))
    .sort((a, b) => b.times - a.times)[0]!;
  if (delimiter.times < 2) throw new Error('it is neither JSON nor XML, nor has its first line columns');
  const records = parse<JsonObject>(text, {
    delimiter: delimiter.sign,
    columns: true,
    relax_column_count: true,
    skip_empty_lines: true,
    to: LOOKED_AT,
  });
  return {
    format: 'csv',
    records: '',
    ...described(records),
    ...(delimiter.sign !== ',' && { delimiter: delimiter.sign }),
    ...UNPAGED,
  };
}

/**
 * Records are the elements that are repeated, or have elements or attributes in them, least deep below the root. Paths
 * are those of the decoder: names with their prefix, attributes as `@name`, the text beside them as `#text`.
 */
function lookAtXml(text: string): Sample {
  const parser = sax.parser(true, { trim: true });
  const path: string[] = [];
  const times = new Map<string, number>();
  const leaves = new Map<string, string[]>();
  const hasMembers = new Set<string>();
  let leaf = '';
  const add = (at: string, value: string): void =>
    void (leaves.get(at) ?? leaves.set(at, []).get(at)!).push(value);
  parser.onopentag = ({ name, attributes }) => {
    if (path.length > 0) hasMembers.add(path.join('.'));
    path.push(name);
    const at = path.join('.');
    times.set(at, (times.get(at) ?? 0) + 1);
    for (const [attribute, value] of Object.entries(attributes)) {
      hasMembers.add(at);
      add(`${at}.@${attribute}`, String(value));
    }
    leaf = '';
  };
  parser.ontext = parser.oncdata = (piece) => {
    leaf += piece;
  };
  parser.onclosetag = () => {
    const at = path.join('.');
    if (!hasMembers.has(at)) add(at, leaf);
    else if (leaf !== '') add(`${at}.#text`, leaf);
    path.pop();
    leaf = '';
  };
  parser.onerror = (error) => {
    throw new Error(`it begins as XML does, and is none: ${error.message.split('\n')[0]}`);
  };
  parser.write(text).close();
  const holders = [...times].filter(([at]) => at.includes('.') && hasMembers.has(at));
  const records = holders.find(([, n]) => n > 1)?.[0] ?? fullest(holders, [...leaves.keys()]);
  const total = [...leaves.keys()].find(
    (at) => !inside(records, at) && PAGING.total.test(at.replace(/^.*[.@:]/, '')),
  );
  const count = times.get(records) ?? 0;
  const fields = [...leaves]
    .filter(([at]) => inside(records, at))
    .map(([at, texts]) => {
      const values = texts.filter((t) => t !== '');
      const isUnique = values.length === count && new Set(values).size === count;
      return { path: at.slice(records.length + 1), values, time: guessTime(values), isUnique };
    });
  return {
    ...{ format: 'xml', records, count, fields },
    ...UNPAGED,
    ...(total !== undefined && { paging: { total } }),
  };
}

/** Of elements that stand once: the one with most values in it, the least deep of equals. */
function fullest(holders: readonly [string, number][], leaves: readonly string[]): string {
  const valuesIn = (at: string): number =>
    leaves.filter((leaf) => leaf.replace(/\.[^.]*$/, '') === at).length;
  const [first] = holders
    .map(([at]) => ({ at, values: valuesIn(at) }))
    .sort((a, b) => b.values - a.values || depthOf(a.at) - depthOf(b.at));
  return first?.at ?? '';
}

const inside = (records: string, at: string): boolean => at.startsWith(`${records}.`);
const depthOf = (path: string): number => path.split('.').length;
