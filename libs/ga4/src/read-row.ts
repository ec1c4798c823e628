import type { Instant, Rejection } from '#libs/events';
import { isJsonObject, kindOfValue, type JsonObject, type JsonValue } from '#libs/sources';
import type { Ga4Row } from './row.js';
import { idOf, instantOfMicros, int64Of, listOf, structOf, textOf } from './values.js';

/** A row whose envelope is understood; what else it says is read where it is asked for. */
export class ReadRow {
  private collectedRead: JsonObject | undefined | null = null;
  private ecommerceRead: JsonObject | undefined | null = null;

  constructor(
    readonly row: Ga4Row,
    readonly name: string,
    readonly occurredAt: Instant,
    private readonly params: ReadonlyMap<string, JsonObject>,
  ) {}

  /** A column's text. */
  text(column: string): string | undefined {
    return textOf(this.row[column]);
  }

  /** The browser or device; none without consent. */
  get clientId(): string | undefined {
    return idOf(this.row['user_pseudo_id']);
  }

  /** The site's own id of a user who signed in. */
  get userId(): string | undefined {
    return idOf(this.row['user_id']);
  }

  get streamId(): string | undefined {
    return textOf(this.row['stream_id']);
  }

  /** Digits; with stream and client it names a session. */
  get sessionId(): string | undefined {
    return int64Of(this.param('ga_session_id'));
  }

  /** What the tag saw of the traffic's source at this event. */
  get collected(): JsonObject | undefined {
    if (this.collectedRead === null) this.collectedRead = structOf(this.row['collected_traffic_source']);
    return this.collectedRead;
  }

  get ecommerce(): JsonObject | undefined {
    if (this.ecommerceRead === null) this.ecommerceRead = structOf(this.row['ecommerce']);
    return this.ecommerceRead;
  }

  /** The value of a parameter, of whichever kind it is. */
  param(key: string): JsonValue | undefined {
    const value = this.params.get(key);
    return value === undefined ? undefined : valueOf(value);
  }

  paramText(key: string): string | undefined {
    return textOf(this.param(key));
  }

  /** Keys of the parameters. */
  get paramKeys(): IterableIterator<string> {
    return this.params.keys();
  }

  /** The parameters, each with its value as the row has it. */
  get paramValues(): ReadonlyMap<string, JsonObject> {
    return this.params;
  }
}

/** The one value of a parameter or user property: text, INT64, or one of the two kinds of FLOAT64. */
export function valueOf(value: JsonObject): JsonValue | undefined {
  return value['string_value'] ?? value['int_value'] ?? value['double_value'] ?? value['float_value'];
}

/** What is wrong with a row: where in it, by which rule, and which kind of value stands there. */
export function rowFault(path: string, rule: string, given: unknown): Rejection {
  const detail = `${rule}; it is ${kindOfValue(given)}`;
  return { kind: 'dead_letter', reason: 'invalid_field', path: `/data/payload/row${path}`, detail };
}

/** Reads what every row must have: a name, a time, and parameters that are a list of keys with values. */
export function readRow(row: Ga4Row): ReadRow | Rejection {
  const name = textOf(row['event_name']);
  if (name === undefined) return rowFault('/event_name', 'must be the name of an event', row['event_name']);
  const occurredAt = instantOfMicros(row['event_timestamp']);
  if (occurredAt === undefined) {
    const rule = 'must be whole microseconds since 1970, exact to the last digit';
    return rowFault('/event_timestamp', rule, row['event_timestamp']);
  }
  const params = readParams(row['event_params'], 'event_params');
  return params instanceof Map ? new ReadRow(row, name, occurredAt, params) : (params as Rejection);
}

/** The values of `event_params` or `user_properties` by their keys; of a key that is there twice the first. */
export function readParams(
  value: JsonValue | undefined,
  column: string,
): ReadonlyMap<string, JsonObject> | Rejection {
  const list = listOf(value);
  if (list === undefined) return rowFault(`/${column}`, 'must be a list', value);
  const params = new Map<string, JsonObject>();
  for (let i = 0; i < list.length; i++) {
    const element = list[i]!;
    const key = isJsonObject(element) ? element['key'] : undefined;
    if (typeof key !== 'string') return rowFault(`/${column}/${i}`, 'must be a key with its value', element);
    const given = (element as JsonObject)['value'];
    if (given === undefined || given === null) continue;
    if (!isJsonObject(given)) {
      return rowFault(`/${column}/${i}/value`, 'must be a value of one of the four kinds', given);
    }
    if (!params.has(key)) params.set(key, given);
  }
  return params;
}
