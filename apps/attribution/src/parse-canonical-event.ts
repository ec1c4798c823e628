import {
  EVENT_KINDS,
  EventType,
  parseAmount,
  type CanonicalEvent,
  type EventKind,
  type Rejection,
} from '#libs/events';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const MAX_TEXT = 2048;
const KINDS: ReadonlySet<unknown> = new Set(EVENT_KINDS);

/** Fields that a kind must have besides those of every event. */
const REQUIRED = {
  install: [],
  registration: [],
  deposit: [],
  click: ['click_id'],
  touchpoint: ['touch_id'],
  identity_link: ['click_id', 'player_id'],
} as const satisfies Record<EventKind, readonly string[]>;

const OPTIONAL_TEXT = [
  'player_id',
  'click_id',
  'transaction_id',
  'currency',
  'link',
  'referrer',
  'raw_position',
  'touch_id',
];
const MAPS = ['sub_ids', 'utm', 'ad_click_ids', 'client', 'custom'];

/** A record of `conversion-events` as an event, or what is wrong with it. */
export function parseCanonicalEvent(value: string | null): CanonicalEvent | Rejection {
  let envelope: unknown;
  try {
    envelope = JSON.parse(value ?? '');
  } catch {
    return reject('invalid_json', '', 'the value must be JSON');
  }
  if (!isObject(envelope) || envelope['specversion'] !== '1.0' || envelope['type'] !== EventType.canonical) {
    return reject('invalid_envelope', '/type', `must be a CloudEvent 1.0 of type ${EventType.canonical}`);
  }
  const data = envelope['data'];
  if (!isObject(data)) return reject('invalid_envelope', '/data', 'must be an object');
  if (!KINDS.has(data['kind']))
    return reject('unknown_kind', '/data/kind', `must be one of ${EVENT_KINDS.join(', ')}`);
  return problemIn(envelope, data, data['kind'] as EventKind) ?? eventOf(envelope, data);
}

function eventOf(envelope: Record<string, unknown>, data: Record<string, unknown>): CanonicalEvent {
  data['event_id'] = envelope['id'];
  data['source'] = envelope['source'];
  data['natural_key'] = envelope['subject'];
  data['received_at'] = envelope['time'];
  return data as unknown as CanonicalEvent;
}

/** The first field that breaks its rule. */
function problemIn(
  envelope: Record<string, unknown>,
  data: Record<string, unknown>,
  kind: EventKind,
): Rejection | undefined {
  for (const name of ['id', 'source', 'subject'] as const) {
    if (!isText(envelope[name]))
      return reject('invalid_field', `/${name}`, `must be a text of 1 to ${MAX_TEXT} characters`);
  }
  if (!isInstant(envelope['time'])) return reject('invalid_field', '/time', INSTANT_RULE);
  if (!isInstant(data['occurred_at'])) return reject('invalid_field', '/data/occurred_at', INSTANT_RULE);
  for (const name of ['brand', 'stream', ...REQUIRED[kind]]) {
    if (!isText(data[name]))
      return reject('invalid_field', `/data/${name}`, `must be a text of 1 to ${MAX_TEXT} characters`);
  }
  for (const name of OPTIONAL_TEXT) {
    if (data[name] !== undefined && !isText(data[name])) {
      return reject(
        'invalid_field',
        `/data/${name}`,
        `must be a text of 1 to ${MAX_TEXT} characters, where it is there`,
      );
    }
  }
  for (const name of MAPS) {
    if (data[name] !== undefined && !isObject(data[name]))
      return reject('invalid_field', `/data/${name}`, 'must be an object');
  }
  const receipt = data['receipt_id'];
  if (receipt !== undefined && !(typeof receipt === 'string' && UUID.test(receipt))) {
    return reject('invalid_field', '/data/receipt_id', 'must be a UUID in lower case');
  }
  return moneyProblemIn(data);
}

function moneyProblemIn(data: Record<string, unknown>): Rejection | undefined {
  const { amount, currency } = data;
  if (amount === undefined && currency === undefined) return undefined;
  if (typeof amount !== 'string' || parseAmount(amount) !== amount) {
    return reject(
      'invalid_field',
      '/data/amount',
      'must be a canonical decimal string, and be there with a currency',
    );
  }
  if (typeof currency !== 'string' || !/^[A-Z0-9]{3,10}$/.test(currency)) {
    return reject(
      'invalid_field',
      '/data/currency',
      'must be an upper-case currency code, and be there with an amount',
    );
  }
  return undefined;
}

const INSTANT_RULE = 'must be an instant in UTC with six digits of fraction';

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT;
}

function isInstant(value: unknown): boolean {
  return typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function reject(reason: Rejection['reason'], path: string, detail: string): Rejection {
  return { kind: 'dead_letter', reason, path, detail };
}
