import { hashParts, type CanonicalEvent, type Rejection } from '#libs/events';
import type { ReadRow } from './read-row.js';
import { addTraffic, checked, eventOf, type Telling } from './telling.js';
import { groupOf, isDirect, trafficOfFirstTouch, type TrafficSource } from './traffic-source.js';
import { instantOfMicros, int64Of } from './values.js';
import type { Visit } from './visit.js';

/** Events with which a session begins, whatever they say of its source. */
const STARTS: ReadonlySet<string> = new Set(['session_start', 'first_visit', 'first_open']);
const MAX_ID = 128;
const DIRECT: TrafficSource = { source: '(direct)', medium: '(none)' };

/** Whether the row is the first of a session, or of its pages. */
export function isStart(read: ReadRow): boolean {
  return STARTS.has(read.name) || int64Of(read.param('entrances')) === '1';
}

/**
 * The source that a row tells its session has; undefined where it tells none. Of a row amid a session only what it says
 * itself counts: GA4's word for the session stands in every row of it. A `session_start` that says nothing is a direct
 * touch, save where it shows a click of ours, which is a touch already.
 */
export function touchOf(
  { read, clickIds, traffic, session }: Visit,
  isConversion: boolean,
): TrafficSource | undefined {
  if (read.clientId === undefined || read.sessionId === undefined) return undefined;
  const told = traffic !== undefined || isConversion || isStart(read) ? (session ?? traffic) : undefined;
  if (told) return told;
  return read.name === 'session_start' && clickIds.own === undefined ? DIRECT : undefined;
}

/** The touch of the session by (stream, client, session): an earlier row of it, and one with a source, stands. */
export function sessionTouch(
  told: TrafficSource,
  property: string,
  telling: Telling,
  visit: Visit,
): CanonicalEvent | Rejection {
  const { read } = visit;
  const event = eventOf('touchpoint', 'touchpoint', telling, visit);
  event['touch_id'] = touchId(property, `${read.streamId ?? ''}:${read.clientId}:${read.sessionId}`);
  if (isDirect(told)) event['version'] = telling.directVersion;
  addTraffic(event, told, visit);
  event['custom'] = { channel_group: groupOf(told) };
  return checked(event);
}

/**
 * The client's first touch, which daily shards alone tell in full. None where the row's session is the first and tells
 * its own source: then its touch is the first.
 */
export function firstTouch(
  session: TrafficSource | undefined,
  property: string,
  telling: Telling,
  visit: Visit,
): CanonicalEvent | Rejection | undefined {
  const { read } = visit;
  if (!telling.isDaily || read.clientId === undefined) return undefined;
  if (session && !isDirect(session) && int64Of(read.param('ga_session_number')) === '1') return undefined;
  const at = instantOfMicros(read.row['user_first_touch_timestamp']);
  const told = at === undefined ? undefined : trafficOfFirstTouch(read);
  if (told === undefined) return undefined;
  const event = eventOf('touchpoint', 'first_touch', telling, visit);
  // Who the client is now says nothing of who came first
  delete event['user_id'];
  delete event['click_id'];
  event['occurred_at'] = at;
  event['touch_id'] = touchId(property, `first:${read.clientId}`);
  if (isDirect(told)) event['version'] = telling.directVersion;
  event['utm'] = told;
  event['custom'] = { channel_group: groupOf(told) };
  return checked(event);
}

/** An id that is unique in the brand; one that is too long, as of odd clients, by its hash. */
function touchId(property: string, of: string): string {
  const id = `ga4:${property}:${of}`.normalize('NFC');
  return Buffer.byteLength(id) <= MAX_ID ? id : `ga4:${property}:sha256:${hashParts([of])}`;
}
