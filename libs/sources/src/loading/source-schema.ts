import type { FileSchema } from '#libs/yaml-file';
import { DEFINITION_SCHEMA } from './definition-schema.js';
import { TEXT_FORMATS } from './text-formats.js';

const PATTERNS: Readonly<Record<string, string>> = {
  '^[a-z0-9][a-z0-9_-]{0,63}$': 'must be up to 64 of a-z, 0-9, _ and -, the first a letter or digit',
  '^[0-9]{1,20}$': 'must be digits, as "123456789"',
  '^sub([1-9]|10)$': 'must be sub1 to sub10',
  '^[a-z_][a-z0-9_]{0,31}$': 'must be up to 32 of a-z, 0-9 and _, the first no digit',
  '^[A-Z][A-Z0-9]{2,9}$': 'must be the code of a currency, as USDC',
  '^\\./(?!.*\\.\\.).+\\.json$': 'must be a file beside or below this one, as ./schemas/conversion.json',
};

/** The schema of source definitions, with what it leaves to code. */
export const SOURCE_SCHEMA: FileSchema = {
  schema: DEFINITION_SCHEMA,
  formats: TEXT_FORMATS,
  patterns: PATTERNS,
};
