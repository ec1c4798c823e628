import type { Pool } from 'pg';
import type { Conversion, Instant } from '#libs/events';
import { readRows } from '../read-rows.js';
import { CONVERSION_COLUMNS, conversionOf } from './conversions.js';

/** Which conversions are asked for; what is left out excludes none. */
export interface ConversionFilter {
  brand?: string | undefined;
  /** About `occurred_at`. */
  from?: Instant | undefined;
  /** Exclusive. */
  to?: Instant | undefined;
}

/** The approved conversions of one moment, in no order, some at a time. @throws as `readRows` */
export async function* readApprovedConversions(
  pool: Pool,
  { brand, from, to }: ConversionFilter,
  atOnce: number,
): AsyncGenerator<Conversion[]> {
  const query = {
    text: `SELECT ${CONVERSION_COLUMNS} FROM tributary.conversions c WHERE c.status = 'approved'
      AND ($1::text IS NULL OR c.brand = $1) AND ($2::timestamptz IS NULL OR c.occurred_at >= $2)
      AND ($3::timestamptz IS NULL OR c.occurred_at < $3)`,
    values: [brand ?? null, from ?? null, to ?? null],
  };
  for await (const rows of readRows<Record<string, unknown>>(pool, query, atOnce)) {
    yield rows.map(conversionOf);
  }
}
