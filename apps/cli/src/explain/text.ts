import type { Instant } from '#libs/events';
import { strong } from '../print.js';

/** How wide a line may get before it is set in: with what is set in around it, 100 columns. */
const WIDTH = 94;
/** How narrow the second column may get before the text is left as it is. */
const LEAST_WIDTH = 24;

/** `2026-11-21 10:00:00.123456 UTC`, without digits behind the second that are zeros. */
export function at(instant: Instant): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, -1).replace(/\.0+$|(\.\d*?)0+$/, '$1')} UTC`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** An amount and its currency; undefined where there is none. */
export function money(m: { amount: string | null; currency: string | null }): string | undefined {
  return m.amount === null ? undefined : [m.amount, m.currency].filter((p) => p !== null).join(' ');
}

/** Where a touch came from: source, medium and campaign, as far as they are known. */
export function origin(t: Record<'utm_source' | 'utm_medium' | 'utm_campaign', string | null>): string {
  const parts = [t.utm_source, t.utm_medium, t.utm_campaign].filter((p) => p !== null);
  return parts.length === 0 ? 'of unknown origin' : parts.join(' / ');
}

/** A text in lines of at most so many characters; a word that is longer stays whole. */
export function wrap(text: string, width = WIDTH): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

/** A sentence, or several, over as many lines as it takes. */
export function paragraph(text: string): string {
  return wrap(text).join('\n');
}

/** One of several things behind a bullet or number: its further lines are set in. */
export function item(text: string, bullet = '-'): string {
  const indent = ' '.repeat(bullet.length + 1);
  const lines = text.split('\n').flatMap((line) => wrap(line, WIDTH - indent.length));
  return `${bullet} ${lines.join(`\n${indent}`)}`;
}

/** A value and the reason for it: beside it where both fit into the column, else below it. */
export function reasoned(value: string, because: string, column: number): string {
  const line = `${value} — ${because}`;
  return line.length <= WIDTH - column && !line.includes('\n') ? line : `${value}\n${because}`;
}

/** Names and values below one another, a value's own line feeds kept; those without a value are left out. */
export function facts(pairs: readonly (readonly [string, string | undefined])[]): string {
  const there = pairs.filter((pair): pair is [string, string] => pair[1] !== undefined);
  const indent = Math.max(...there.map(([name]) => name.length)) + 3;
  const width = Math.max(LEAST_WIDTH, WIDTH - indent);
  const wrapped = (value: string): string[] => value.split('\n').flatMap((line) => wrap(line, width));
  return there
    .map(([name, value]) => name.padEnd(indent) + wrapped(value).join(`\n${' '.repeat(indent)}`))
    .join('\n');
}

/** A heading and what belongs to it, set in. */
export function section(heading: string, body: readonly (string | undefined)[]): string {
  const text = body.filter((part) => part !== undefined && part !== '').join('\n');
  return `${strong(heading)}\n${text.replaceAll(/^(?=.)/gm, '  ')}`;
}

/** Parts with an empty line between them; those without text are left out. */
export function lines(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n\n');
}
