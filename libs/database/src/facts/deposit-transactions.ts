import { instantText } from '../instants.js';

/**
 * A deposit of real money among the `transactions` of a product API is a fact of a conversion as well: its row is the
 * fact, so that there is nothing to keep in step. These are its columns in the order of `CONVERSION_FACT_COLUMNS`, for
 * a SELECT from `transactions x` of rows that have a `conversion_id`.
 */
export const DEPOSIT_FACT_COLUMNS: Readonly<Record<string, string>> = {
  conversion_id: 'x.conversion_id',
  source: 'x.source',
  trust: 'x.trust',
  brand: 'x.brand',
  type: `'deposit'`,
  conversion_key: `'tx:' || x.id`,
  version: 'x.version',
  status_rank: 'x.status_rank',
  event_id: 'x.canonical_event_id',
  receipt_id: `'00000000-0000-0000-0000-000000000000'::uuid`,
  player_id: 'x.player_id',
  click_id: 'NULL',
  client_id: 'NULL',
  user_id: 'NULL',
  transaction_id: 'x.id',
  occurred_at: utc('x.created_at'),
  amount: 'x.amount',
  currency: 'x.currency',
  status: `CASE x.status WHEN 'New' THEN 'pending' WHEN 'Process' THEN 'pending' WHEN 'Fail' THEN 'rejected'
    ELSE 'approved' END`,
  weak: 'false',
  client: `'{}'::jsonb`,
  custom: 'x.custom',
  player_id_low: 'NULL',
  player_id_high: 'NULL',
  money_low: 'NULL',
  money_high: 'NULL',
  first_receipt_id: `'00000000-0000-0000-0000-000000000000'::uuid`,
  first_received_at: utc('x.received_at'),
  received_at: utc('x.received_at'),
};

function utc(column: string): string {
  return instantText(column).replace(/ AS .*$/, '');
}
