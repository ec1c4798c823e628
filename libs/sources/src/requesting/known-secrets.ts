import type { SecretLookup } from './placeholders.js';

/** A lookup that remembers what it gave out, so that it can be masked wherever it turns up. */
export interface KnownSecrets {
  lookUp: SecretLookup;
  /** Every value given out so far. */
  values: () => readonly string[];
}

/** Remembers the secrets of one stream. */
export function rememberSecrets(secrets: SecretLookup): KnownSecrets {
  const given = new Set<string>();
  return {
    lookUp: (name) => {
      const value = secrets(name);
      if (value) given.add(value);
      return value;
    },
    values: () => [...given],
  };
}
