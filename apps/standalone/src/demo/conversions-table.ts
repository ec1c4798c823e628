import Table from 'cli-table3';
import { CONVERSION_COLUMNS, conversionOf, type Database } from '#libs/database';
import { flattenConversion, type ConversionRow } from '#libs/events';

/** Table `conversions`, sorted by id. */
export async function readConversions({ pool }: Database): Promise<ConversionRow[]> {
  const found = await pool.query<Record<string, unknown>>(
    `SELECT ${CONVERSION_COLUMNS} FROM tributary.conversions c ORDER BY conversion_id`,
  );
  return found.rows.map((row) => flattenConversion(conversionOf(row)));
}

/** The rows as people read them, a player's together. */
export function drawConversions(rows: readonly ConversionRow[]): string {
  const table = new Table({
    head: ['player', 'type', 'amount', 'transaction', 'first → last touch', 'click', 'told by'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'right'],
    colWidths: [7, 15, 13, 11, 14, 9, 23],
    wordWrap: true,
  });
  const keyOf = (r: ConversionRow): string => [r.player_id, r.occurred_at, r.conversion_id].join(' ');
  const sorted = [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  table.push(
    ...sorted.map((r) => [
      r.player_id ?? '–',
      (r.is_first_deposit ? 'first ' : '') + r.type,
      moneyOf(r),
      r.transaction_id ?? '',
      touchesOf(r),
      r.attributed ? 'known' : 'not yet',
      r.sources.map((s) => s.replace('pixel-', '')).join(', '),
    ]),
  );
  return table.toString();
}

/** The amount, and what is left of it where that is less. */
function moneyOf({ amount, net_amount, currency }: ConversionRow): string {
  if (amount === null) return '';
  return amount === net_amount ? `${amount} ${currency}` : `${amount} → ${net_amount} ${currency}`;
}

function touchesOf({ first_touch_source: first, last_touch_source: last }: ConversionRow): string {
  if (first === null) return '–';
  return first === last ? first : `${first} → ${last}`;
}
