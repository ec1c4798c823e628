import { Ajv, type ErrorObject, type Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
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

/**
 * Compiles the schema of a stream's records: draft 7 where it says so, else 2020-12.
 * @throws RecordSchemaError
 */
export function compileRecordSchema(schema: unknown): CheckRecord {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw new RecordSchemaError('the schema must be an object');
  }
  const dialect = (schema as { $schema?: unknown }).$schema;
  const ajv =
    typeof dialect === 'string' && dialect.includes('draft-07') ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS);
  addFormats.default(ajv);
  try {
    const validate = ajv.compile<JsonObject>(schema);
    return (record) => (validate(record) ? NONE : validate.errors!.map(violationOf));
  } catch (e) {
    throw new RecordSchemaError(`the schema cannot be used: ${(e as Error).message}`);
  }
}

function violationOf({ instancePath, message, data }: ErrorObject): SchemaViolation {
  return {
    pointer: instancePath,
    detail: `${message ?? 'must keep the schema'}; it is ${kindOfValue(data)}`,
  };
}
