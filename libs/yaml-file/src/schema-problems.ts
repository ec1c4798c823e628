import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { FileProblem, Place } from './problem.js';
import type { Schema } from './schema-parts.js';
import { suggestion } from './suggestion.js';
import type { YamlFile } from './yaml-file.js';

/** What is wrong with a text of a format; undefined where nothing is. */
export type TextProblem = (text: string) => string | undefined;

/** A JSON Schema (2020-12) for files of a kind, and what it leaves to code. */
export interface FileSchema {
  schema: Schema;
  /** By the names that `format` has. */
  formats: Readonly<Record<string, TextProblem>>;
  /** What a text of a `pattern` must be, in words. */
  patterns: Readonly<Record<string, string>>;
}

/** Compiled when the first file is read, which takes a seventh of a second, and as long again were it not for `fast`. */
const compiled = new WeakMap<FileSchema, ValidateFunction>();

/** Schemas are of our own making and checked by tests; files are few, so that their check need not be optimized. */
const fast = { validateSchema: false, meta: false, code: { optimize: false } } as const;

function compileSchema({ schema, formats }: FileSchema): ValidateFunction {
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
  for (const [name, problem] of Object.entries(formats)) {
    ajv.addFormat(name, { type: 'string', validate: (text: string) => problem(text) === undefined });
  }
  return ajv.compile(schema);
}

/** Everything that a schema has against a file's data; of objects of several types only by the type that is given. */
export function problemsOfSchema(file: YamlFile, rules: FileSchema): FileProblem[] {
  const validate = compiled.get(rules) ?? compileSchema(rules);
  compiled.set(rules, validate);
  if (validate(file.data)) return [];
  return validate.errors!.flatMap((error) => problemOf(error, file, rules) ?? []);
}

function problemOf(error: ErrorObject, file: YamlFile, rules: FileSchema): FileProblem | undefined {
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
        return file.problem([...place, error.propertyName], nameRule(error, rules), 'key');
      }
      return file.problem(place, ruleOf(error, rules));
  }
}

/** What the value must be, in words. */
function ruleOf({ keyword, params, data, schema, parentSchema }: ErrorObject, rules: FileSchema): string {
  const limit = (params as { limit?: number }).limit;
  switch (keyword) {
    case 'enum': {
      const known = (schema as unknown[]).map(String);
      return `must be one of ${known.join(', ')}${suggestion(data, known)}`;
    }
    case 'const':
      return `must be ${String(schema)}`;
    case 'type': {
      // A percentage, or a day, that was written without what makes it one
      const format = (parentSchema as { format?: string } | undefined)?.format;
      const problem = typeof data === 'number' && rules.formats[format ?? '']?.(String(data));
      if (problem) return problem;
      const types = [schema].flat() as string[];
      return `must be ${types.map((type) => TYPE_NAMES[type] ?? type).join(' or ')}, not ${typeName(data)}`;
    }
    case 'format':
      return rules.formats[schema as string]?.(data as string) ?? '';
    case 'pattern':
      return patternRule(schema as string, rules);
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

function nameRule(error: ErrorObject, rules: FileSchema): string {
  const { propertyName: name, keyword, schema } = error;
  if (keyword === 'enum') {
    const known = schema as string[];
    return `unknown key ${name}${suggestion(name, known)}; known: ${known.join(', ')}`;
  }
  return keyword === 'format'
    ? (rules.formats[schema as string]?.(name!) ?? '')
    : `the name ${name} ${patternRule(schema as string, rules)}`;
}

function patternRule(pattern: string, { patterns }: FileSchema): string {
  return patterns[pattern] ?? `must match ${pattern}`;
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
