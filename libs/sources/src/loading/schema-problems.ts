import { closest, distance } from 'fastest-levenshtein';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { DEFINITION_SCHEMA } from './definition-schema.js';
import type { Place, SourceProblem } from './problem.js';
import { TEXT_FORMATS, type TextFormat } from './text-formats.js';
import type { YamlFile } from './yaml-file.js';

/** Compiled when the first file is read, which takes a seventh of a second, and as long again were it not for `fast`. */
let compiled: ValidateFunction | undefined;

/** The schema is of our own making and checked by a test; files are few, so that their check need not be optimized. */
const fast = { validateSchema: false, meta: false, code: { optimize: false } } as const;

function compileSchema(): ValidateFunction {
  const ajv = new Ajv2020({
    ...fast,
    allErrors: true,
    allowUnionTypes: true,
    discriminator: true,
    strict: true,
    strictRequired: false,
    strictTypes: false,
    verbose: true,
  });
  for (const [name, problem] of Object.entries(TEXT_FORMATS)) {
    ajv.addFormat(name, { type: 'string', validate: (text: string) => problem(text) === undefined });
  }
  return ajv.compile(DEFINITION_SCHEMA);
}

/** Everything that the schema has against a file's data; of objects of several types only by the type that is given. */
export function problemsOfSchema(file: YamlFile): SourceProblem[] {
  const validate = (compiled ??= compileSchema());
  if (validate(file.data)) return [];
  return validate.errors!.flatMap((error) => problemOf(error, file) ?? []);
}

function problemOf(error: ErrorObject, file: YamlFile): SourceProblem | undefined {
  const place = placeOf(error.instancePath, file.data);
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'if': // what its branch has against it is told
    case 'propertyNames': // alike
      return undefined;
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {});
      return file.problem(
        [...place, key],
        `unknown key ${key}${suggestion(key, known)}; known: ${known.join(', ')}`,
        'key',
      );
    }
    case 'required':
    case 'dependentRequired': {
      const missing = String(params['missingProperty']);
      // Without its type nothing else is said of the object
      const given = error.parentSchema?.['discriminator'] ? Object.keys(error.data as object) : [];
      return file.problem(
        place,
        `${missing} must be there${given.length > 0 ? ` (given: ${given.join(', ')})` : ''}`,
      );
    }
    case 'discriminator': {
      const tag = String(params['tag']);
      if (params['error'] === 'tag' && params['tagValue'] === undefined) return undefined; // "must be there" is told
      const known = tagsOf(error);
      return file.problem(
        [...place, tag],
        `must be one of ${known.join(', ')}${suggestion(params['tagValue'], known)}`,
      );
    }
    default:
      if (error.propertyName !== undefined) {
        return file.problem([...place, error.propertyName], nameRule(error), 'key');
      }
      return file.problem(place, ruleOf(error));
  }
}

/** What the value must be, in words. */
function ruleOf({ keyword, params, data, schema, parentSchema }: ErrorObject): string {
  const limit = (params as { limit?: number }).limit;
  switch (keyword) {
    case 'enum': {
      const known = (schema as unknown[]).map(String);
      return `must be one of ${known.join(', ')}${suggestion(data, known)}`;
    }
    case 'const':
      return `must be ${String(schema)}`;
    case 'type': {
      const types = [schema].flat() as string[];
      return `must be ${types.map((type) => TYPE_NAMES[type] ?? type).join(' or ')}, not ${typeName(data)}`;
    }
    case 'format':
      return TEXT_FORMATS[schema as TextFormat](data as string) ?? '';
    case 'pattern':
      return patternRule(schema as string);
    case 'minLength':
      return 'must not be empty';
    case 'minItems':
    case 'minProperties':
      return `must have at least ${limit}`;
    case 'minimum':
      return `must be at least ${limit}`;
    case 'maximum':
      return `must be at most ${limit}`;
    case 'maxLength':
      return `must have at most ${limit} characters`;
    default:
      return `must keep the rule ${keyword} of ${JSON.stringify(parentSchema?.['description'] ?? '')}`;
  }
}

function nameRule(error: ErrorObject): string {
  const { propertyName: name, keyword, schema } = error;
  if (keyword === 'enum') {
    const known = schema as string[];
    return `unknown key ${name}${suggestion(name, known)}; known: ${known.join(', ')}`;
  }
  return keyword === 'format'
    ? (TEXT_FORMATS[schema as TextFormat](name!) ?? '')
    : `the name ${name} ${patternRule(schema as string)}`;
}

const PATTERNS: Readonly<Record<string, string>> = {
  '^[a-z0-9][a-z0-9_-]{0,63}$': 'must be up to 64 of a-z, 0-9, _ and -, the first a letter or digit',
  '^[0-9]{1,20}$': 'must be digits, as "123456789"',
  '^sub([1-9]|10)$': 'must be sub1 to sub10',
  '^[a-z_][a-z0-9_]{0,31}$': 'must be up to 32 of a-z, 0-9 and _, the first no digit',
  '^[A-Z][A-Z0-9]{2,9}$': 'must be the code of a currency, as USDC',
  '^\\./(?!.*\\.\\.).+\\.json$': 'must be a file beside or below this one, as ./schemas/conversion.json',
};

function patternRule(pattern: string): string {
  return PATTERNS[pattern] ?? `must match ${pattern}`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'keys and values',
  array: 'a list',
  null: 'null',
};

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  return TYPE_NAMES[Array.isArray(value) ? 'array' : typeof value]!;
}

/** Every tag of the variants of a discriminated union. */
function tagsOf({ parentSchema, params }: ErrorObject): string[] {
  const variants = (
    parentSchema as { oneOf: { properties: Record<string, { const?: string; enum?: string[] }> }[] }
  ).oneOf;
  return variants.flatMap(({ properties }) => {
    const tag = properties[(params as { tag: string }).tag]!;
    return tag.enum ?? [tag.const!];
  });
}

/** ` (did you mean …?)` where a known word is near enough. */
export function suggestion(given: unknown, known: readonly string[]): string {
  if (typeof given !== 'string' || known.length === 0) return '';
  const nearest = closest(given.toLowerCase(), known);
  const far = distance(given.toLowerCase(), nearest.toLowerCase());
  return far <= Math.max(2, Math.floor(nearest.length / 3)) ? ` (did you mean ${nearest}?)` : '';
}

/** The place that a JSON pointer names. */
function placeOf(pointer: string, data: unknown): Place {
  let holder = data;
  return pointer
    .split('/')
    .slice(1)
    .map((step) => {
      const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
      const at = Array.isArray(holder) ? Number(name) : name;
      holder = (holder as Record<string | number, unknown>)[at];
      return at;
    });
}
