import type { JsonObject, JsonValue } from '#libs/sources';

/**
 * A value of Avro or Parquet as BigQuery writes it in JSON: INT64 as decimal text, a float that JSON does not have as
 * its name (`NaN`, `Infinity`), bytes as Base64, an instant in ISO 8601; null where there is none.
 */
export function plainValue(value: unknown): JsonValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return typeof value === 'object' && value !== null ? plainObject(value) : null;
}

function plainObject(value: object): JsonValue {
  if (Array.isArray(value)) return value.map(plainValue);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  const members = value as Record<string, unknown>;
  const elements = elementsOf(members);
  if (elements) return elements.map(plainValue);
  const plain: JsonObject = {};
  for (const name of Object.keys(members)) plain[name] = plainValue(members[name]);
  return plain;
}

/**
 * The elements of a list that is wrapped as Parquet's lists are, `{list: [{element: …}]}`, where the file does not say
 * that it is one. No column of GA4's export is named so.
 */
function elementsOf(members: Record<string, unknown>): unknown[] | undefined {
  const { list } = members;
  if (!Array.isArray(list) || Object.keys(members).length !== 1) return undefined;
  const elements: unknown[] = [];
  for (const item of list as unknown[]) {
    if (typeof item !== 'object' || item === null || Object.keys(item).join() !== 'element') return undefined;
    elements.push((item as { element: unknown }).element);
  }
  return elements;
}
