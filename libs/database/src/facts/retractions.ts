import type { Pool } from 'pg';
import type { ConversionType, Instant, Trust } from '#libs/events';
import { instantOf, instantText } from '../instants.js';
import { IS_TOLD } from './conversion-facts.js';

/** That a source no longer tells of a conversion: what stands in a slot that is no fact. */
export interface Retraction {
  conversion_id: string;
  source: string;
  /** Null: that of the source's name (`trustOf`). */
  trust: Trust | null;
  brand: string;
  type: ConversionType;
  conversion_key: string;
  /** What the source told at a lower one does not stand. */
  version: bigint;
  event_id: string;
  receipt_id: string;
  occurred_at: Instant;
  received_at: Instant;
  /** When the source told of the conversion first; null: it never has so far. */
  first_received_at: Instant | null;
}

/** The retractions of the conversions that stand, by source. */
export async function readRetractions(pool: Pool, conversionIds: readonly string[]): Promise<Retraction[]> {
  if (conversionIds.length === 0) return [];
  const found = await pool.query<Retraction & { version: string }>({
    name: 'read retractions',
    text: `SELECT f.conversion_id, f.source, f.trust, f.brand, f.type, f.conversion_key, f.version, f.event_id,
        f.receipt_id, ${instantText('f.occurred_at')}, ${instantText('f.received_at')}, ${instantText('f.first_received_at')}
      FROM tributary.conversion_facts f WHERE f.conversion_id = ANY($1) AND NOT (${IS_TOLD}) ORDER BY f.source`,
    values: [conversionIds],
  });
  return found.rows.map((row) => ({
    ...row,
    version: BigInt(row.version),
    occurred_at: instantOf(row.occurred_at),
    received_at: instantOf(row.received_at),
    first_received_at: row.first_received_at === null ? null : instantOf(row.first_received_at),
  }));
}
