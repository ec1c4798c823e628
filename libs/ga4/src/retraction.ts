import {
  CONVERSION_TYPES,
  hashParts,
  problemOfCanonicalEvent,
  type ConversionType,
  type Instant,
  type RecordEvent,
  type Rejection,
  type RetractionEvent,
} from '#libs/events';
import { kindOfValue, type JsonObject } from '#libs/sources';

/**
 * A conversion that a version of a shard told of, as a later version without it takes it back. It is still told where the
 * later version has one with the same members, all of them: a registration whose row names another player is another.
 */
export interface ToldConversion {
  /** Of the conversion's event. */
  natural_key: string;
  kind: ConversionType;
  transaction_id?: string;
  partner?: string;
  player_id?: string;
  click_id?: string;
}

/** What names a conversion beside its natural key. */
const NAMES = ['transaction_id', 'partner', 'player_id', 'click_id'] as const;

/**
 * Says that a conversion is no longer told.
 * @param absent what `ToldConversion` is in JSON
 * @param version of the shard without it
 * @param modifiedAt when the shard became one without it
 */
export function retractionOf(
  absent: JsonObject,
  { version, modifiedAt }: { version: string; modifiedAt: Instant },
  raw: RecordEvent,
  rawPosition: string | undefined,
): RetractionEvent | Rejection {
  const { natural_key, kind } = absent;
  if (typeof natural_key !== 'string') return fault('/natural_key', 'must be a text', natural_key);
  if (!CONVERSION_TYPES.includes(kind as ConversionType)) {
    return fault('/kind', `must be one of ${CONVERSION_TYPES.join(', ')}`, kind);
  }
  const event: RetractionEvent = {
    kind: 'retraction',
    event_id: hashParts([raw.event_id, 'retraction']),
    source: raw.source,
    stream: raw.stream,
    brand: raw.brand,
    natural_key,
    conversion_type: kind as ConversionType,
    occurred_at: modifiedAt,
    received_at: raw.received_at,
    version,
    trust: 'ga4',
  };
  for (const name of NAMES) if (absent[name] !== undefined) event[name] = absent[name] as string;
  if (rawPosition !== undefined) event.raw_position = rawPosition;
  const problem = problemOfCanonicalEvent(event);
  if (problem === undefined) return event;
  const [name = ''] = problem.path.split('/').slice(1);
  return fault(problem.path, `${name} of retraction ${problem.detail}`, absent[name]);
}

function fault(path: string, rule: string, given: unknown): Rejection {
  const detail = `${rule}; it is ${kindOfValue(given)}`;
  return { kind: 'dead_letter', reason: 'invalid_field', path: `/data/payload/absent${path}`, detail };
}
