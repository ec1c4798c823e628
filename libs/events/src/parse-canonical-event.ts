import {
  EVENT_KINDS,
  type CanonicalEvent,
  type ClickEvent,
  type DepositEvent,
  type EventBase,
  type EventKind,
  type IdentityLinkEvent,
  type InstallEvent,
  type RegistrationEvent,
  type TouchpointEvent,
} from './canonical-event.js';
import { EventType } from './cloud-event.js';
import type { Rejection } from './dead-letter.js';
import * as rule from './field-rules.js';
import { CLIENT, TRAFFIC, envelopeMembers, openEnvelope, reject } from './read-envelope.js';

/** Fields of an event that are members of `data`. */
type DataField<E> = Exclude<keyof E & string, 'event_id' | 'source' | 'natural_key' | 'received_at'>;
type OwnField<E> = Exclude<DataField<E>, DataField<EventBase> | 'kind'>;

const ENVELOPE = envelopeMembers(rule.sourceName);

/** Fields of every kind; each is looked at wherever it is, whether or not its kind is known to have it. */
const BASE: Record<DataField<EventBase> | 'kind', rule.Rule> = {
  kind: rule.anything,
  stream: rule.sourceName,
  brand: rule.id,
  occurred_at: rule.instant,
  version: rule.id,
  player_id: rule.id,
  click_id: rule.uuid,
  is_test: rule.is(true),
  receipt_id: rule.receiptId,
  raw_position: rule.position,
  ...TRAFFIC,
  client: CLIENT,
  custom: rule.custom(rule.scalar),
};

/** A kind's fields; one that is missing here does not compile. */
function membersOf<E extends EventBase>(
  own: Record<OwnField<E>, rule.Rule>,
  required: readonly DataField<E>[],
): rule.Members {
  return rule.members<string>(
    { ...BASE, ...own },
    ['stream', 'brand', 'occurred_at', ...required],
    rule.ignored,
  );
}

const DATA = {
  install: membersOf<InstallEvent>({}, []),
  registration: membersOf<RegistrationEvent>({}, []),
  deposit: membersOf<DepositEvent>(
    { transaction_id: rule.id, amount: rule.amountPaid, currency: rule.currency },
    [],
  ),
  click: membersOf<ClickEvent>({ link: rule.id, referrer: rule.text }, ['click_id']),
  touchpoint: membersOf<TouchpointEvent>({ touch_id: rule.uuid }, ['touch_id']),
  identity_link: membersOf<IdentityLinkEvent>({}, ['click_id', 'player_id']),
} satisfies Record<EventKind, rule.Members>;

const KINDS: ReadonlySet<unknown> = new Set(EVENT_KINDS);

/**
 * Reads the value of a record on `conversion-events` as its published schemas say. Members that are not known are
 * ignored: a newer producer may have added them. The event is the given `data` with the envelope's fields in it.
 * @param value JSON; `null` is a tombstone, which has no place there
 */
export function parseCanonicalEvent(value: string | null): CanonicalEvent | Rejection {
  const opened = openEnvelope(value, EventType.canonical);
  if ('kind' in opened) return opened;
  const { envelope, data } = opened;
  const { kind } = data;
  if (!isKind(kind)) return reject('unknown_kind', '/data/kind', `must be one of ${EVENT_KINDS.join(', ')}`);
  const problem = rule.problemOfMembers(envelope, ENVELOPE);
  if (problem) return reject('invalid_field', problem.path, problem.detail);
  const problemOfData =
    rule.problemOfMembers(data, DATA[kind]) ?? (kind === 'deposit' ? problemOfMoney(data) : undefined);
  if (problemOfData) return reject('invalid_field', `/data${problemOfData.path}`, problemOfData.detail);
  data['event_id'] = envelope.id;
  data['source'] = envelope.source;
  data['natural_key'] = envelope.subject;
  data['received_at'] = envelope.time;
  return data as unknown as CanonicalEvent;
}

function isKind(kind: unknown): kind is EventKind {
  return KINDS.has(kind);
}

/** An amount and its currency come together. */
function problemOfMoney({ amount, currency }: Record<string, unknown>): rule.Problem | undefined {
  if ((amount === undefined) === (currency === undefined)) return undefined;
  return amount === undefined
    ? { path: '/amount', detail: 'must be with a currency' }
    : { path: '/currency', detail: 'must be with an amount' };
}
