/** What the partner of the benchmark serves: both streams hold the same rows. */
export const ROWS_PER_ANSWER = 1_000;

/** The first window of the CSV stream; one answer an hour (epoch ms, UTC). */
export const FIRST_HOUR_MS = Date.UTC(2026, 0, 1);
export const HOUR_MS = 3_600_000;

const COLUMNS = [
  'id',
  'player_id',
  'amount',
  'currency',
  'type',
  'status',
  'payment_system',
  'dir',
  'created_at',
  'updated_at',
  'wallet_id',
  'comment',
] as const;

type Row = Record<(typeof COLUMNS)[number], string | number>;

/** One page of JSON: rows with where it stands among all. @param page from 1 */
export function jsonPage(page: number, pages: number): string {
  return JSON.stringify({
    data: rowsOf(page - 1),
    meta: { current_page: page, last_page: pages, total: pages * ROWS_PER_ANSWER },
  });
}

/** One hour of CSV: a line of names, then the rows. @param hour from 0 */
export function csvHour(hour: number): string {
  const lines = rowsOf(hour).map((row) => COLUMNS.map((name) => row[name]).join(','));
  return `${COLUMNS.join(',')}\n${lines.join('\n')}\n`;
}

/** Transactions as a product API has them, 230 bytes each as CSV and 330 as JSON. */
function rowsOf(answer: number): Row[] {
  return Array.from({ length: ROWS_PER_ANSWER }, (_, i) => {
    const n = answer * ROWS_PER_ANSWER + i;
    const at = textOf(FIRST_HOUR_MS + answer * HOUR_MS + Math.floor((i * HOUR_MS) / ROWS_PER_ANSWER));
    return {
      id: `tx-${1_000_000 + n}`,
      player_id: `player-${n % 10_000}`,
      amount: Number(((n % 5_000) / 100 + 1).toFixed(2)),
      currency: 'EUR',
      type: 'Normal',
      status: 'Success',
      payment_system: 'visa',
      dir: 'IN',
      created_at: at,
      updated_at: at,
      wallet_id: `wallet-${n % 10_000}`,
      comment: 'a deposit of the welcome campaign by card',
    };
  });
}

function textOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
