import { requiredFields } from './entity-rules.js';
import { isList, type FieldSpec, type FieldType } from './entity-spec.js';
import { specOf, type EntityKind } from './registry.js';

/** Definition of `definitions.schema.json` for a type. */
const DEFINITION: Record<FieldType, string> = {
  id: 'id',
  text: 'text',
  currency: 'currency',
  instant: 'instant',
  date: 'date',
  flag: 'flag',
  amount: 'amountPaid',
  balance: 'amount',
  decimal: 'decimal',
  count: 'count',
};

/** JSON Schema (2020-12) of the value of a record on `conversion-events` of this kind. */
export function schemaOfEntity(kind: EntityKind): object {
  const { meaning, fields } = specOf(kind);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `${schemaNameOf(kind)}.schema.json`,
    title: `Canonical event: ${kind.replaceAll('_', ' ')}`,
    description: `Value of a record on \`conversion-events\`: ${meaning}.`,
    type: 'object',
    allOf: [reference('canonicalEnvelope')],
    properties: {
      data: {
        type: 'object',
        description: 'The event itself; members that are not listed are ignored.',
        allOf: [reference('eventBase')],
        properties: {
          kind: { type: 'string', const: kind },
          record: {
            description: 'The whole of it as of its version; members that are not listed are ignored.',
            type: 'object',
            properties: Object.fromEntries(Object.entries(fields).map(([name, f]) => [name, schemaOf(f)])),
            required: requiredFields(fields),
          },
        },
        required: ['record'],
      },
    },
  };
}

/** Name of a kind's schema, without its ending. */
export function schemaNameOf(kind: EntityKind): string {
  return kind.replaceAll('_', '-');
}

function schemaOf({ type, meaning, absent }: FieldSpec): object {
  const description = absent === undefined ? meaning : `${meaning} Absent: \`${absent}\`.`;
  return isList(type)
    ? { description, type: 'string', enum: type }
    : { ...reference(DEFINITION[type]), description };
}

function reference(definition: string): { $ref: string } {
  return { $ref: `definitions.schema.json#/$defs/${definition}` };
}
