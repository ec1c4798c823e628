import type { Instant } from '#libs/events';
import { strong } from '../print.js';

/** `2026-11-21 10:00:00.123456 UTC`, to the millisecond where the rest is zeros. */
export function at(instant: Instant): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, -1).replace(/000$/, '')} UTC`;
}

/** Names and values below one another; those without a value are left out. */
export function facts(pairs: readonly (readonly [string, string | undefined])[]): string {
  const there = pairs.filter((pair): pair is [string, string] => pair[1] !== undefined);
  const width = Math.max(...there.map(([name]) => name.length)) + 3;
  return there.map(([name, value]) => name.padEnd(width) + value).join('\n');
}

/** A heading and what belongs to it, set in. */
export function section(heading: string, body: readonly (string | undefined)[]): string {
  const text = body.filter((part) => part !== undefined && part !== '').join('\n');
  return `${strong(heading)}\n${text.replaceAll(/^/gm, '  ')}`;
}

/** Parts with an empty line between them. */
export function lines(parts: readonly string[]): string {
  return parts.join('\n\n');
}
