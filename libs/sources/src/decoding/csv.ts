import { Parser, type CsvError, type CsvErrorCode } from 'csv-parse';
import type { CsvDialect } from '../definition.js';
import type { JsonObject, JsonValue } from '../json.js';
import { DecodeError, DecoderDefinitionError } from './decode-error.js';
import type { DecodeRecords } from './decoder.js';
import { MAX_RECORD_CHARS, fullBatches, setMember } from './take-records.js';

/**
 * CSV (RFC 4180, in the definition's dialect): every line that is neither blank nor a comment is a record, of texts
 * and nulls by their columns' names. Lines end in CRLF, LF or CR, mixed as they like. The envelope is empty.
 * @throws DecoderDefinitionError for columns or a dialect that no body could be read with
 */
export function csvRecords(dialect: CsvDialect): DecodeRecords {
  const nulls = new Set(dialect.null_values ?? ['']);
  const twice = dialect.columns && firstTwice(dialect.columns);
  if (twice !== undefined) {
    throw new DecoderDefinitionError(`columns: ${JSON.stringify(twice)} is named twice`);
  }
  openParser(dialect);
  return async function* (text) {
    const parser = openParser(dialect);
    let columns = dialect.columns;
    const records: JsonValue[] = [];
    const take = (row: string[]): void => {
      if (!columns) columns = headerOf(row);
      else records.push(recordOf(row, columns, nulls));
    };
    try {
      for await (const chunk of text) {
        parser.write(chunk);
        takeRows(parser, take);
        yield* fullBatches(records);
      }
      parser.end();
      for await (const row of parser as AsyncIterable<string[]>) take(row);
    } catch (error) {
      throw isCsvError(error) ? decodeErrorOf(error) : error;
    } finally {
      parser.destroy();
    }
    yield* fullBatches(records);
    if (records.length > 0) yield records;
    return {};
  };
}

/** @throws DecoderDefinitionError */
function openParser(dialect: CsvDialect): Parser {
  const { delimiter = ',', quote = '"', escape = quote, comment, trim = false, skip_lines = 0 } = dialect;
  try {
    const parser = new Parser({
      delimiter,
      quote: quote === '' ? null : quote,
      escape: escape === '' ? null : escape,
      comment: comment ?? null,
      comment_no_infix: true,
      trim,
      from_line: skip_lines + 1,
      record_delimiter: ['\r\n', '\n', '\r'],
      skip_empty_lines: true,
      max_record_size: MAX_RECORD_CHARS,
    });
    return parser.on('error', () => {}); // looked at after each write
  } catch (error) {
    throw isCsvError(error) ? new DecoderDefinitionError(`csv: ${error.message}`) : error;
  }
}

/** Rows come out as soon as their text is written: the parser does its work within `write`. */
function takeRows(parser: Parser, take: (row: string[]) => void): void {
  for (let row: unknown; (row = parser.read()) !== null;) take(row as string[]);
  if (parser.errored) throw parser.errored;
}

function headerOf(row: string[]): string[] {
  const twice = firstTwice(row);
  if (twice === undefined) return row;
  throw new DecodeError(`column ${row.indexOf(twice) + 1} has the same name as a later one`);
}

function firstTwice(names: readonly string[]): string | undefined {
  return names.find((name, at) => names.indexOf(name) !== at);
}

/** The parser itself refuses a row of another length than the first one. */
function recordOf(row: string[], columns: string[], nulls: ReadonlySet<string>): JsonObject {
  if (row.length !== columns.length) {
    throw new DecodeError(`the first record has ${row.length} columns instead of ${columns.length}`);
  }
  const record: JsonObject = {};
  for (let at = 0; at < columns.length; at++) {
    const value = row[at]!;
    setMember(record, columns[at]!, nulls.has(value) ? null : value);
  }
  return record;
}

function isCsvError(error: unknown): error is CsvError {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    /^(CSV_|INVALID_)/.test(String(error.code))
  );
}

const MESSAGES: Partial<Record<CsvErrorCode, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'it ends within a quoted field that begins there or later',
  CSV_INVALID_CLOSING_QUOTE: 'a quoted field goes on behind its closing quote',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'a quoted field goes on behind its closing quote',
  INVALID_OPENING_QUOTE: 'a quote stands within a field that does not begin with one',
  CSV_MAX_RECORD_SIZE: `a record is longer than ${MAX_RECORD_CHARS} characters`,
};

function decodeErrorOf(error: CsvError): DecodeError {
  const line = Number(error.lines);
  if (error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH' && Array.isArray(error.record)) {
    const [, expected] = /expect (\d+)/.exec(error.message) ?? [];
    const message = `line ${line} has ${error.record.length} columns instead of ${expected}`;
    return new DecodeError(message, { line });
  }
  return new DecodeError(`line ${line}: ${MESSAGES[error.code] ?? error.code}`, { line });
}
