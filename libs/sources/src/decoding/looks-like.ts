/* eslint-disable no-control-regex -- the first bytes of files are no text */
/** What the first bytes of a body can look like. */
export type BodyKind = (typeof KINDS)[number][0] | 'text' | 'binary data' | 'an empty body';

const KINDS = [
  ['gzip data', /^\x1f\x8b/],
  ['a zip archive', /^PK(?:\x03\x04|\x05\x06)/],
  ['a PDF document', /^%PDF-/],
  ['an HTML page', /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b/is],
  ['an XML document', /^\s*<[?!a-z]/i],
  ['a JSON document', /^\s*[[{]/],
] as const;

/** Tells by its first bytes what a body looks like, for people who look for an error. */
export function looksLike(head: Uint8Array): BodyKind {
  if (head.length === 0) return 'an empty body';
  const wide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  const text = Buffer.from(head)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf|^\xff\xfe|^\xfe\xff/, '')
    .replaceAll(wide ? '\0' : '', '');
  const known = KINDS.find(([, pattern]) => pattern.test(text));
  if (known) return known[0];
  return /[\x00-\x08\x0e-\x1a]/.test(text) ? 'binary data' : 'text';
}
