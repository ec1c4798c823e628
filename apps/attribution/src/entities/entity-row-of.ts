import type { EntityRow } from '#libs/database';
import {
  conversionId,
  instantToMicros,
  isInstant,
  specOf,
  trustOf,
  versionNumber,
  type EntityEvent,
  type EntityRecord,
  type EventBase,
  type MovementEvent,
} from '#libs/events';
import { transactionKey } from '../conversion-key.js';

const NOTHING = {};

/** The row that a product's record of a thing asks for. */
export function entityRowOf(e: EntityEvent): EntityRow {
  return {
    brand: e.brand,
    record: e.record,
    custom: e.custom ?? NOTHING,
    source: e.source,
    trust: trustOf(e),
    authority: 1,
    version: versionOf(e),
    event_id: e.event_id,
    received_at: e.received_at,
    conversion_id: e.kind === 'transaction' && isDeposit(e.record) ? depositIdOf(e.brand, e.record.id) : null,
  };
}

/** The instant of its kind's version field; else the event's own version, else when it happened. */
function versionOf(e: EntityEvent): bigint {
  const field = specOf(e.kind).version;
  if (field !== undefined) return instantToMicros((e.record as Record<string, string>)[field]!);
  return ownVersionOf(e);
}

function ownVersionOf({ version, occurred_at }: EventBase): bigint {
  return version === undefined ? instantToMicros(occurred_at) : versionNumber(version);
}

/** The row of a transaction that a withdrawal or bonus amounts to: it gives way to any record of a product API. */
export function movementRowOf(e: MovementEvent): EntityRow<'transaction'> {
  return {
    brand: e.brand,
    record: transactionOf(e),
    custom: e.custom ?? NOTHING,
    source: e.source,
    trust: trustOf(e),
    authority: 0,
    version: ownVersionOf(e),
    event_id: e.event_id,
    received_at: e.received_at,
    conversion_id: null,
  };
}

const STATUS_OF = { approved: 'Success', pending: 'New', rejected: 'Fail' } as const;

function transactionOf(e: MovementEvent): EntityRecord<'transaction'> {
  return {
    id: e.transaction_id,
    player_id: e.player_id,
    amount: e.amount,
    currency: e.currency,
    type: e.kind === 'bonus' ? 'Prize' : 'Normal',
    status: STATUS_OF[e.status ?? 'approved'],
    dir: e.kind === 'bonus' ? 'IN' : 'OUT',
    created_at: e.occurred_at,
    updated_at: e.version !== undefined && isInstant(e.version) ? e.version : e.occurred_at,
  };
}

/** Real money that comes in. */
export function isDeposit({ dir, type }: EntityRecord<'transaction'>): boolean {
  return dir === 'IN' && (type === undefined || type === 'Normal');
}

/** The conversion that a transaction is, where it is a deposit. */
export function depositIdOf(brand: string, transactionId: string): string {
  return conversionId(brand, 'deposit', transactionKey(transactionId));
}
