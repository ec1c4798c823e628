import type { Ga4Row } from '#libs/ga4';
import type { JsonObject, JsonValue } from '#libs/sources';

/** A column of a table, as BigQuery's REST interface has it (TableFieldSchema). */
export interface FieldSchema {
  name: string;
  type: string;
  mode?: string;
  fields?: FieldSchema[];
}

/** A row of `getQueryResults` and `tabledata.list`: cells by place, every value a text. */
export interface RestRow {
  f: RestCell[];
}

interface RestCell {
  v: unknown;
}

type DecodeCell = (value: unknown) => JsonValue;

/**
 * Compiles the reading of rows of these columns to JSON: INT64 and whatever else a JSON number may not hold stay texts,
 * FLOAT64 is a number where it is finite, nulls are left out.
 */
export function compileRows(fields: readonly FieldSchema[]): (row: RestRow) => Ga4Row {
  return compileStruct(fields);
}

function compileStruct(fields: readonly FieldSchema[]): (row: RestRow) => JsonObject {
  const columns = fields.map((field) => ({ name: field.name, decode: compileField(field) }));
  return ({ f }) => {
    const object: JsonObject = {};
    for (let i = 0; i < columns.length; i++) {
      const value = f[i]?.v;
      if (value !== null && value !== undefined) object[columns[i]!.name] = columns[i]!.decode(value);
    }
    return object;
  };
}

function compileField(field: FieldSchema): DecodeCell {
  const decode = compileValue(field);
  if (field.mode !== 'REPEATED') return decode;
  return (value) => (value as RestCell[]).map((cell) => decode(cell.v));
}

function compileValue({ type, fields = [] }: FieldSchema): DecodeCell {
  switch (type) {
    case 'RECORD':
    case 'STRUCT': {
      const struct = compileStruct(fields);
      return (value) => struct(value as RestRow);
    }
    case 'FLOAT':
    case 'FLOAT64':
      return (value) => (Number.isFinite(Number(value)) ? Number(value) : String(value));
    case 'BOOLEAN':
    case 'BOOL':
      return (value) => value === true || value === 'true';
    default:
      return (value) => String(value);
  }
}
