import {
  EVENT_KINDS,
  type BonusEvent,
  type CanonicalEvent,
  type ClickEvent,
  type DepositEvent,
  type EventBase,
  type EventKind,
  type IdentityLinkEvent,
  type InstallEvent,
  type PayoutEvent,
  type PurchaseEvent,
  type RefundEvent,
  type RegistrationEvent,
  type RetractionEvent,
  type ReversalEvent,
  type TouchpointEvent,
  type WithdrawalEvent,
} from './canonical-event.js';
import { EventType } from './cloud-event.js';
import { CONVERSION_TYPES, PAID_CONVERSION_TYPES } from './conversion.js';
import type { Rejection } from './dead-letter.js';
import type { EntityEvent } from './entities/entity-event.js';
import { isEntityKind } from './entities/entity-event.js';
import { RECORD_MEMBERS, RECORD_RULES } from './entities/entity-rules.js';
import { forEachKind } from './entities/registry.js';
import * as rule from './field-rules.js';
import { CLIENT, TRAFFIC, envelopeMembers, openEnvelope, reject } from './read-envelope.js';
import { TRUSTS } from './trust.js';

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
  version: rule.version,
  trust: rule.oneOf(TRUSTS),
  player_id: rule.id,
  click_id: rule.uuid,
  client_id: rule.id,
  user_id: rule.id,
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

const STATUS = { status: rule.oneOf(['approved', 'pending', 'rejected']) };
const MONEY = { amount: rule.amountPaid, currency: rule.currency };
const TRANSACTION = { transaction_id: rule.id };
const PARTNER = { partner: rule.sourceName };
const PAID = [...Object.keys(MONEY), 'transaction_id'] as ('amount' | 'currency' | 'transaction_id')[];

const DATA = {
  install: membersOf<InstallEvent>(STATUS, []),
  registration: membersOf<RegistrationEvent>(STATUS, []),
  deposit: membersOf<DepositEvent>({ ...STATUS, ...TRANSACTION, ...MONEY }, []),
  purchase: membersOf<PurchaseEvent>({ ...STATUS, ...TRANSACTION, ...MONEY }, []),
  payout: membersOf<PayoutEvent>({ ...STATUS, ...TRANSACTION, ...PARTNER, ...MONEY }, [
    'partner',
    'transaction_id',
  ]),
  withdrawal: membersOf<WithdrawalEvent>({ ...STATUS, ...TRANSACTION, ...MONEY }, ['player_id', ...PAID]),
  bonus: membersOf<BonusEvent>({ ...STATUS, ...TRANSACTION, ...MONEY }, ['player_id', ...PAID]),
  refund: membersOf<RefundEvent>(
    {
      ...{ conversion_type: rule.oneOf(PAID_CONVERSION_TYPES), refund_id: rule.id },
      ...TRANSACTION,
      ...PARTNER,
      ...MONEY,
    },
    ['conversion_type', 'refund_id', ...PAID],
  ),
  reversal: membersOf<ReversalEvent>(
    { conversion_type: rule.oneOf(CONVERSION_TYPES), ...TRANSACTION, ...PARTNER },
    ['conversion_type'],
  ),
  retraction: membersOf<RetractionEvent>(
    { conversion_type: rule.oneOf(CONVERSION_TYPES), ...TRANSACTION, ...PARTNER },
    ['conversion_type', 'version'],
  ),
  click: membersOf<ClickEvent>({ link: rule.id, referrer: rule.text }, ['click_id']),
  touchpoint: membersOf<TouchpointEvent>({ touch_id: rule.id }, ['touch_id']),
  identity_link: membersOf<IdentityLinkEvent>({}, []),
  ...forEachKind((kind) => membersOf<EntityEvent>({ record: RECORD_RULES[kind] }, ['record'])),
} satisfies Record<EventKind, rule.Members>;

/** Rules about several fields of a kind at once. */
const TOGETHER: Partial<Record<EventKind, (data: Record<string, unknown>) => rule.Problem | undefined>> = {
  deposit: problemOfMoney,
  purchase: problemOfMoney,
  payout: problemOfMoney,
  refund: problemOfReturn,
  reversal: problemOfReturn,
  retraction: problemOfRetraction,
  identity_link: problemOfLink,
};

/**
 * What is wrong with an event that was made in this process, by the rules of `parseCanonicalEvent` for `data`; what
 * stands in the envelope its maker answers for. Members that are `undefined` must not be there. The path leads from the
 * event.
 */
export function problemOfCanonicalEvent(event: CanonicalEvent): rule.Problem | undefined {
  const data = event as unknown as Record<string, unknown>;
  return rule.problemOfMembers(data, DATA[event.kind]) ?? TOGETHER[event.kind]?.(data);
}

/** The rules of `problemOfCanonicalEvent` one by one, for who has the values of an event and no event. */
export interface KindRules {
  /** Of `data`, and of the `record` of an entity. */
  members: rule.Members;
  record: rule.Members | undefined;
  /** Rules about several members of `data` at once. */
  together: ((data: Record<string, unknown>) => rule.Problem | undefined) | undefined;
}

export function rulesOfKind(kind: EventKind): KindRules {
  const record = isEntityKind(kind) ? RECORD_MEMBERS[kind] : undefined;
  return { members: DATA[kind], record, together: TOGETHER[kind] };
}

/** The names of a kind's own members of `data`, and of those that must be there. */
export function membersOfKind(kind: EventKind): { names: readonly string[]; required: readonly string[] } {
  const { rules, required } = DATA[kind];
  return { names: [...rules.keys()], required };
}

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
  const problemOfData = rule.problemOfMembers(data, DATA[kind]) ?? TOGETHER[kind]?.(data);
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

/** What is taken back is named as the conversion is. */
function problemOfReturn(data: Record<string, unknown>): rule.Problem | undefined {
  const type = data['conversion_type'];
  if (type === 'install' || type === 'registration') {
    if (data['click_id'] !== undefined || data['player_id'] !== undefined) return undefined;
    return { path: '/click_id', detail: 'must be there, or a player_id' };
  }
  if (data['transaction_id'] === undefined) return { path: '/transaction_id', detail: 'must be there' };
  return type === 'payout' ? problemOfPayout(data) : undefined;
}

/** What is retracted is named as its own event names it; all but a payout may have none but the natural key. */
function problemOfRetraction(data: Record<string, unknown>): rule.Problem | undefined {
  return data['conversion_type'] === 'payout' ? problemOfPayout(data) : undefined;
}

function problemOfPayout(data: Record<string, unknown>): rule.Problem | undefined {
  const missing = ['transaction_id', 'partner'].find((name) => data[name] === undefined);
  return missing === undefined ? undefined : { path: `/${missing}`, detail: 'must be there' };
}

/** A link is between two things at least. */
function problemOfLink(data: Record<string, unknown>): rule.Problem | undefined {
  const named = IDENTITIES.filter((id) => data[id] !== undefined);
  if (named.length >= 2) return undefined;
  return { path: '', detail: `must have two of ${IDENTITIES.join(', ')}` };
}

const IDENTITIES = ['click_id', 'client_id', 'user_id', 'player_id'];
