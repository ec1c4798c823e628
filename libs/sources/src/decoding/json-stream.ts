import { getManyValues, isMany, none } from 'stream-chain/defs.js';
import { jsonParser, type Token } from 'stream-json/core/parser.js';
import type { JsonObject, JsonValue } from '../json.js';
import { DecodeError } from './decode-error.js';
import { exactNumber } from './exact-number.js';
import { MAX_DEPTH, setMember, takeRecords, tooDeep, type Steps } from './take-records.js';

/** Reads a JSON text in pieces of any size. */
export interface JsonStream {
  /** Records that are complete; the reader takes them out. */
  readonly records: JsonValue[];
  /** Adds a piece of the text. @throws Error where it is no JSON; DecodeError where it is, but cannot be taken */
  write(piece: string): void;
  /** Ends the text. @returns the envelope @throws as `write`; also where the text ends too early */
  end(): JsonValue;
}

interface Open {
  value: JsonValue[] | JsonObject;
  /** Of the member that is being read. */
  name: string;
  /** It lies at the beginning of the path, or of all of it. */
  onPath: boolean;
  /** Its items are the records. */
  isRecords: boolean;
}

/** Tokens of a JSON text: the parser packs every text, name and numeral into one. */
export function tokenizeJson(): (piece: string | undefined) => readonly Token[] {
  const parse = jsonParser({ packValues: true, streamValues: false });
  return (piece) => {
    const tokens = parse(piece ?? (none as never));
    return isMany(tokens) ? getManyValues(tokens as { values: Token[] } & typeof tokens) : [];
  };
}

/** Whatever stands elsewhere than the records goes into the envelope; without a path all of it. */
export function jsonStream(steps?: Steps): JsonStream {
  const tokenize = tokenizeJson();
  const records: JsonValue[] = [];
  const opened: Open[] = [];
  let open: Open | undefined;
  let document: JsonValue | undefined;
  let recordsSeen = false;

  function add(value: JsonValue): void {
    if (!open) document = value;
    else if (open.isRecords) records.push(value);
    else if (Array.isArray(open.value)) open.value.push(value);
    else setMember(open.value, open.name, value);
  }

  function start(value: JsonValue[] | JsonObject): void {
    const depth = opened.length;
    if (depth >= MAX_DEPTH) throw tooDeep();
    const onPath = !open || (open.onPath && !open.isRecords && steps?.[depth - 1] === placeIn(open));
    const isRecords = onPath && depth === steps?.length && Array.isArray(value);
    if (isRecords && recordsSeen) throw new DecodeError('the member with the records stands in it twice');
    recordsSeen ||= isRecords;
    if (!open?.isRecords) add(value); // a record is given out when it is complete
    open = { value, name: '', onPath, isRecords };
    opened.push(open);
  }

  function close(): void {
    const { value } = opened.pop()!;
    open = opened.at(-1);
    if (open?.isRecords) records.push(value);
  }

  function take(token: Token): void {
    switch (token.name) {
      case 'keyValue':
        open!.name = token.value;
        return;
      case 'stringValue':
      case 'nullValue':
      case 'trueValue':
      case 'falseValue':
        return add(token.value);
      case 'numberValue':
        return add(exactNumber(token.value));
      case 'startObject':
        return start({});
      case 'startArray':
        return start([]);
      case 'endObject':
      case 'endArray':
        return close();
      case 'startKey':
      case 'endKey':
      case 'startString':
      case 'endString':
      case 'stringChunk':
      case 'startNumber':
      case 'endNumber':
      case 'numberChunk':
      case 'whitespace': // none of them comes with the options of `tokenizeJson`
    }
  }

  return {
    records,
    write(piece) {
      for (const token of tokenize(piece)) take(token);
    },
    end() {
      for (const token of tokenize(undefined)) take(token);
      if (!steps || recordsSeen) return document!;
      const { records: single, envelope } = takeRecords(document!, steps);
      records.push(...single);
      return envelope;
    },
  };
}

function placeIn(open: Open): string | number {
  return Array.isArray(open.value) ? open.value.length : open.name;
}
