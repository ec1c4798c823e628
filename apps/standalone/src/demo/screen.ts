import { styleText } from 'node:util';
import type { Say } from './story.js';

/** Where a demo shows what happens: lines below one another, and below them a table that may change. */
export class Screen {
  private drawn = '';

  constructor(private readonly out: NodeJS.WriteStream) {}

  /** A line of the story; before it, what was answered. */
  say: Say = (what, answer) => {
    const status = typeof answer === 'string' ? answer : answer ? String(answer.status) : '';
    this.line(`  ${status.padEnd(5)}${what}`);
    if (answer === undefined || typeof answer === 'string' || answer.status !== 422) return;
    const { errors } = JSON.parse(answer.body) as { errors: { field: string; message: string }[] };
    for (const { field, message } of errors) this.line(`         ${field}: ${message}`);
  };

  heading(text: string): void {
    this.line(`\n${this.out.isTTY ? styleText('bold', text) : text}`);
  }

  line(text: string): void {
    this.drawn = '';
    this.out.write(`${text}\n`);
  }

  /** Draws the table in the place of the one before; only on a terminal. */
  redraw(table: string): void {
    if (!this.out.isTTY || table === this.drawn) return;
    const lines = this.drawn === '' ? 0 : this.rowsOf(this.drawn);
    this.out.write(`${lines > 0 ? `\x1b[${lines}A\x1b[J` : ''}${table}\n`);
    this.drawn = table;
  }

  /** The table is final: printed where it has not been drawn. */
  settle(table: string): void {
    if (table !== this.drawn) {
      if (this.out.isTTY) this.redraw(table);
      else this.out.write(`${table}\n`);
    }
    this.drawn = '';
  }

  /** Rows of the terminal that a text takes: lines that are too long are wrapped. */
  private rowsOf(text: string): number {
    const width = this.out.columns || Infinity;
    return text.split('\n').reduce((rows, line) => rows + Math.max(1, Math.ceil(line.length / width)), 0);
  }
}
