import { withClient } from './installation.js';

/** Conversions of a player that is stored beforehand. */
export const CONVERSIONS_PER_STORED = 4;
/** Facts of a player that is stored beforehand: a click, a touchpoint, a link, the conversions', and four records. */
export const FACTS_PER_STORED = 3 + CONVERSIONS_PER_STORED + 4;
const PLAYERS_AT_ONCE = 50_000;

/** What stands in for a hash: random-looking ids spread over the whole index, as those of real events are. */
const hash = (text: string): string => `encode(sha256((${text})::bytea), 'hex')`;
const CLICK = `md5('stored click ' || p)::uuid::text`;
const PLAYER = `'stored' || p`;
const AT = `timestamptz '2026-06-01 00:00:00Z' + p * interval '10 s'`;
const UTM = `'affiliate-' || p % 40, 'affiliate', 'autumn-' || p % 7`;
const SUB_IDS = `jsonb_build_object('sub1', 'placement-' || p % 500, 'sub2', 'banner')`;
const CLIENT = `'{"ip": "203.0.113.0", "user_agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36"}'::jsonb`;
/** Ids of receipts begin with the time, as those that are given do. */
const RECEIPT = (n: string): string =>
  `(lpad(to_hex((extract(epoch FROM ${AT}) * 1000)::bigint + ${n}), 12, '0') || substr(md5(p || '/' || ${n}), 13))::uuid`;

const PLAYERS = `generate_series($1::bigint, $2::bigint) AS p`;
const CONVERSIONS = `${PLAYERS}, LATERAL (VALUES
    (1, 'install', 'click:' || ${CLICK}), (2, 'registration', 'click:' || ${CLICK}),
    (3, 'deposit', 'tx:stored-' || p || '-1'), (4, 'deposit', 'tx:stored-' || p || '-2')) AS c (n, type, key),
  LATERAL (SELECT left(${hash(`p || c.type || c.key`)}, 32) AS id, ${hash(`c.type || c.key || p`)} AS event_id,
    CASE WHEN n > 1 THEN ${PLAYER} END AS player, ${AT} + n * interval '1 s' AS at,
    CASE WHEN n = 3 THEN 40 WHEN n = 4 THEN 75.5 END AS amount, CASE WHEN n > 2 THEN 'EUR' END AS currency,
    CASE WHEN n > 2 THEN substr(key, 4) END AS transaction_id,
    CASE WHEN n = 1 THEN 'pixel-browser' ELSE 'pixel-server' END AS source) AS v`;

const AGENT = `'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36'`;
const TOLD = 'custom, source, trust, authority, version, canonical_event_id, received_at';
const TOLD_VALUES = (what: string): string =>
  `'{}', 'spacevegas-api', 'partner_api', 1, (extract(epoch FROM ${AT}) * 1000000)::bigint, ${hash(`'${what}' || p`)}, ${AT}`;
const TRANSACTION = `brand, id, player_id, amount, currency, type, status, payment_system, created_at, updated_at, invoice_id,
  wallet_id, user_agent, ip, requisite, ${TOLD}, status_rank, conversion_id`;
const TRANSACTION_VALUES = `'EUR', 'Normal', 'Success', 'cards', ${AT}, ${AT}, 'i-' || p, 'w-' || p, ${AGENT}, '203.0.113.0',
  '4111 **** 1111', ${TOLD_VALUES('transaction')}, 2`;

