import { Parser, type CsvError, type CsvErrorCode } from 'csv-parse';
import type { CsvDialect } from '../definition.js';
import type { JsonObject, JsonValue } from '../json.js';
import { csvLines, type CsvLines } from './csv-lines.js';
import { DecodeError, DecoderDefinitionError } from './decode-error.js';
import type { DecodeRecords } from './decoder.js';
import { MAX_RECORD_CHARS, fullBatches, setMember } from './take-records.js';

/**
 * CSV (RFC 4180, in the definition's dialect): every line that is neither blank nor a comment is a record, of texts
 * and nulls by their columns' names. Lines end in CRLF, LF or CR, mixed as they like. The envelope is empty.
 * @param key columns that a first line with names must name: a text or a page that tells of an error is no table
 * @throws DecoderDefinitionError for columns or a dialect that no body could be read with
 */
export function csvRecords(dialect: CsvDialect, key: readonly string[]): DecodeRecords {
  const { null_values: nulls = [''] } = dialect;
  const valueOf = (text: string) => (nulls.includes(text) ? null : text);
  const twice = dialect.columns && firstTwice(dialect.columns);
  if (twice !== undefined) {
    throw new DecoderDefinitionError('decoder.columns', `must not name ${JSON.stringify(twice)} twice`);
  }
  openParser(dialect);
  let latest: RecordMaker | undefined;
  const makerOf = (columns: readonly string[]): RecordMaker =>
    latest && isSame(latest.columns, columns) ? latest : (latest = recordMaker(columns, valueOf));
  return async function* (text) {
    let maker = dialect.columns && makerOf(dialect.columns);
    const records: JsonValue[] = [];
    const take = (row: string[]): void => {
      if (!maker) maker = makerOf(headerOf(row, key));
      else records.push(recordOf(row, maker));
    };
    const lines = csvLines(dialect);
    let parser = lines ? undefined : parseFrom(dialect, take);
    try {
      for await (const chunk of text) {
        if (parser) parser.write(chunk);
        else if (!lines!.read(chunk, take)) parser = parseFrom(dialect, take, lines);
        yield* fullBatches(records);
      }
      parser ??= parseFrom(dialect, take, lines);
      await parser.end();
    } finally {
      parser?.destroy();
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
    throw isCsvError(error) ? new DecoderDefinitionError('decoder', error.message) : error;
  }
}

type TakeRow = (row: string[]) => void;

/** The parser, from where the lines that need none end. All of it throws DecodeError. */
function parseFrom(dialect: CsvDialect, take: TakeRow, before?: CsvLines) {
  const parser = openParser(dialect);
  const columns = before?.columns();
  // A row in front tells the parser how many fields each must have.
  let isInFront = columns !== undefined;
  const linesBefore = (before?.lines() ?? 0) - (isInFront ? 1 : 0);
  const failed = (error: unknown) => (isCsvError(error) ? decodeErrorOf(error, linesBefore) : error);
  const give = (row: string[]): void => {
    if (isInFront) isInFront = false;
    else take(row);
  };
  /** Rows come out as soon as their text is written: the parser does its work within `write`. */
  const write = (text: string): void => {
    parser.write(text);
    for (let row: unknown; (row = parser.read()) !== null;) give(row as string[]);
    if (parser.errored) throw failed(parser.errored);
  };
  if (isInFront)
    write(
      `${Array(columns)
        .fill('0')
        .join(dialect.delimiter ?? ',')}\n`,
    );
  if (before && before.rest() !== '') write(before.rest());
  return {
    write,
    async end(): Promise<void> {
      parser.end();
      try {
        for await (const row of parser as AsyncIterable<string[]>) give(row);
      } catch (error) {
        throw failed(error);
      }
    },
    destroy: () => parser.destroy(),
  };
}

function headerOf(row: string[], key: readonly string[]): string[] {
  const twice = firstTwice(row);
  if (twice !== undefined) {
    throw new DecodeError(`column ${row.indexOf(twice) + 1} has the same name as a later one`);
  }
  const missing = key.find((name) => !row.includes(name));
  if (missing === undefined) return row;
  throw new DecodeError(`its first line names no column ${JSON.stringify(missing)}, which primary_key needs`);
}

function firstTwice(names: readonly string[]): string | undefined {
  return names.find((name, at) => names.indexOf(name) !== at);
}

/** The parser itself refuses a row of another length than the first one. */
function recordOf(row: string[], { columns, make }: RecordMaker): JsonObject {
  if (row.length === columns.length) return make(row);
  throw new DecodeError(`the first record has ${row.length} columns instead of ${columns.length}`);
}

type ValueOf = (text: string) => string | null;

/** Makes records of rows; the answers of a stream have the same columns again and again. */
interface RecordMaker {
  columns: readonly string[];
  make: (row: string[]) => JsonObject;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, at) => name === b[at]);
}

function recordMaker(columns: readonly string[], valueOf: ValueOf): RecordMaker {
  return { columns, make: compileRecord(columns, valueOf) };
}

const MAX_COMPILED = 256;

function compileRecord(columns: readonly string[], valueOf: ValueOf): RecordMaker['make'] {
  if (columns.length > MAX_COMPILED || columns.includes('__proto__')) {
    return (row) => {
      const record: JsonObject = {};
      for (let at = 0; at < columns.length; at++) setMember(record, columns[at]!, valueOf(row[at]!));
      return record;
    };
  }
  const members = columns.map((name, at) => `${JSON.stringify(name)}: valueOf(row[${at}])`);
  // A literal is made in a third of the time that it takes to set member after member by names that vary
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- of names alone, each as a JSON text
  const compile = new Function('valueOf', `return (row) => ({ ${members.join(', ')} });`) as (
    valueOf: ValueOf,
  ) => RecordMaker['make'];
  return compile(valueOf);
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

/** @param linesBefore that the parser did not see */
function decodeErrorOf(error: CsvError, linesBefore: number): DecodeError {
  const line = Number(error.lines) + linesBefore;
  if (error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH' && Array.isArray(error.record)) {
    const [, expected] = /expect (\d+)/.exec(error.message) ?? [];
    const message = `line ${line} has ${error.record.length} columns instead of ${expected}`;
    return new DecodeError(message, { line });
  }
  return new DecodeError(`line ${line}: ${MESSAGES[error.code] ?? error.code}`, { line });
}
