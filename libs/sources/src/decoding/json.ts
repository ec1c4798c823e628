import type { JsonValue } from '../json.js';
import { DecodeError } from './decode-error.js';
import type { DecodeRecords } from './decoder.js';
import { mayLoseDigits } from './exact-number.js';
import { jsonStream, tokenizeJson } from './json-stream.js';
import {
  BATCH_RECORDS,
  MAX_RECORD_CHARS,
  checkDepth,
  mayBeDeep,
  fullBatches,
  takeRecords,
  type Steps,
} from './take-records.js';

/**
 * Up to so many characters are collected and read in one go, which is faster: 1 µs a record of twelve members against
 * 3. Of a longer body the records come out while it is still being read.
 */
const COLLECT_CHARS = 8 * 1024 * 1024;

/** The parser is given pieces of so many characters, so that few tokens wait at a time. */
const PIECE_CHARS = 64 * 1024;

/**
 * JSON (RFC 8259): the array at the path is the records, an object there is the one record. Of members with the same
 * name the last one counts.
 * @param collectChars see `COLLECT_CHARS`; smaller in tests
 */
export function jsonRecords(steps: Steps, collectChars = COLLECT_CHARS): DecodeRecords {
  return async function* (text) {
    const collected: string[] = [];
    let chars = 0;
    let read: ((piece: string | undefined) => Generator<JsonValue[], JsonValue>) | undefined;
    for await (const chunk of text) {
      chars += chunk.length;
      if (!read && chars <= collectChars) {
        collected.push(chunk);
        continue;
      }
      read ??= pieceByPiece(steps);
      for (const waiting of collected.splice(0)) yield* read(waiting);
      yield* read(chunk);
    }
    if (read) return yield* read(undefined);
    const { records, envelope } = takeRecords(parseJson(collected.join('')), steps);
    for (let at = 0; at < records.length; at += BATCH_RECORDS) yield records.slice(at, at + BATCH_RECORDS);
    return envelope;
  };
}

/** A JSON text without losing a digit of its numbers. @throws DecodeError that says where it goes wrong */
export function parseJson(json: string): JsonValue {
  let value: JsonValue;
  try {
    if (mayLoseDigits(json)) {
      const stream = jsonStream();
      for (const piece of piecesOf(json)) stream.write(piece);
      return stream.end();
    }
    value = JSON.parse(json) as JsonValue;
  } catch (error) {
    throw error instanceof DecodeError ? error : whereItGoesWrong(json);
  }
  if (mayBeDeep(json)) checkDepth(value);
  return value;
}

/** Takes the text chunk after chunk, and last nothing; then its result is the envelope. */
function pieceByPiece(steps: Steps) {
  const stream = jsonStream(steps);
  let bytes = 0;
  let charsWithoutRecord = 0;
  return function* (chunk: string | undefined): Generator<JsonValue[], JsonValue> {
    try {
      for (const piece of piecesOf(chunk ?? '')) {
        stream.write(piece);
        charsWithoutRecord = stream.records.length > 0 ? 0 : charsWithoutRecord + piece.length;
        if (charsWithoutRecord > MAX_RECORD_CHARS) throw tooLong();
        yield* fullBatches(stream.records);
        bytes += Buffer.byteLength(piece);
      }
      if (chunk !== undefined) return null;
      const envelope = stream.end();
      if (stream.records.length > 0) yield stream.records;
      return envelope;
    } catch (error) {
      if (error instanceof DecodeError) throw error;
      throw chunk === undefined ? endsEarly(bytes) : goesWrong(bytes);
    }
  };
}

/** The error of a text that is no JSON, with its place. */
function whereItGoesWrong(json: string): DecodeError {
  const tokenize = tokenizeJson();
  let start = 0;
  try {
    for (const piece of piecesOf(json)) {
      tokenize(piece);
      start += piece.length;
    }
  } catch {
    const tokenizeAgain = tokenizeJson();
    tokenizeAgain(json.slice(0, start));
    let at = start;
    try {
      for (; at < json.length; at++) tokenizeAgain(json[at]);
    } catch {
      return goesWrong(Buffer.byteLength(json.slice(0, at)));
    }
  }
  return endsEarly(Buffer.byteLength(json));
}

function goesWrong(offset: number): DecodeError {
  return new DecodeError(`it goes wrong near byte ${offset}`, { offset });
}

function endsEarly(offset: number): DecodeError {
  return new DecodeError(`it ends too early, after ${offset} bytes`, { offset });
}

function tooLong(): DecodeError {
  return new DecodeError(`${MAX_RECORD_CHARS} characters hold no complete record`);
}

function* piecesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += PIECE_CHARS) yield text.slice(at, at + PIECE_CHARS);
}
