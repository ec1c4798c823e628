import { parseAmount, type ConversionType, type Instant, type Trust } from '#libs/events';
import { instantOf, instantText } from '../instants.js';
import type { Pool } from 'pg';
import { compareBytes } from './conversion-facts.js';
import { defineInsert, type Cell, type Column } from '../set-statement.js';

/**
 * What one source says of one refund or reversal of a conversion: a slot `(conversion_id, kind, return_id, source)`.
 * Of all that the source said the greatest `(version, event_id, receipt_id)` stands, the earliest received of one
 * event that was read twice. It may come before its conversion.
 */
export interface ReturnFact {
  conversion_id: string;
  kind: 'refund' | 'reversal';
  /** The refund's id; a reversal is one, however it is called: empty. */
  return_id: string;
  source: string;
  brand: string;
  conversion_type: ConversionType;
  conversion_key: string;
  /** Null: that of the source's name (`trustOf`). */
  trust: Trust | null;
  version: bigint;
  event_id: string;
  receipt_id: string;
  occurred_at: Instant;
  /** Canonical decimal; of a refund. */
  amount: string | null;
  currency: string | null;
  received_at: Instant;
}

type Field = Column & { of: (f: ReturnFact) => Cell };

const KEY = ['conversion_id', 'kind', 'return_id', 'source'];

const COLUMNS = {
  conversion_id: { type: 'text', of: (f) => f.conversion_id },
  kind: { type: 'text', of: (f) => f.kind },
  return_id: { type: 'text', of: (f) => f.return_id },
  source: { type: 'text', of: (f) => f.source },
  brand: { type: 'text', of: (f) => f.brand },
  conversion_type: { type: 'text', of: (f) => f.conversion_type },
  conversion_key: { type: 'text', of: (f) => f.conversion_key },
  trust: { type: 'text', of: (f) => f.trust },
  version: { type: 'bigint', of: (f) => f.version },
  event_id: { type: 'text', of: (f) => f.event_id },
  receipt_id: { type: 'uuid', of: (f) => f.receipt_id },
  occurred_at: { type: 'timestamptz', of: (f) => f.occurred_at },
  amount: { type: 'numeric', of: (f) => f.amount },
  currency: { type: 'text', of: (f) => f.currency },
  received_at: { type: 'timestamptz', of: (f) => f.received_at },
} satisfies Record<keyof ReturnFact, Field>;

const sets = Object.keys(COLUMNS)
  .filter((c) => !KEY.includes(c))
  .map((c) => `${c} = excluded.${c}`)
  .join(', ');

/** Merges refunds and reversals into their slots; answers those that are new or have changed. Distinct, sorted by
 * their slots. */
export const upsertReturns = defineInsert<ReturnFact>(
  'reversals',
  COLUMNS,
  `ON CONFLICT (${KEY.join(', ')}) DO UPDATE SET ${sets}
   WHERE (excluded.version, excluded.event_id, excluded.receipt_id, t.received_at)
     > (t.version, t.event_id, t.receipt_id, excluded.received_at)
   RETURNING t.conversion_id`,
);

/** The slot's join, in memory. */
export function mergeReturns(a: ReturnFact, b: ReturnFact): ReturnFact {
  if (a.version !== b.version) return a.version > b.version ? a : b;
  const order =
    compareBytes(a.event_id, b.event_id) ||
    compareBytes(a.receipt_id, b.receipt_id) ||
    compareBytes(b.received_at, a.received_at);
  return order >= 0 ? a : b;
}

const INSTANTS = new Set(['occurred_at', 'received_at']);

const SELECTED = Object.keys(COLUMNS)
  .map((name) => (INSTANTS.has(name) ? instantText(`r.${name}`) : `r.${name}`))
  .join(', ');

/** All refunds and reversals of the conversions. */
export async function readReturns(pool: Pool, conversionIds: readonly string[]): Promise<ReturnFact[]> {
  if (conversionIds.length === 0) return [];
  const found = await pool.query<ReturnFact & { version: string }>({
    name: 'read returns',
    text: `SELECT r.* FROM unnest($1::text[]) AS w (id), LATERAL
      (SELECT ${SELECTED} FROM tributary.reversals r WHERE r.conversion_id = w.id OFFSET 0) AS r`,
    values: [conversionIds],
  });
  return found.rows.map((row) => ({
    ...row,
    version: BigInt(row.version),
    amount: row.amount === null ? null : (parseAmount(row.amount) ?? null),
    occurred_at: instantOf(row.occurred_at),
    received_at: instantOf(row.received_at),
  }));
}
