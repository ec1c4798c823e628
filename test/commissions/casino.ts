import { hashParts, type CanonicalEvent, type EntityKind, type Instant } from '#libs/events';
import { toldEvent, type Told } from '#test/told-events';

const BRAND = 'royal';
const API = 'royal-api';
const PIXEL = 'pixel-server';

/** A canonical event of the brand, whose id is a function of what is told. */
function told(event: Told): CanonicalEvent {
  return toldEvent(event, { brand: BRAND });
}

/** `2026-10-03 12:00` as an instant of UTC; without a time noon. */
export function at(text: string): Instant {
  const [day, time = '12:00'] = text.split(' ') as [string, string?];
  return `${day}T${time}:00.000000Z`;
}

/** The id of a click, by the name that a test has for it. */
export function clickId(name: string): string {
  const hex = hashParts([name]);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

export function click(
  name: string,
  when: string,
  more: { link?: string; utm?: object } = {},
): CanonicalEvent {
  return told({
    ...{ kind: 'click', source: PIXEL, stream: 'click', natural_key: clickId(name), occurred_at: at(when) },
    ...{ click_id: clickId(name), ...more },
  });
}

export function install(name: string, when: string): CanonicalEvent {
  return told({
    ...{ kind: 'install', source: PIXEL, stream: 'convert', natural_key: `${name} install` },
    ...{ occurred_at: at(when), click_id: clickId(name), status: 'approved' },
  });
}

export function registration(player_id: string, name: string, when: string): CanonicalEvent {
  return told({
    ...{ kind: 'registration', source: PIXEL, stream: 'convert', natural_key: `${name} registration` },
    ...{ occurred_at: at(when), player_id, click_id: clickId(name), status: 'approved' },
  });
}

/** A row of the product API, in the version of the day it is told of; without, of the day it was made. */
function record(
  kind: EntityKind,
  key: string,
  when: string,
  fields: Record<string, unknown>,
): CanonicalEvent {
  const of = { ...fields };
  const version = (of['updated_at'] ?? of['modified_at']) as string;
  return told({
    ...{ kind, source: API, stream: kind, natural_key: key, occurred_at: at(when), version },
    ...{ record: of },
  });
}

/** A movement of money; a deposit, unless said otherwise. */
export function transaction(
  id: string,
  player_id: string,
  amount: string,
  when: string,
  more: { currency?: string; dir?: 'IN' | 'OUT'; type?: string; status?: string; told?: string } = {},
): CanonicalEvent {
  const { told: version = when, ...rest } = more;
  return record('transaction', id, when, {
    ...{ id, player_id, amount, currency: 'EUR', dir: 'IN', type: 'Normal', status: 'Success' },
    ...rest,
    ...{ created_at: at(when), updated_at: at(version) },
  });
}

/** A deposit as a pixel tells of one that was not given its amount. */
export function depositWithoutAmount(player_id: string, when: string): CanonicalEvent {
  return told({
    ...{ kind: 'deposit', source: PIXEL, stream: 'convert', natural_key: `${player_id} deposit` },
    ...{ occurred_at: at(when), player_id, status: 'approved' },
  });
}

/** Takes a deposit back. */
export function reversal(transaction_id: string, when: string): CanonicalEvent {
  return told({
    ...{ kind: 'reversal', source: 'royal.postback', stream: 'reversals', natural_key: transaction_id },
    ...{ occurred_at: at(when), conversion_type: 'deposit', transaction_id },
  });
}

export function session(
  session_id: string,
  player_id: string,
  [bet_amount, win_amount]: readonly [string, string],
  when: string,
  more: { currency?: string; balance_type?: string; bets?: string; told?: string } = {},
): CanonicalEvent {
  const { told: version = when, bets: bet_count = '1', ...rest } = more;
  return record('game_session', session_id, when, {
    ...{ session_id, player_id, game_name: 'Comets', currency: 'EUR', bet_count, win_count: '0' },
    ...{ bet_amount, win_amount, ...rest, created_at: at(when), updated_at: at(version) },
  });
}

export function bet(
  id: string,
  player_id: string,
  stake: string,
  when: string,
  more: { win_amount?: string; status?: string; kind?: string; told?: string } = {},
): CanonicalEvent {
  const { told: version = when, ...rest } = more;
  return record('bet', id, when, {
    ...{ id, player_id, type: 'single', stake, currency: 'EUR', ...rest },
    ...{ created_at: at(when), modified_at: at(version) },
  });
}

export function player(
  id: string,
  when: string,
  more: {
    told?: string;
    ref_code?: string;
    traffic_source?: string;
    is_blocked?: boolean;
    self_excluded?: boolean;
  } = {},
): CanonicalEvent {
  const { told: version = when, ...rest } = more;
  return record('player', id, when, { id, ...rest, registered_at: at(when), modified_at: at(version) });
}

export function contact(
  player_id: string,
  when: string,
  more: { told?: string; email?: string; phone?: string } = {},
): CanonicalEvent {
  const { told: version = when, ...rest } = more;
  return record('contact', player_id, when, {
    ...{ player_id, ...rest, created_at: at(when), modified_at: at(version) },
  });
}
