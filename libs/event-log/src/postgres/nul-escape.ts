/**
 * PostgreSQL's text holds every character but NUL, Kafka's bytes hold that too. So NUL is written as
 * `\x01a`, and `\x01` itself as `\x01b`; everything else, so nearly every record, stays as it is.
 */

/** Text as PostgreSQL can store it; different texts stay different. */
export function escapeNul(text: string): string {
  if (!text.includes('\0') && !text.includes('\x01')) return text;
  return text.replaceAll('\x01', '\x01b').replaceAll('\0', '\x01a');
}

/** The text that `escapeNul` was given. */
export function unescapeNul(text: string): string {
  if (!text.includes('\x01')) return text;
  // Every \x01 leads an escape, so the pieces between `\x01b` hold no other escape than `\x01a`.
  return text
    .split('\x01b')
    .map((piece) => piece.replaceAll('\x01a', '\0'))
    .join('\x01');
}
