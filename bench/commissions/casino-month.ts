import type { EntityRow } from '#libs/database';
import { hashParts, instantFromMs } from '#libs/events';
import { withClient } from '../parts/installation.js';

/** Facts of one player's month. */
export const SESSIONS = 40;
export const DEPOSITS = 4;
export const MOVEMENTS = 6;
export const FACTS_PER_PLAYER = SESSIONS + DEPOSITS + MOVEMENTS;

export const BRAND = 'bench';
const PLAYERS_AT_ONCE = 10_000;
const MONTH = `timestamptz '2026-10-01 00:00:00Z'`;
const hash = (text: string): string => `md5(${text}) || md5('x' || ${text})`;
const CLICK = `md5('click ' || p)::uuid::text`;
const PLAYERS = `generate_series($1::bigint, $2::bigint) AS p`;
const within = (n: string, of: number): string =>
  `${MONTH} + (p % 86400) * interval '1 s' + ${n} * interval '${Math.floor((28 * 86_400) / of)} s'`;
const TOLD = 'custom, source, trust, authority, version, canonical_event_id, received_at';
const told = (what: string, n: string): string =>
  `'{}', 'bench-api', 'partner_api', 1, 1, ${hash(`'${what}' || p || '/' || ${n}`)}, ${MONTH}`;

const CONVERSION = `conversion_id, brand, type, conversion_key, player_id, click_id, transaction_id, occurred_at, amount,
  currency, net_amount, status, is_first_deposit, sources, conflict, provenance, sub_ids, custom, attributed,
  first_received_at, updated_at, revision`;
const conversion = (type: string, n: string, at: string, amount: string): string =>
  `md5('${type}' || p || '/' || ${n}), '${BRAND}', '${type}', '${type}:' || p || '/' || ${n}, 'player' || p, ${CLICK},
    'd' || p || '-' || ${n}, ${at}, ${amount}, 'EUR', ${amount}, 'approved', '${type}' = 'deposit' AND ${n} = 0, ARRAY['bench-api'],
    false, '{}', '{}', '{}', true, ${at}, ${at}, 0`;

const STATEMENTS = [
  `INSERT INTO tributary.clicks (brand, click_id, source, link, occurred_at, sub_ids, ad_click_ids, client, event_id, receipt_id,
      first_receipt_id, first_received_at)
    SELECT '${BRAND}', ${CLICK}, 'pixel-browser', 'acme-' || p % 40, ${MONTH}, '{}', '{}', '{}', ${hash(`'click' || p`)},
      ${CLICK}::uuid, ${CLICK}::uuid, ${MONTH} FROM ${PLAYERS}`,
  `INSERT INTO tributary.conversions (${CONVERSION})
    SELECT ${conversion('registration', '0', MONTH, 'NULL')} FROM ${PLAYERS}`,
  `INSERT INTO tributary.conversions (${CONVERSION})
    SELECT ${conversion('deposit', 'n', within('n', DEPOSITS), '20 + p % 7 + n')} FROM ${PLAYERS}, generate_series(0, ${DEPOSITS - 1}) AS n`,
  `INSERT INTO tributary.transactions (brand, id, player_id, amount, currency, type, status, dir, created_at, updated_at, ${TOLD},
      status_rank)
    SELECT '${BRAND}', 'm' || p || '-' || n, 'player' || p, 5 + n, 'EUR', CASE WHEN n % 3 = 0 THEN 'Normal' ELSE 'Prize' END,
      'Success', CASE WHEN n % 3 = 0 THEN 'OUT' ELSE 'IN' END, ${within('n', MOVEMENTS)}, ${MONTH}, ${told('movement', 'n')}, 2
    FROM ${PLAYERS}, generate_series(0, ${MOVEMENTS - 1}) AS n`,
  `INSERT INTO tributary.game_sessions (brand, player_id, session_id, game_name, currency, bet_count, win_count, bet_amount,
      win_amount, created_at, updated_at, ${TOLD})
    SELECT '${BRAND}', 'player' || p, 's' || p || '-' || n, 'Comets', 'EUR', 20, 9, 10 + (p + n) % 13, 8 + (p * n) % 15,
      ${within('n', SESSIONS)}, ${MONTH}, ${told('session', 'n')} FROM ${PLAYERS}, generate_series(0, ${SESSIONS - 1}) AS n`,
];

/** Stores a month of so many players, straight into the tables. */
export async function storeMonth(url: string, players: number): Promise<void> {
  await withClient(url, async (client) => {
    for (let first = 0; first < players; first += PLAYERS_AT_ONCE) {
      const last = Math.min(first + PLAYERS_AT_ONCE, players) - 1;
      for (const statement of STATEMENTS) await client.query(statement, [first, last]);
    }
    await client.query('VACUUM ANALYZE');
  });
}

/** Plays one more round of one session of so many players, spread over all of them. */
export async function touchPlayers(url: string, touched: number, players: number): Promise<void> {
  await withClient(url, (client) =>
    client.query(
      `UPDATE tributary.game_sessions SET bet_amount = bet_amount + 1, canonical_event_id = md5(canonical_event_id)
        WHERE brand = '${BRAND}' AND session_id = ANY (SELECT 's' || (i * $2::bigint / $1::bigint) || '-' || 7
          FROM generate_series(0, $1::bigint - 1) AS i)`,
      [touched, players],
    ),
  );
}

/** The sums that commissions rest on, of all players at once, as one statement of SQL. */
export const BARE_SUM = `SELECT count(*), sum(stakes - wins), sum(moved), sum(deposited) FROM (
    SELECT player_id, sum(bet_amount) AS stakes, sum(win_amount) AS wins FROM tributary.game_sessions
      WHERE created_at >= ${MONTH} AND created_at < ${MONTH} + interval '31 days' GROUP BY player_id) AS g
  FULL JOIN (SELECT player_id, sum(amount) AS moved FROM tributary.transactions
      WHERE created_at >= ${MONTH} AND created_at < ${MONTH} + interval '31 days' GROUP BY player_id) AS t USING (player_id)
  FULL JOIN (SELECT player_id, sum(amount) AS deposited FROM tributary.conversions WHERE type = 'deposit'
      AND occurred_at >= ${MONTH} AND occurred_at < ${MONTH} + interval '31 days' GROUP BY player_id) AS d USING (player_id)`;

/** New sessions, as the attribution writes them; of a thousand players one each. @param batch from 0 */
export function sessionRows(batch: number, players: number): EntityRow<'game_session'>[] {
  const at = instantFromMs(Date.UTC(2026, 9, 15) + batch * 1_000);
  const rows = Array.from({ length: 1_000 }, (_, i): EntityRow<'game_session'> => {
    const session_id = `new-${batch}-${String(i).padStart(4, '0')}`;
    return {
      brand: BRAND,
      record: {
        ...{
          player_id: `player${(batch * 7_919 + i * 97) % players}`,
          session_id,
          game_name: 'Comets',
          currency: 'EUR',
        },
        ...{
          bet_count: '20',
          win_count: '9',
          bet_amount: '12.5',
          win_amount: '11',
          created_at: at,
          updated_at: at,
        },
      },
      ...{ custom: {}, source: 'bench-api', trust: 'partner_api', authority: 1, version: 1n },
      ...{ event_id: hashParts([session_id]), received_at: at, conversion_id: null },
    };
  });
  return rows.sort((a, b) => (a.record.session_id < b.record.session_id ? -1 : 1));
}
