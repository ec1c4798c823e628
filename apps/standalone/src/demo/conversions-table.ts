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
    head: ['player', 'type', 'amount', 'transaction', 'first touch', 'last touch', 'attributed', 'told by'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'right'],
  });
  const keyOf = (r: ConversionRow): string => [r.player_id, r.occurred_at, r.conversion_id].join(' ');
  const sorted = [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  table.push(
    ...sorted.map((r) => [
      r.player_id ?? '–',
      r.type + (r.is_first_deposit ? ' (first)' : ''),
      r.amount === null ? '' : `${r.amount} ${r.currency}`,
      r.transaction_id ?? '',
      r.first_touch_source ?? '–',
      r.last_touch_source ?? '–',
      r.attributed ? 'yes' : 'not yet',
      r.sources.map((s) => s.replace('pixel-', '')).join(', '),
    ]),
  );
  return table.toString();
}
