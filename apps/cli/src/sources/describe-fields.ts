import { isJsonObject, type JsonObject, type JsonValue } from '#libs/sources';
import { guessTime } from './new/guess-time.js';

/** A member of a record. */
export interface DescribedField {
  path: string;
  /** What is there, as `text`, `number`, `time (yyyy-MM-dd HH:mm:ss)`. */
  kind: string;
  value: JsonValue;
}

/** What a record is made of: its members, those of objects inside with their paths. */
export function describeFields(record: JsonObject, path = ''): DescribedField[] {
  return Object.entries(record).flatMap(([name, value]) => {
    const own = /^[^.[\]'"$]+$/.test(name) ? name : `['${name}']`;
    const at = path === '' || own.startsWith('[') ? `${path}${own}` : `${path}.${own}`;
    if (isJsonObject(value) && Object.keys(value).length > 0) return describeFields(value, at);
    return [{ path: at, kind: kindOf(name, value), value }];
  });
}

function kindOf(name: string, value: JsonValue): string {
  if (value === null) return 'nothing (null)';
  if (value === '') return 'nothing (empty)';
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (typeof value === 'object') return 'object';
  // An id may have as many digits as an epoch
  const isNoTime = typeof value === 'boolean' || /(?:^|_)id$|Id$/.test(name);
  const time = isNoTime ? undefined : guessTime([String(value)]);
  if (time) return `time (${time.format}${time.hasZone ? '' : ', without a zone'})`;
  if (typeof value !== 'string') return typeof value;
  if (/^-?\d+(?:\.\d+)?$/.test(value)) return 'number, as text';
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value)) return 'UUID';
  return 'text';
}
