import type { Ga4Row } from '#libs/ga4';
import { isJsonObject, type JsonObject, type JsonValue } from '#libs/sources';

/** A row for people, by the paths that mappings use: `params.<key>`, `user_properties.<key>`, and no nulls. */
export function shortRow({ event_params, user_properties, ...columns }: Ga4Row): JsonObject {
  const short = withoutNulls(columns) as JsonObject;
  short['params'] = membersOf(event_params);
  const properties = membersOf(user_properties);
  if (Object.keys(properties).length > 0) short['user_properties'] = properties;
  return short;
}

/** The one value of every key. */
function membersOf(list: JsonValue | undefined): JsonObject {
  const members: JsonObject = {};
  for (const member of Array.isArray(list) ? list : []) {
    if (!isJsonObject(member) || typeof member['key'] !== 'string' || !isJsonObject(member['value']))
      continue;
    const {
      string_value: text,
      int_value: whole,
      float_value: float,
      double_value: double,
    } = member['value'];
    members[member['key']] = text ?? whole ?? float ?? double ?? null;
  }
  return members;
}

function withoutNulls(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const there = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(there.map(([name, member]) => [name, withoutNulls(member)]));
}
