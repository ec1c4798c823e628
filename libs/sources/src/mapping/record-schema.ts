import { Ajv, type ErrorObject, type Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import type { JsonObject } from '../json.js';
import { kindOfValue } from './value-kind.js';

/** A JSON Schema of records that cannot be used. */
export class RecordSchemaError extends Error {}

/** What a record breaks: a JSON pointer into it, and the rule with the value's type. */
export interface SchemaViolation {
  pointer: string;
  detail: string;
}

/** The first violations of a record; none where it keeps its schema. */
export type CheckRecord = (record: JsonObject) => readonly SchemaViolation[];

const OPTIONS: Options = { allErrors: false, strict: false, validateFormats: true, verbose: true };
const NONE: readonly SchemaViolation[] = [];

/** A compiler checks the schemas, too; to make what it checks them with takes a tenth of a second. */
const compilers = new Map<typeof Ajv | typeof Ajv2020, Ajv>();
const compiled = new WeakMap<object, CheckRecord>();

/**
 * Compiles the schema of a stream's records: draft 7 where it says so, else 2020-12. The same object is compiled once.
 * @throws RecordSchemaError
 */
export function compileRecordSchema(schema: unknown): CheckRecord {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw new RecordSchemaError('the schema must be an object');
  }
  let check = compiled.get(schema);
  if (!check) compiled.set(schema, (check = compile(schema)));
  return check;
}

function compile(schema: object): CheckRecord {
  const { $schema: said } = schema as { $schema?: unknown };
  const dialect = typeof said === 'string' && said.includes('draft-07') ? Ajv : Ajv2020;
  let ajv = compilers.get(dialect);
  if (!ajv) compilers.set(dialect, (ajv = openAjv(dialect)));
  try {
    const validate = ajv.compile<JsonObject>(schema);
    return (record) => (validate(record) ? NONE : validate.errors!.map(violationOf));
  } catch (e) {
    throw new RecordSchemaError(`the schema cannot be used: ${(e as Error).message}`);
  } finally {
    ajv.removeSchema(schema); // that another may have the same `$id`
  }
}

function openAjv(Dialect: typeof Ajv | typeof Ajv2020): Ajv {
  const ajv = new Dialect(OPTIONS);
  ajvFormats.default(ajv);
  return ajv;
}

function violationOf({ instancePath, message, data }: ErrorObject): SchemaViolation {
  return {
    pointer: instancePath,
    detail: `${message ?? 'must keep the schema'}; it is ${kindOfValue(data)}`,
  };
}
