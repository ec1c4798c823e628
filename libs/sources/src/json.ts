/** A value of a decoded record. Numbers that a JSON number of JavaScript cannot hold to the last digit are texts. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A record of a partner, or any object of its answer. */
export interface JsonObject {
  [member: string]: JsonValue;
}

/** Whether the value is an object, and neither an array nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
