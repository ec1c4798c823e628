import {
  hashParts,
  problemOfCanonicalEvent,
  type CanonicalEvent,
  type EventBase,
  type RecordEvent,
  type Rejection,
} from '#libs/events';
import { GA4_STREAM } from '#libs/sources';
import { rowFault } from './read-row.js';
import type { TrafficSource } from './traffic-source.js';
import type { Visit } from './visit.js';

/** The record that tells of a row, and how its events weigh. */
export interface Telling {
  raw: RecordEvent;
  rawPosition: string | undefined;
  /** Whether the row is one of a daily shard: only there `traffic_source` is complete. */
  isDaily: boolean;
  /** `shardVersion`. */
  version: string;
  /** Of direct touches. */
  directVersion: string;
}

type Members = Record<string, unknown>;

/** An event of a row with the members that every one has; the caller adds its own and has it checked. */
export function eventOf(
  kind: CanonicalEvent['kind'],
  part: string,
  { raw, rawPosition, version }: Telling,
  { read, clickIds }: Visit,
): Members {
  const event: Members = {
    kind,
    event_id: hashParts([raw.event_id, part]),
    source: raw.source,
    stream: raw.stream,
    brand: raw.brand,
    natural_key: naturalKey(raw, part),
    occurred_at: read.occurredAt,
    received_at: raw.received_at,
    version,
    trust: 'ga4',
  };
  if (read.clientId !== undefined) event['client_id'] = read.clientId;
  if (read.userId !== undefined) event['user_id'] = read.userId;
  if (clickIds.own !== undefined) event['click_id'] = clickIds.own;
  if (rawPosition !== undefined) event['raw_position'] = rawPosition;
  return event;
}

/** Key of an event of a row, as rules of a mapping give it: `<source>/events/<key of the row>|<part>`. */
function naturalKey({ source, natural_key }: RecordEvent, part: string): string {
  return `${source}/${GA4_STREAM}/${natural_key}|${part}`;
}

/** Adds where the visitor came from. */
export function addTraffic(event: Members, traffic: TrafficSource | undefined, { clickIds }: Visit): void {
  if (traffic) {
    const { group: _ofGa4, ...utm } = traffic;
    event['utm'] = utm satisfies EventBase['utm'];
  }
  if (clickIds.ads) event['ad_click_ids'] = clickIds.ads;
}

/** Where in a row the fields of its events stand. */
const PLACES: Record<string, string> = {
  client_id: '/user_pseudo_id',
  user_id: '/user_id',
  transaction_id: '/ecommerce/transaction_id',
  occurred_at: '/event_timestamp',
  custom: '/event_params',
  utm: '/event_params',
  ad_click_ids: '/event_params',
};

/** The event where it keeps the rules of events, else what is wrong with it. */
export function checked(event: Members): CanonicalEvent | Rejection {
  const made = event as unknown as CanonicalEvent;
  const problem = problemOfCanonicalEvent(made);
  if (problem === undefined) return made;
  const [name = ''] = problem.path.split('/').slice(1);
  return rowFault(PLACES[name] ?? '', `${name} of ${made.kind} ${problem.detail}`, event[name]);
}
