import sax from 'sax';
import type { JsonObject, JsonValue } from '../json.js';
import { DecodeError, DecoderDefinitionError } from './decode-error.js';
import type { DecodeRecords } from './decoder.js';
import {
  MAX_DEPTH,
  MAX_RECORD_CHARS,
  fullBatches,
  setMember,
  takeRecords,
  tooDeep,
  type Steps,
} from './take-records.js';

/** The only ones (XML 1.0, 4.6), without what every object inherits. */
const ENTITIES = Object.assign(Object.create(null) as Record<string, string>, {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
});

interface Element {
  name: string;
  value: JsonObject;
  /** It has attributes or elements. */
  isObject: boolean;
  text: string;
  /** The elements down to this one have the names of the path's beginning. */
  onPath: boolean;
}

/** A piece of text is given to the parser in so many characters, so that few records wait at a time. */
const PIECE_CHARS = 64 * 1024;

/**
 * XML 1.0: the elements that the path leads to are the records; none of them is no fault, as long as the element that
 * would hold them is there. An element becomes an object: attributes as `@name`, elements by name, repeated ones as
 * an array, its own text as `#text`; an element with nothing but text becomes that text. Names keep their prefix.
 * Entities that a document declares are never expanded: using one is an error. Without a path the document is the
 * one record.
 * @throws DecoderDefinitionError for a path with an index or `*`
 */
export function xmlRecords(steps: Steps): DecodeRecords {
  if (steps.some((step) => typeof step !== 'string')) {
    throw new DecoderDefinitionError(
      'record_selector.path',
      'must name the elements of XML, with neither index nor *',
    );
  }
  return async function* (text) {
    const reader = openReader(steps);
    let withoutRecord = 0;
    for await (const chunk of text) {
      for (let at = 0; at < chunk.length; at += PIECE_CHARS) {
        const piece = chunk.slice(at, at + PIECE_CHARS);
        reader.write(piece);
        withoutRecord = reader.records.length > 0 ? 0 : withoutRecord + piece.length;
        if (withoutRecord > MAX_RECORD_CHARS) {
          throw new DecodeError(`${MAX_RECORD_CHARS} characters hold no complete record`);
        }
        yield* fullBatches(reader.records);
      }
    }
    const envelope = reader.end();
    if (reader.records.length > 0) yield reader.records;
    return envelope;
  };
}

function openReader(steps: Steps) {
  const parser = sax.parser(true);
  parser.ENTITIES = ENTITIES;
  const records: JsonValue[] = [];
  const document: JsonObject = {};
  const opened: Element[] = [];
  let current: Element | undefined;
  let holderSeen = steps.length === 0;
  let rootClosed = false;

  parser.onopentagstart = ({ name }) => {
    if (rootClosed) throw goesWrong();
    if (opened.length >= MAX_DEPTH) throw tooDeep();
    const onPath = (current?.onPath ?? true) && steps[opened.length] === name;
    if (current) current.isObject = true;
    current = { name, value: {}, isObject: false, text: '', onPath };
    opened.push(current);
    holderSeen ||= onPath && opened.length >= steps.length - 1;
  };
  parser.onattribute = ({ name, value }) => {
    current!.isObject = true;
    setMember(current!.value, `@${name}`, value);
  };
  parser.ontext = parser.oncdata = (text) => {
    if (current) current.text += text;
  };
  parser.onclosetag = () => {
    const element = opened.pop()!;
    const isRecord = element.onPath && opened.length === steps.length - 1;
    current = opened.at(-1);
    rootClosed = !current;
    const value = valueOf(element);
    if (isRecord) records.push(value);
    else append(current?.value ?? document, element.name, value);
  };
  parser.onerror = () => {
    throw goesWrong();
  };

  function goesWrong(): DecodeError {
    const line = parser.line + 1;
    return new DecodeError(`it goes wrong in line ${line}, near character ${parser.position}`, { line });
  }

  return {
    records,
    write(piece: string): void {
      try {
        parser.write(piece);
      } catch (error) {
        // The parser itself stumbles over an attribute named hasOwnProperty.
        throw error instanceof DecodeError ? error : goesWrong();
      }
    },
    end(): JsonValue {
      if (!rootClosed) {
        throw new DecodeError(
          `it ends too early, in line ${parser.line + 1} after ${parser.position} characters`,
        );
      }
      parser.close();
      if (!holderSeen) takeRecords(document, steps.length > 1 ? steps.slice(0, -1) : steps);
      if (steps.length === 0) records.push(document);
      return document;
    },
  };
}

function valueOf({ value, isObject, text }: Element): JsonValue {
  if (!isObject) return text;
  if (text.trim() !== '') setMember(value, '#text', text);
  return value;
}

function append(parent: JsonObject, name: string, value: JsonValue): void {
  const before = Object.hasOwn(parent, name) ? parent[name] : undefined;
  if (before === undefined) setMember(parent, name, value);
  else if (Array.isArray(before)) before.push(value);
  else setMember(parent, name, [before, value]);
}
