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
  paging: { total?: string; next?: string; lastPage?: string; hasMore?: string; cursor?: string };
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

/** So many records are looked at. */
const LOOKED_AT = 200;
const PAGING = {
  total: /^(?:total|total_?(?:count|rows|records|results|items)|number_of_rows|count)$/i,
  next: /^(?:next|next_?(?:url|page_?url|link|href))$/i,
  lastPage: /^(?:last_?page|total_?pages|page_?count|pages)$/i,
  hasMore: /^(?:has_?more|has_?next(?:_?page)?|more)$/i,
  cursor: /^(?:next_?cursor|cursor|next_?(?:page_?)?token|continuation_?token)$/i,
} as const;

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
      return { format: 'jsonl', records: '', ...described(records), paging: {} };
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
  for (const { path, name } of membersOf(document)) {
    for (const key of Object.keys(PAGING) as (keyof typeof PAGING)[]) {
      if (PAGING[key].test(name)) paging[key] ??= path;
    }
  }
  const records = found?.records ?? (isJsonObject(document) ? [document] : []);
  return { format: 'json', records: found?.path ?? '', ...described(records), paging };
}

/** The greatest list of objects, the one that stands least deep among equals. */
function recordsIn(document: JsonValue): { path: string; records: JsonObject[] } | undefined {
  const found: { path: string; records: JsonObject[] }[] = [];
  const visit = (value: JsonValue, path: string, depth: number): void => {
    if (Array.isArray(value)) {
      if (value.every(isJsonObject)) found.push({ path, records: value });
    } else if (isJsonObject(value) && depth < 4) {
      for (const [name, member] of Object.entries(value)) visit(member, joined(path, name), depth + 1);
    }
  };
  visit(document, '', 0);
  return found.sort((a, b) => b.records.length - a.records.length)[0];
}

/** Members of objects, with their paths; lists are not gone into. */
function membersOf(value: JsonValue, path = '', depth = 0): { path: string; name: string }[] {
  if (!isJsonObject(value) || depth > 3) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const at = joined(path, name);
    return isJsonObject(member)
      ? membersOf(member, at, depth + 1)
      : Array.isArray(member)
        ? []
        : [{ path: at, name }];
  });
}

function joined(path: string, name: string): string {
  if (!/^[^.[\]'"$]+$/.test(name)) return `${path}[${name.includes("'") ? `"${name}"` : `'${name}'`}]`;
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
    paging: {},
  };
}

/** Records are the elements that are repeated, or have elements in them, least deep below the root. */
function lookAtXml(text: string): Sample {
  const parser = sax.parser(true, { trim: true });
  const path: string[] = [];
  const times = new Map<string, number>();
  const leaves = new Map<string, string[]>();
  const hasElements = new Set<string>();
  let leaf = '';
  parser.onopentag = ({ name }) => {
    if (path.length > 0) hasElements.add(path.join('.'));
    path.push(name.replace(/^.*:/, ''));
    const at = path.join('.');
    times.set(at, (times.get(at) ?? 0) + 1);
    leaf = '';
  };
  parser.ontext = parser.oncdata = (piece) => {
    leaf += piece;
  };
  parser.onclosetag = () => {
    const at = path.join('.');
    if (!hasElements.has(at)) (leaves.get(at) ?? leaves.set(at, []).get(at)!).push(leaf);
    path.pop();
    leaf = '';
  };
  parser.onerror = (error) => {
    throw new Error(`it begins as XML does, and is none: ${error.message.split('\n')[0]}`);
  };
  parser.write(text).close();
  const holders = [...times].filter(([at]) => at.includes('.') && hasElements.has(at));
  const records = holders.find(([, n]) => n > 1)?.[0] ?? fullest(holders, [...leaves.keys()]);
  const total = [...leaves.keys()].find(
    (at) => !inside(records, at) && PAGING.total.test(at.replace(/^.*\./, '')),
  );
  const count = times.get(records) ?? 0;
  const fields = [...leaves]
    .filter(([at]) => inside(records, at))
    .map(([at, texts]) => {
      const values = texts.filter((t) => t !== '');
      const isUnique = values.length === count && new Set(values).size === count;
      return { path: at.slice(records.length + 1), values, time: guessTime(values), isUnique };
    });
  return { format: 'xml', records, count, fields, paging: total === undefined ? {} : { total } };
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
