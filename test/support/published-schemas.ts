import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const FOLDER = resolve('libs/events/schemas');
const SUFFIX = '.schema.json';

/** Names of the published schemas, without those that are only parts of others. */
export const SCHEMA_NAMES = readdirSync(FOLDER)
  .filter((file) => file.endsWith(SUFFIX) && !file.startsWith('definitions.'))
  .map((file) => file.slice(0, -SUFFIX.length))
  .sort();

const ajv = new Ajv2020({ strict: true, strictTypes: true, allowUnionTypes: true, allErrors: true });
addFormats.default(ajv);
for (const name of ['definitions', ...SCHEMA_NAMES]) {
  ajv.addSchema(JSON.parse(readFileSync(join(FOLDER, name + SUFFIX), 'utf8')) as object);
}

/** The compiled schema of a name. @throws where there is none, or it does not compile strictly */
export function publishedSchema(name: string): ValidateFunction {
  const validate = ajv.getSchema(name + SUFFIX);
  if (!validate) throw new Error(`no schema is published for ${name}`);
  return validate;
}

/**
 * What is wrong with a record's value by the schema published for its type; empty where it is valid.
 * @throws where the value is no CloudEvent of a type that flows
 */
export function schemaProblems(value: string): string[] {
  const event = JSON.parse(value) as Told;
  const validate = publishedSchema(schemaNameOf(event));
  return validate(event) ? [] : validate.errors!.map((e) => `${e.instancePath}: ${e.message}`);
}

interface Told {
  type: string;
  source?: string;
  data: { kind?: string; stream?: string } | null;
}

function schemaNameOf({ type, source, data }: Told): string {
  switch (type) {
    case 'tributary.raw.v1':
      if (source !== 'pixel-browser' && source !== 'pixel-server') return 'raw-event-record';
      return data?.stream === 'click' ? 'raw-event-pixel-click' : 'raw-event-pixel-conversion';
    case 'tributary.event.v1':
      return String(data?.kind).replaceAll('_', '-');
    case 'tributary.dead-letter.v1':
      return 'dead-letter';
    case 'tributary.conversion.v1':
      return 'conversion';
    default:
      throw new Error(`${type} is no type that flows`);
  }
}
