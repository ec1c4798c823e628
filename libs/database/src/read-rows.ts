import type { Pool } from 'pg';
import Cursor from 'pg-cursor';

/** A query whose rows are read bit by bit. */
export interface RowsQuery {
  text: string;
  values: unknown[];
  /** Rows as lists of values, in the order of the columns; else as objects. */
  rowMode?: 'array';
}

/**
 * The rows of a query, of one moment, some at a time: while some are used the next ones are fetched, and no more than
 * these are held.
 * @throws what the database answered, or that the connection was lost: a cursor alone would wait for ever
 */
export async function* readRows<Row>(
  pool: Pool,
  { text, values, rowMode }: RowsQuery,
  atOnce: number,
): AsyncGenerator<Row[]> {
  const client = await pool.connect();
  let lost: Error | undefined;
  let isRead = false;
  let fail: (error: Error) => void = () => {};
  const onLost = (error: Error): void => {
    lost ??= new Error(`the connection to the database was lost: ${error.message}`, { cause: error });
    fail(lost);
  };
  client.on('error', onLost);
  try {
    const cursor = client.query(new Cursor<Row>(text, values, rowMode && { rowMode }));
    const fetch = (): Promise<Row[]> => {
      const rows = new Promise<Row[]>((resolve, reject) => {
        fail = reject;
        if (lost) reject(lost);
        else cursor.read(atOnce).then(resolve, reject);
      });
      rows.catch(() => {}); // told to whoever awaits them, who may still be busy with the rows before
      return rows;
    };
    let next = fetch();
    while (!isRead) {
      const rows = await next;
      isRead = rows.length < atOnce;
      if (!isRead) next = fetch();
      if (rows.length > 0) yield rows;
    }
  } finally {
    client.off('error', onLost);
    client.release(!isRead || lost); // a cursor that was left open goes with its connection
  }
}
