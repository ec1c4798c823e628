import type { JsonValue } from '../json.js';
import { DecodeError } from './decode-error.js';
import type { DecodeRecords } from './decoder.js';
import { parseJson } from './json.js';
import { MAX_RECORD_CHARS, fullBatches } from './take-records.js';

/** JSON lines (jsonlines.org): every line is a record; blank lines are none. The envelope is empty. */
export function jsonlRecords(): DecodeRecords {
  return async function* (text) {
    const records: JsonValue[] = [];
    let line = 0;
    let rest = '';
    const take = (written: string): void => {
      line++;
      if (written.trim() !== '') records.push(parseLine(written, line));
    };
    for await (const chunk of text) {
      rest += chunk;
      if (chunk.includes('\n')) {
        const lines = rest.split('\n');
        rest = lines.pop()!;
        for (const written of lines) take(written);
        yield* fullBatches(records);
      }
      if (rest.length > MAX_RECORD_CHARS) {
        throw new DecodeError(`line ${line + 1} is longer than ${MAX_RECORD_CHARS} characters`);
      }
    }
    take(rest);
    if (records.length > 0) yield records;
    return {};
  };
}

function parseLine(written: string, line: number): JsonValue {
  try {
    return parseJson(written);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DecodeError(`line ${line}: ${error.message}`, { line });
  }
}
