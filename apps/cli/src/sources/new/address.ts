import { guessTime, type GuessedTime } from './guess-time.js';

/** What a request that was copied from a partner's documentation tells by itself. */
export interface Address {
  /** Without its query. */
  url: string;
  /** Parameters that stay as they are; a list of one that is there several times. */
  params: Record<string, string | string[]>;
  /** The same name twice where one parameter has both ends. */
  window?: { from: string; to: string; time: GuessedTime };
  /** Parameter that holds a credential; its value is not kept. */
  credential?: string;
  page?: string;
  offset?: string;
  size?: { name: string; value: string };
  cursor?: string;
  sinceId?: string;
}

const NAMES = {
  credential: /^(?:api_?key|key|token|access_?token|auth|apikey|secret)$/i,
  page: /^(?:page|page_?(?:no|num|number|index)|p)$/i,
  offset: /^(?:offset|skip|start_?row|start_?index)$/i,
  size: /^(?:limit|per_?page|page_?size|size|count|rows|take)$/i,
  cursor: /^(?:cursor|after|next|next_?token|page_?token|continuation(?:_?token)?)$/i,
  sinceId: /^(?:since_?id|after_?id|min_?id|last_?id|from_?id)$/i,
} as const;
const FIRST_END = new Set(['from', 'start', 'since', 'after', 'begin', 'min', 'gte', 'gt']);
const LAST_END = new Set(['to', 'end', 'until', 'before', 'till', 'max', 'lte', 'lt']);

/**
 * Reads a URL with an example query: which parameters are the ends of a window, the page, the credential.
 * @param text an absolute http or https URL; placeholders (`${env.NAME}`) may stand in it
 */
export function readAddress(text: string): Address {
  const mark = text.indexOf('?');
  const address: Address = { url: mark === -1 ? text : text.slice(0, mark), params: {} };
  const pairs = mark === -1 ? [] : [...new URLSearchParams(text.slice(mark + 1).replace(/#.*$/s, ''))];
  const window = windowOf(pairs);
  if (window) address.window = window;
  for (const [name, value] of pairs) {
    if (window && (name === window.from || name === window.to)) continue;
    if (NAMES.credential.test(name)) address.credential = name;
    else if (NAMES.page.test(name)) address.page = name;
    else if (NAMES.offset.test(name)) address.offset = name;
    else if (NAMES.size.test(name)) address.size = { name, value };
    else if (NAMES.sinceId.test(name)) address.sinceId = name;
    else if (NAMES.cursor.test(name)) address.cursor = name;
    else address.params[name] = withOneMore(address.params[name], value);
  }
  return address;
}

function withOneMore(before: string | string[] | undefined, value: string): string | string[] {
  return before === undefined ? value : [before, value].flat();
}

/** Two parameters that are times, written alike. */
function windowOf(pairs: readonly [string, string][]): Address['window'] {
  const times = pairs.filter(([, value]) => guessTime([value]) !== undefined);
  const twice = times.find(([name], i) => times.findIndex((other) => other[0] === name) < i);
  const from = times.find(([name]) => (twice ? name === twice[0] : hasWord(name, FIRST_END)));
  const to = twice ?? times.find(([name]) => name !== from?.[0] && hasWord(name, LAST_END));
  const time = from && to && guessTime([from[1], to[1]]);
  return time && { from: from[0], to: to[0], time };
}

/** Whether one of the words of `from_date`, `dateFrom`, `fromdate` or `filter[from]` is among these. */
function hasWord(name: string, words: ReadonlySet<string>): boolean {
  const parts = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return parts.some((part) => words.has(part.replace(/^(?:date|time|day)|(?:date|time|day)$/g, '')));
}

/** A name for the partner: what stands before the last part of its host (`wall.besitos.ai`: besitos). */
export function sourceNameOf(url: string): string | undefined {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  if (host === '' || /^[\d.:[\]]+$/.test(host) || host === 'localhost') return undefined;
  const labels = host.split('.').slice(0, -1);
  const label = labels.at(-1) === 'co' || labels.at(-1) === 'com' ? labels.at(-2) : labels.at(-1);
  return nameOf(label ?? host);
}

/** The last part of the path that is a word, as the name of a stream. */
export function streamNameOf(text: string): string | undefined {
  const parts = readAddress(text)
    .url.replace(/^\w+:\/\/[^/]*/, '')
    .split('/')
    .reverse();
  const word = parts.map((part) => part.replace(/\.\w+$/, '')).find((part) => /^[A-Za-z][\w-]*$/.test(part));
  return word === undefined || /^(?:v\d+|api)$/i.test(word) ? undefined : nameOf(word);
}

/** A text as the name of a source or stream: lower-case letters, digits, `_` and `-`. */
function nameOf(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64);
  return name === '' ? undefined : name;
}