const STATEMENTS = [
  `INSERT INTO tributary.clicks (brand, click_id, source, link, occurred_at, utm_source, utm_medium, utm_campaign,
     sub_ids, ad_click_ids, client, event_id, receipt_id, first_receipt_id, first_received_at)
   SELECT 'default', ${CLICK}, 'pixel-browser', 'link-' || p % 40, ${AT}, ${UTM}, ${SUB_IDS}, '{}', ${CLIENT},
     ${hash(`'click' || p`)}, ${RECEIPT('0')}, ${RECEIPT('0')}, ${AT} FROM ${PLAYERS}`,
  `INSERT INTO tributary.touchpoints (brand, touch_id, source, occurred_at, click_id, utm_source, utm_medium,
     utm_campaign, sub_ids, ad_click_ids, event_id, receipt_id, first_received_at)
   SELECT 'default', ${CLICK}, 'pixel-browser', ${AT}, ${CLICK}, ${UTM}, ${SUB_IDS}, '{}', ${hash(`'touch' || p`)},
     ${RECEIPT('0')}, ${AT} FROM ${PLAYERS}`,
  `INSERT INTO tributary.identity_links (brand, left_kind, left_id, right_kind, right_id, occurred_at,
     registered_at, first_received_at)
   SELECT 'default', 'click', ${CLICK}, 'player', ${PLAYER}, ${AT}, ${AT}, ${AT} FROM ${PLAYERS}`,
  `INSERT INTO tributary.receipts (receipt_id, event_id, brand, kind, source, click_id, is_test, raw_position,
     received_at)
   SELECT ${RECEIPT('0')}, ${hash(`'click' || p`)}, 'default', 'click', 'pixel-browser', ${CLICK}, false, '0/' || p, ${AT}
   FROM ${PLAYERS}`,
  `INSERT INTO tributary.receipts (receipt_id, event_id, brand, kind, source, click_id, conversion_id, is_test,
     raw_position, received_at)
   SELECT ${RECEIPT('n')}, event_id, 'default', type, source, ${CLICK}, id, false, n || '/' || p, at FROM ${CONVERSIONS}`,
  `INSERT INTO tributary.conversion_facts (conversion_id, source, brand, type, conversion_key, version, status_rank,
     event_id, receipt_id, player_id, click_id, transaction_id, occurred_at, amount, currency, status, weak, client,
     custom, player_id_low, player_id_high, money_low, money_high, first_receipt_id, first_received_at,
     received_at)
   SELECT id, source, 'default', type, key, -(extract(epoch FROM at) * 1000000)::bigint, 0, event_id, ${RECEIPT('n')},
     player, ${CLICK}, transaction_id, at, amount, currency, 'approved', false,
     CASE WHEN n = 1 THEN ${CLIENT} ELSE '{}' END, '{}', player, player, currency || ' ' || amount,
     currency || ' ' || amount, ${RECEIPT('n')}, at, at FROM ${CONVERSIONS}`,
  `INSERT INTO tributary.conversions (conversion_id, brand, type, conversion_key, player_id, click_id, transaction_id,
     occurred_at, amount, currency, net_amount, status, is_first_deposit, sources, conflict, provenance, sub_ids,
     custom, first_touch_at, first_touch_source, first_touch_medium, first_touch_campaign, first_touch_click_id,
     last_touch_at, last_touch_source, last_touch_medium, last_touch_campaign, last_touch_click_id, attributed,
     first_received_at, updated_at, revision)
   SELECT id, 'default', type, key, ${PLAYER}, ${CLICK}, transaction_id, at, amount, currency, amount, 'approved',
     n = 3, ARRAY[source], false, jsonb_build_object('click_id', source, 'occurred_at', source, 'player_id', source,
     'status', source), ${SUB_IDS}, '{}', ${AT}, ${UTM}, ${CLICK}, ${AT}, ${UTM}, ${CLICK}, true, at, at, 0
   FROM ${CONVERSIONS}`,
  `INSERT INTO tributary.transactions (${TRANSACTION}, dir)
   SELECT 'default', 'stored-t-' || p, ${PLAYER}, 40, ${TRANSACTION_VALUES}, NULL, 'OUT' FROM ${PLAYERS}`,
  `INSERT INTO tributary.transactions (${TRANSACTION}, dir)
   SELECT 'default', transaction_id, ${PLAYER}, amount, ${TRANSACTION_VALUES}, id, 'IN' FROM ${CONVERSIONS} WHERE n = 4`,
  `INSERT INTO tributary.logins (brand, id, player_id, ip, created_at, user_agent, host, is_success, ${TOLD})
   SELECT 'default', 'stored-l-' || p, ${PLAYER}, '203.0.113.0', ${AT}, ${AGENT}, 'm.spacevegas.test', true,
     ${TOLD_VALUES('login')} FROM ${PLAYERS}`,
  `INSERT INTO tributary.game_sessions (brand, player_id, session_id, game_code, game_name, currency, bet_count,
     win_count, bet_amount, win_amount, created_at, updated_at, ${TOLD})
   SELECT 'default', ${PLAYER}, 'stored-s-' || p, 'g-' || p % 200, 'Comets', 'EUR', 20, 7, 20.5, 18.25, ${AT}, ${AT},
     ${TOLD_VALUES('game session')} FROM ${PLAYERS}`,
];

/**
 * Fills the tables with players of long ago, as attribution would have left them: a click, a touchpoint, a link, five
 * receipts, four facts and conversions, the record of one of their deposits, a withdrawal, a login and a game session
 * each, in whatever order their ids have. Indexes grow as they do in use. Takes about a minute a million facts.
 */
export async function storePlayers(url: string, players: number): Promise<void> {
  await withClient(url, async (client) => {
    for (let first = 1; first <= players; first += PLAYERS_AT_ONCE) {
      const range = [first, Math.min(players, first + PLAYERS_AT_ONCE - 1)];
      await client.query('BEGIN');
      for (const statement of STATEMENTS) await client.query(statement, range);
      await client.query('COMMIT');
    }
    await client.query('VACUUM (ANALYZE)');
    await client.query('CHECKPOINT');
  });
}
