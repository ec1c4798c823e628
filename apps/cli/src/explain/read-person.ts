import { IdentityReader } from '#apps/attribution';
import type { Pool } from 'pg';
import {
  CONVERSION_COLUMNS,
  conversionOf,
  readConversionIds,
  readTouches,
  type Identity,
} from '#libs/database';
import type { Conversion, Instant } from '#libs/events';
import { readNamings, readTouchSources, type KnownConversion } from './read-conversion.js';

/** A person by one of its ids: who it is, and what it converted. */
export interface KnownPerson extends Pick<KnownConversion, 'graph' | 'namings'> {
  identity: Identity;
  /** Rows that are this person's, the latest first. */
  conversions: ShortConversion[];
  total: number;
}

/** A conversion in a line. */
export interface ShortConversion extends Pick<
  Conversion,
  'conversion_id' | 'type' | 'conversion_key' | 'amount' | 'currency' | 'net_amount' | 'status'
> {
  occurred_at: Instant;
}

/** At most so many conversions of a person are told. */
const MAX_CONVERSIONS = 20;

/** Reads who an id is, and its conversions. */
export async function readPerson(pool: Pool, identity: Identity): Promise<KnownPerson> {
  const reader = new IdentityReader(pool);
  const related = await reader.relatedTo([identity]);
  const touches = await readTouches(pool, related);
  const { brand, kind, id } = identity;
  const found = await pool.query<Record<string, unknown> & { total: string }>(
    `SELECT ${CONVERSION_COLUMNS}, count(*) OVER () AS total FROM tributary.conversions c
      WHERE c.conversion_id = ANY($1) AND c.brand = $2 AND c.${kind}_id = $3
      ORDER BY c.occurred_at DESC, c.conversion_id LIMIT $4`,
    [await readConversionIds(pool, related), brand, id, MAX_CONVERSIONS],
  );
  return {
    identity,
    graph: reader.graph,
    namings: await readNamings(pool, related, touches, await readTouchSources(pool, touches)),
    conversions: found.rows.map(conversionOf).map((r) => ({
      ...{ conversion_id: r.conversion_id, type: r.type, conversion_key: r.conversion_key },
      ...{ occurred_at: r.occurred_at, amount: r.amount, currency: r.currency },
      ...{ net_amount: r.net_amount, status: r.status },
    })),
    total: Number(found.rows[0]?.total ?? 0),
  };
}
