import { styleText } from 'node:util';
import Table from 'cli-table3';

/** Writes a line, or lines, of the answer. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes the answer for programs. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, process.stdout.isTTY ? 2 : undefined));
}

/** A word that stands out on a terminal. */
export function strong(text: string): string {
  return process.stdout.isTTY ? styleText('bold', text) : text;
}

const NO_LINES = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((part) => [part, '']),
);

/**
 * Columns without lines around them, for terminals and for `awk` alike.
 * @param align one letter a column: `l` or `r`
 */
export function columns(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: string,
): string {
  const table = new Table({
    head: head.map(strong),
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 3 },
    colAligns: [...align].map((letter) => (letter === 'r' ? 'right' : 'left')),
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** `1,234,567`. */
export function count(n: number): string {
  return n.toLocaleString('en-US');
}
