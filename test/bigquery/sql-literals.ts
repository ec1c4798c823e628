import type { PlayedField } from '#test/played-bigquery';

const TYPES: Record<string, string> = { INTEGER: 'INT64' };

/** `CREATE TABLE` of these columns. */
export function createTable(table: string, fields: readonly PlayedField[]): string {
  return `CREATE TABLE \`${table}\` (${fields.map((f) => `\`${f.name}\` ${typeOf(f)}`).join(', ')})`;
}

/** `INSERT` of JSON rows: with typed literals, the only way in which the emulator keeps nested columns. */
export function insertRows(table: string, fields: readonly PlayedField[], rows: readonly object[]): string {
  const names = fields.map((f) => `\`${f.name}\``).join(', ');
  const tuples = rows.map((row) => `(${fields.map((f) => literal((row as Json)[f.name], f)).join(', ')})`);
  return `INSERT INTO \`${table}\` (${names}) VALUES ${tuples.join(', ')}`;
}

type Json = Record<string, unknown>;

function typeOf(field: PlayedField): string {
  const type =
    field.type === 'RECORD'
      ? `STRUCT<${field.fields!.map((f) => `${f.name} ${typeOf(f)}`).join(', ')}>`
      : (TYPES[field.type] ?? field.type);
  return field.mode === 'REPEATED' ? `ARRAY<${type}>` : type;
}

function literal(value: unknown, field: PlayedField): string {
  if (field.mode === 'REPEATED') {
    const one = { ...field, mode: 'NULLABLE' };
    const items = Array.isArray(value) ? value.map((v) => literal(v, one)) : [];
    return items.length > 0 ? `[${items.join(', ')}]` : `CAST([] AS ${typeOf(field)})`;
  }
  // In the fixtures a record that is null may be the text «null»
  if (value === undefined || value === null || (field.type === 'RECORD' && typeof value !== 'object')) {
    return `CAST(NULL AS ${typeOf(field)})`;
  }
  if (field.type === 'RECORD') {
    return `${typeOf(field)}(${field.fields!.map((f) => literal((value as Json)[f.name], f)).join(', ')})`;
  }
  return field.type === 'STRING'
    ? JSON.stringify(textOf(value))
    : `CAST('${textOf(value)}' AS ${typeOf(field)})`;
}

/** A row as it is to be read: the columns that are asked for, INT64 as text, without nulls. */
export function expectedRow(row: object, fields: readonly PlayedField[]): Json {
  const made: Json = {};
  for (const field of fields) {
    const value = expectedValue((row as Json)[field.name], field);
    if (value !== undefined) made[field.name] = value;
  }
  return made;
}

function expectedValue(value: unknown, field: PlayedField): unknown {
  if (field.mode === 'REPEATED') {
    const one = { ...field, mode: 'NULLABLE' };
    return Array.isArray(value) ? value.map((v) => expectedValue(v, one) ?? {}) : [];
  }
  if (value === undefined || value === null || (field.type === 'RECORD' && typeof value !== 'object')) {
    return undefined;
  }
  if (field.type === 'RECORD') return expectedRow(value, field.fields!);
  return field.type === 'FLOAT64' ? Number(value) : textOf(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
