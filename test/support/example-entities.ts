import {
  requiredFields,
  forEachKind,
  specOf,
  type EntityEvent,
  type EntityKind,
  type EntityRecord,
  type EventBase,
} from '#libs/events';

const AT = '2026-11-21T09:59:00.000000Z';
const PLAYER = { player_id: '1874552' };
const CALL = { ip: '203.0.113.7', user_agent: 'Mozilla/5.0' };
const TRAFFIC = { ref_code: 'autumn-7', traffic_source: 'affiliate-42' };

/** A record of every kind with every field. */
export const EXAMPLE_RECORDS: { [K in EntityKind]: EntityRecord<K> } = {
  player: {
    ...{ id: '1874552', first_name: 'Änna', last_name: 'Nguyễn', gender: 'f', country: 'AT', city: 'Wien' },
    ...{ ...CALL, ...TRAFFIC, birthday: '2000-02-29', locale: 'de_AT', registered_at: AT },
    ...{ modified_at: '2026-11-21T09:59:30.000000Z', is_blocked: false, self_excluded: true },
  },
  contact: {
    ...{ ...PLAYER, email: 'anna@players.test', email_confirmed_at: AT, email_subscribe: true },
    ...{ phone: '+43 1 000000', phone_subscribe: false, phone_confirmed_at: AT, push_token: 'a:b' },
    ...{ created_at: AT, modified_at: AT },
  },
  wallet: {
    ...{ ...PLAYER, id: 'w-1', type: 'Normal', balance: '-0.5', currency: 'EUR' },
    ...{ created_at: AT, modified_at: AT },
  },
  transaction: {
    ...{ ...PLAYER, ...CALL, id: '123456789', amount: '40.5', currency: 'USD', type: 'Normal' },
    ...{ status: 'Success', payment_system: 'cards', dir: 'IN', created_at: AT, updated_at: AT },
    ...{ invoice_id: 'i-1', wallet_id: 'w-1', requisite: '4111 **** 1111', comment: 'say "hello",\n\\o/' },
  },
  login: {
    ...{ ...PLAYER, ...CALL, ...TRAFFIC, id: 'l-1', created_at: AT, host: 'm.spacevegas.test' },
    ...{ is_success: false, fail_reason: 'password' },
  },
  game_session: {
    ...{ ...PLAYER, ...CALL, session_id: 's-1', game_code: 'g-1', game_name: 'Comets', currency: 'ETH' },
    ...{ bet_count: '9007199254740993', win_count: '0', bet_amount: '0.000000000000000001', win_amount: '0' },
    ...{ created_at: AT, updated_at: AT, game_vendor: 'Orbit', balance_type: 'Prize', ref_code: 'autumn-7' },
  },
  tournament: {
    ...{ id: 't-1', name: 'Cup', sport_id: '7', sport_name: 'Tennis', country_code: 'AT' },
    ...{ date_start: AT, date_end: '2026-11-28T00:00:00.000000Z' },
  },
  sport_event: {
    ...{ id: 'e-1', tournament_id: 't-1', title: 'A : B', status: 'live', type: 'match' },
    ...{ start_time: AT, end_time: '2026-11-21T12:00:00.000000Z' },
  },
  bet: {
    ...{ ...PLAYER, id: 'b-1', status: 'won', type: 'single', stake: '5', win_amount: '9.25' },
    ...{ currency: 'EUR', kind: 'Normal', created_at: AT, user_agent: 'Mozilla/5.0', modified_at: AT },
  },
  bet_selection: {
    ...{ id: 'x-1', bet_id: 'b-1', event_id: 'e-1', ratio: '1.85', status: 'won', market: 'winner' },
    ...{ created_at: AT, updated_at: AT },
  },
};

/** A custom field of each of the four types: integer, fraction, text, date. */
export const EXAMPLE_CUSTOM = { level: 12, score: 0.25, tier: 'gold', vip_since: AT };

/** An event of every kind of entity, with every field. */
export function exampleEntityEvents<Base extends EventBase>(base: Base): (EntityEvent & Base)[] {
  return Object.values(
    forEachKind((kind) => {
      const record: EntityRecord = EXAMPLE_RECORDS[kind];
      return { ...base, kind, record, custom: EXAMPLE_CUSTOM } as EntityEvent & Base;
    }),
  );
}

/** The example's fields that every record of the kind has. */
export function leastRecord(kind: EntityKind): Record<string, unknown> {
  const record = EXAMPLE_RECORDS[kind] as Record<string, unknown>;
  return Object.fromEntries(requiredFields(specOf(kind).fields).map((name) => [name, record[name]]));
}
