import { suggestion, type Cursor } from '#libs/yaml-file';

const SIGNING = ['timestamp', 'timestamp_ms', 'nonce'];
const KNOWN = [
  ...['window.from', 'window.to', 'cursor', 'page.number', 'page.size', 'token', 'signature'],
  ...SIGNING,
];
const OF_OUTSIDE = /^(?:env|secret)\.[A-Za-z0-9_.-]+$/;
const PLACEHOLDER = /\$\{([^}]*)(\}?)/g;

/** The names that stand in `${...}` of a text. */
export function placeholdersIn(text: string): string[] {
  return Array.from(text.matchAll(PLACEHOLDER), (found) => found[1]!);
}

/** Every text of a source: what stands in `${...}` must be known, and have a meaning there. */
export function checkPlaceholders(source: Cursor): void {
  const { streams, postback, authenticator, credentials, export: exported, ...rest } = membersOf(source);
  if (credentials) checkTexts(credentials, OUTSIDE);
  if (exported) {
    const { credentials: key, ...others } = membersOf(exported);
    if (key) checkTexts(key, OUTSIDE);
    for (const cursor of Object.values(others)) checkTexts(cursor!, NONE);
  }
  for (const cursor of Object.values(rest)) checkTexts(cursor!, NONE);
  if (authenticator) checkAuthenticator(authenticator);
  for (const stream of streams?.items() ?? []) checkStream(stream);
  if (postback) {
    const { verify, ...others } = membersOf(postback);
    if (verify) checkTexts(verify, OUTSIDE);
    for (const cursor of Object.values(others)) checkTexts(cursor!, NONE);
  }
}

/** Placeholders that may stand somewhere beside those of the environment, and what is to be said of others. */
interface Allowed {
  outside: boolean;
  names: readonly string[];
  where: string;
}
const NONE: Allowed = { outside: false, names: [], where: 'here' };
const OUTSIDE: Allowed = { outside: true, names: [], where: 'here' };

function checkStream(stream: Cursor): void {
  const { requester, authenticator, ...rest } = membersOf(stream);
  for (const cursor of Object.values(rest)) checkTexts(cursor!, NONE);
  if (authenticator) checkAuthenticator(authenticator);
  if (!requester) return;
  const sync = stream.at('incremental_sync').at('type').text;
  const paginator = stream.at('paginator').at('type').text ?? 'none';
  const isBy = (type: string): boolean => sync === type || paginator === type;
  const names = [
    ...(sync === 'datetime' ? ['window.from', 'window.to'] : []),
    ...(isBy('id') || isBy('cursor') ? ['cursor'] : []),
    ...(paginator === 'page' ? ['page.number'] : []),
    ...(paginator !== 'none' && paginator !== 'link' ? ['page.size'] : []),
  ];
  checkTexts(requester, {
    outside: true,
    names,
    where: `with ${sync ?? 'this'} sync and paginator ${paginator}`,
  });
  const used = textsOf(requester).flatMap(placeholdersIn);
  // Whoever has misspelt one is told that already
  if (used.some((name) => !OF_OUTSIDE.test(name) && (!name.startsWith('page.') || !names.includes(name))))
    return;
  if (sync === 'datetime') {
    requester.wrong(
      'must have ${window.from} or ${window.to} somewhere, as incremental_sync goes by windows',
    );
  }
  if ((sync === 'id' || sync === 'cursor') && paginator !== sync) {
    requester.wrong(
      `must have \${cursor} somewhere, or a paginator of type ${sync}, as incremental_sync goes by ${sync}`,
    );
  }
}

function checkAuthenticator(authenticator: Cursor): void {
  for (const [name, cursor] of authenticator.members()) {
    const type = authenticator.at('type').text;
    const where = `in ${name} of ${type ?? 'this authenticator'}`;
    const names =
      type === 'session_token' && name === 'value'
        ? ['token']
        : type === 'jwt' && name === 'header'
          ? ['token']
          : type === 'jwt' && name === 'claims'
            ? SIGNING
            : type === 'signature' && name === 'value'
              ? ['signature', ...SIGNING]
              : type === 'signature' && (name === 'parts' || name === 'set')
                ? SIGNING
                : [];
    checkTexts(cursor, { outside: true, names, where });
  }
}

function checkTexts(cursor: Cursor, allowed: Allowed): void {
  const { text } = cursor;
  if (text !== undefined) {
    if (text.includes('${')) checkText(cursor, text, allowed);
    return;
  }
  for (const item of cursor.items()) checkTexts(item, allowed);
  for (const [, member] of cursor.members()) checkTexts(member, allowed);
}

function checkText(cursor: Cursor, text: string, { outside, names, where }: Allowed): void {
  for (const [, name = '', end] of text.matchAll(PLACEHOLDER)) {
    if (end === '') cursor.wrong('must close ${ with }');
    else if (OF_OUTSIDE.test(name)) {
      if (!outside) cursor.wrong(`no placeholder can stand here: \${${name}}`);
    } else if (!KNOWN.includes(name)) {
      cursor.wrong(
        `unknown placeholder \${${name}}${suggestion(name, KNOWN)}; known: env.NAME, secret.NAME, ${KNOWN.join(', ')}`,
      );
    } else if (!names.includes(name)) cursor.wrong(`\${${name}} has no meaning ${where}`);
  }
}

function textsOf(cursor: Cursor): string[] {
  if (cursor.text !== undefined) return [cursor.text];
  return [...cursor.items(), ...cursor.members().map(([, member]) => member)].flatMap(textsOf);
}

function membersOf(cursor: Cursor): Record<string, Cursor | undefined> {
  return Object.fromEntries(cursor.members());
}
