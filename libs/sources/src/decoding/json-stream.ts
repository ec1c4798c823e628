import { getManyValues, isMany, none } from 'stream-chain/defs.js';
import { jsonParser, type Token } from 'stream-json/core/parser.js';
import type { JsonObject, JsonValue } from '../json.js';
import { EACH } from '../path.js';
import { DecodeError } from './decode-error.js';
import { EachRecord } from './each-record.js';
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
  isRecord: boolean;
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
  const each = steps?.includes(EACH) ? new EachRecord(steps) : undefined;

  /** Whether the next value lies on the path. */
  function isOnPath(): boolean {
    if (!open) return true;
    if (!open.onPath || open.isRecords) return false;
    const step = steps?.[opened.length - 1];
    return step === EACH || step === placeIn(open);
  }

  /** The next value is one of the records, or what `*` stands for: nothing of it stays. */
  const isTakenOut = (): boolean =>
    open !== undefined && (open.isRecords || (open.onPath && steps?.[opened.length - 1] === EACH));

  function put(value: JsonValue): void {
    if (!open) document = value;
    else if (Array.isArray(open.value)) open.value.push(value);
    else setMember(open.value, open.name, value);
  }

  function add(value: JsonValue): void {
    const isRecord = each !== undefined && isOnPath() && each.meet(value, opened.length) === 'record';
    if (isRecord || open?.isRecords) records.push(value);
    if (!isTakenOut()) put(value);
  }

  function start(value: JsonValue[] | JsonObject): void {
    const depth = opened.length;
    if (depth >= MAX_DEPTH) throw tooDeep();
    const onPath = isOnPath();
    const met = onPath ? each?.meet(value, depth) : undefined;
    const isOnlyRecords = !each && onPath && depth === steps?.length && Array.isArray(value);
    if (isOnlyRecords && recordsSeen) throw new DecodeError('the member with the records stands in it twice');
    recordsSeen ||= isOnlyRecords;
    const isRecord = met === 'record' || open?.isRecords === true;
    if (!isTakenOut()) put(value);
    open = { value, name: '', onPath, isRecords: isOnlyRecords || met === 'records', isRecord };
    opened.push(open);
  }

  function close(): void {
    const { value, isRecord } = opened.pop()!;
    open = opened.at(-1);
    if (isRecord) records.push(value);
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
      each?.end();
      if (!steps || recordsSeen || each) return document!;
      const { records: single, envelope } = takeRecords(document!, steps);
      records.push(...single);
      return envelope;
    },
  };
}

function placeIn(open: Open): string | number {
  return Array.isArray(open.value) ? open.value.length : open.name;
}
