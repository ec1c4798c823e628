import type { Pool } from 'pg';
import QueryStream from 'pg-query-stream';
import type { Conversion, Instant } from '#libs/events';
import { CONVERSION_COLUMNS, conversionOf } from './conversions.js';

/** Which conversions are asked for; what is left out excludes none. */
export interface ConversionFilter {
  brand?: string | undefined;
  /** About `occurred_at`. */
  from?: Instant | undefined;
  /** Exclusive. */
  to?: Instant | undefined;
}

/** The approved conversions of one moment, in no order, some at a time; no more than these are held. */
export async function* readApprovedConversions(
  pool: Pool,
  { brand, from, to }: ConversionFilter,
  atOnce: number,
): AsyncGenerator<Conversion[]> {
  const client = await pool.connect();
  let chunk: Conversion[] = [];
  let isRead = false;
  try {
    const rows = client.query(
      new QueryStream(
        `SELECT ${CONVERSION_COLUMNS} FROM tributary.conversions c WHERE c.status = 'approved'
          AND ($1::text IS NULL OR c.brand = $1) AND ($2::timestamptz IS NULL OR c.occurred_at >= $2)
          AND ($3::timestamptz IS NULL OR c.occurred_at < $3)`,
        [brand ?? null, from ?? null, to ?? null],
        { batchSize: atOnce, highWaterMark: atOnce },
      ),
    );
    for await (const row of rows) {
      chunk.push(conversionOf(row as Record<string, unknown>));
      if (chunk.length < atOnce) continue;
      yield chunk;
      chunk = [];
    }
    if (chunk.length > 0) yield chunk;
    isRead = true;
  } finally {
    client.release(!isRead); // a cursor that was left open goes with its connection
  }
}
