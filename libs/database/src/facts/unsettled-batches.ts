import type { Pool, PoolClient } from 'pg';

/** A stretch of a partition, both ends inclusive. */
export interface BatchRange {
  topic: string;
  partition: number;
  first: bigint;
  last: bigint;
}

/** Notes, in the transaction of the facts, that the batch's projections are still to be made. */
export async function markUnsettled(client: PoolClient, b: BatchRange): Promise<void> {
  await client.query({
    name: 'mark unsettled',
    text: 'INSERT INTO tributary.unsettled_batches VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    values: [b.topic, b.partition, b.first, b.last],
  });
}

/** Whether an earlier attempt at some of these records, or of later ones, stopped between facts and projections. */
export async function isUnsettled(pool: Pool, b: BatchRange): Promise<boolean> {
  const found = await pool.query({
    name: 'is unsettled',
    text: 'SELECT FROM tributary.unsettled_batches WHERE topic = $1 AND partition = $2 AND last_offset >= $3 LIMIT 1',
    values: [b.topic, b.partition, b.first],
  });
  return found.rows.length > 0;
}

/** The projections of everything up to the batch's end are made, and told. */
export async function markSettled(pool: Pool, b: BatchRange): Promise<void> {
  await pool.query({
    name: 'mark settled',
    text: 'DELETE FROM tributary.unsettled_batches WHERE topic = $1 AND partition = $2 AND last_offset <= $3',
    values: [b.topic, b.partition, b.last],
  });
}
