import { stringify } from 'csv-stringify';
import type { Duplex } from 'node:stream';
import { canonicalJson } from '#libs/events';

/** One row: its values in the order of the columns, as `pg` reads them. */
export type Row = readonly unknown[];

/** Turns rows into the text of a format, holding no more than a few of them. */
export type Format = (
  columns: readonly string[],
) => Duplex | ((rows: AsyncIterable<Row>) => AsyncIterable<string>);

const CHUNK_CHARACTERS = 64 * 1024;

/** Formats by name. */
export const FORMATS: Readonly<Record<string, Format>> = {
  /** One JSON object a line, columns in the table's order, names inside of JSON values sorted. */
  jsonl: (columns) => {
    const names = columns.map((name) => `${JSON.stringify(name)}:`);
    return async function* (rows) {
      let text = '';
      for await (const row of rows) {
        text += `{${row.map((value, i) => names[i]! + canonicalJson(plain(value))).join(',')}}\n`;
        if (text.length < CHUNK_CHARACTERS) continue;
        yield text;
        text = '';
      }
      yield text;
    };
  },
  /** RFC 4180 with a header and LF; NULL is empty, the empty text is `""`, arrays and objects are JSON. */
  csv: (columns) =>
    stringify({
      header: true,
      columns: [...columns],
      quoted_match: /^$/,
      cast: { boolean: String, object: (value) => textOf(plain(value)) },
    }),
};

/** Bytes as the text that they are. */
function plain(value: unknown): unknown {
  return Buffer.isBuffer(value) ? value.toString('utf8') : value;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}
