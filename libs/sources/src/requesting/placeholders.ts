import { SliceError, definitionError } from '../errors/slice-error.js';

/** Value of `${secret.NAME}`, by NAME; `undefined` where there is none. Asked for every request: secrets may change. */
export type SecretLookup = (name: string) => string | undefined;

/** Value of `${env.NAME}`, by NAME. */
export type EnvLookup = (name: string) => string | undefined;

/** Placeholders that may stand in a stream's requests, besides `env.` and `secret.`. */
export const REQUEST_PLACEHOLDERS = [
  'window.from',
  'window.to',
  'cursor',
  'page.number',
  'page.size',
] as const;

/** Placeholders of what is signed anew with every request. */
export const SIGNING_PLACEHOLDERS = ['timestamp', 'timestamp_ms', 'nonce'] as const;

/** What the placeholders stand for in one request. */
export interface PlaceholderValues {
  env: EnvLookup;
  secret: SecretLookup;
  /** All others by their names; one that is missing here is empty. */
  moment: Readonly<Record<string, string | undefined>>;
}

/** A text with placeholders, read once. */
export interface Template {
  /** Names in the order of the text; empty where every request gets the same text. */
  names: readonly string[];
  /**
   * @param encode gets each placeholder's value, what stands before it by then, and its name
   * @throws SliceError where an environment variable or a secret is missing, by name
   */
  fill(values: PlaceholderValues, encode?: (value: string, before: string, name: string) => string): string;
}

const PLACEHOLDER = /\$\{([^{}]*)\}/g;
const LOOKUP = /^(env|secret)\.([A-Za-z0-9_.-]+)$/;

/**
 * Reads a text whose `${...}` are lookups; there are no expressions.
 * @param where key of the definition, for messages
 * @param allowed what may stand there besides `env.` and `secret.`
 * @throws SliceError for a placeholder that cannot stand there
 */
export function compileTemplate(text: string, where: string, allowed: readonly string[]): Template {
  const pieces = text.split(PLACEHOLDER);
  const literals = pieces.filter((_, i) => i % 2 === 0);
  const names = pieces.filter((_, i) => i % 2 === 1);
  for (const name of names) {
    if (!LOOKUP.test(name) && !allowed.includes(name)) {
      const known = ['env.NAME', 'secret.NAME', ...allowed].map((n) => `\${${n}}`).join(', ');
      throw definitionError(where, `\${${name}} cannot stand here; these can: ${known}`);
    }
  }
  if (literals.some((literal) => literal.includes('${'))) {
    throw definitionError(where, 'a placeholder that begins with ${ does not end with }');
  }
  return {
    names,
    fill: (values, encode = (value) => value) =>
      names.reduce(
        (before, name, i) => before + encode(lookUp(name, where, values), before, name) + literals[i + 1]!,
        literals[0]!,
      ),
  };
}

function lookUp(name: string, where: string, values: PlaceholderValues): string {
  const [, kind, key] = LOOKUP.exec(name) ?? [];
  if (kind === undefined || key === undefined) return values.moment[name] ?? '';
  const value = kind === 'env' ? values.env(key) : values.secret(key);
  if (value !== undefined) return value;
  throw kind === 'env'
    ? definitionError(where, `the environment has no ${key}, which \${${name}} needs`)
    : new SliceError(
        'config_error',
        'secret',
        `${where}: there is no secret ${key}; set SECRET_${key.toUpperCase()} or put the file ${key} into SECRETS_DIR`,
      );
}
