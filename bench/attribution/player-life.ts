import {
  hashParts,
  instantFromMs,
  newReceiptId,
  type CanonicalEvent,
  type EntityEvent,
  type EntityKind,
  type EntityRecord,
  type EventBase,
} from '#libs/events';
import { clickIdOf, randomOf, sixBytes } from '../parts/random.js';
import { CLIENT } from '../sink/player-events.js';

/** The canonical events of a player's first day; further days have those from the login on. */
export const EVENTS_PER_PLAYER = 10;
const FIRST_OF_A_DAY = 4;

/** The mix in words, for reports. */
export const MIX =
  'a player has a click and its touchpoint, a registration (pixel), a record, a login, a deposit that is New, then ' +
  'Success (product API), and three events more: 20 % a session told three times as it grows; 10 % a session told ' +
  'twice and the deposit by a pixel with its id, 10 % the same without its id, 10 % a session told twice and a ' +
  "reversal; 10 % a withdrawal that is New, then Success, and a wallet; 10 % a bonus, another source's withdrawal " +
  'and a wallet; 10 % a bet, its selection and its end; 10 % a change of the record, contacts and a login; 10 % a ' +
  'second deposit, its refund and a purchase';

/** Tables of which is known how many rows the events leave in them. */
export interface Rows {
  conversions: number;
  transactions: number;
  game_sessions: number;
}

/** Whose event it is, which of the player's days, and when it happens. */
interface Moment {
  player: number;
  day: number;
  atMs: number;
  random: () => number;
}

/** A thing that happens in a player's life, and the tables in which it makes a row that was not there. */
interface Step {
  event: (m: Moment) => CanonicalEvent;
  makes?: readonly (keyof Rows)[];
}

const MINUTE_MS = 60_000;

const session = (telling: number): Step => ({
  event: (m) => gameSession(m, telling),
  ...(telling === 1 && { makes: ['game_sessions'] }),
});
const wallet: Step = { event: walletOf };
const login: Step = { event: (m) => loginOf(m, 1) };
const withdrawal = { type: 'Normal', dir: 'OUT' } as const;
const bonus = { type: 'Prize', dir: 'IN' } as const;
const deposit = { type: 'Normal', dir: 'IN' } as const;

const BEGINNING: readonly Step[] = [
  { event: click },
  { event: touchpoint },
  { event: registration, makes: ['conversions'] },
  { event: (m) => playerOf(m, 0) },
  login,
  {
    event: (m) => transactionOf(m, 'd1', { ...deposit, status: 'New' }, 0),
    makes: ['transactions', 'conversions'],
  },
  { event: (m) => transactionOf(m, 'd1', { ...deposit, status: 'Success' }, 5) },
];

/** The three last events of a day, by the last digit of the player's number. */
const ENDINGS: readonly (readonly Step[])[] = [
  [session(1), session(2), session(3)],
  [session(1), session(2), session(3)],
  [session(1), session(2), { event: (m) => pixelDeposit(m, true) }],
  [session(1), session(2), { event: (m) => pixelDeposit(m, false) }],
  [session(1), session(2), { event: reversal }],
  [
    { event: (m) => transactionOf(m, 'w1', { ...withdrawal, status: 'New' }, 0), makes: ['transactions'] },
    { event: (m) => transactionOf(m, 'w1', { ...withdrawal, status: 'Success' }, 30) },
    wallet,
  ],
  [
    { event: (m) => transactionOf(m, 'b1', { ...bonus, status: 'Success' }, 0), makes: ['transactions'] },
    { event: movement, makes: ['transactions'] },
    wallet,
  ],
  [{ event: (m) => betOf(m, 'open') }, { event: betSelection }, { event: (m) => betOf(m, 'won') }],
  [{ event: (m) => playerOf(m, 1) }, { event: contact }, { event: (m) => loginOf(m, 2) }],
  [
    {
      event: (m) => transactionOf(m, 'd2', { ...deposit, status: 'Success' }, 0),
      makes: ['transactions', 'conversions'],
    },
    { event: refund },
    { event: purchase, makes: ['conversions'] },
  ],
];

/**
 * The nth event of a player. The same numbers give the same event.
 * @param n from 0
 * @param atMs when it happens, epoch milliseconds
 */
export function eventOfLife(player: number, n: number, atMs: number): CanonicalEvent {
  const { step, day } = placeOf(player, n);
  return step.event({ player, day, atMs, random: randomOf(player * 7_919 + n) });
}

/** Rows that the first events of a player leave. */
export function rowsOfLife(player: number, events: number): Rows {
  const rows: Rows = { conversions: 0, transactions: 0, game_sessions: 0 };
  for (let n = 0; n < events; n++) for (const table of placeOf(player, n).step.makes ?? []) rows[table]++;
  return rows;
}

/** The nth movement of a player's money that is no deposit of real money: withdrawals, and a bonus every third. */
export function movementOfLife(player: number, n: number, atMs: number): CanonicalEvent {
  const moment: Moment = { player, day: n, atMs, random: randomOf(player * 7_919 + n) };
  return transactionOf(moment, 'm', { ...(n % 3 === 2 ? bonus : withdrawal), status: 'Success' }, 5);
}

function placeOf(player: number, n: number): { step: Step; day: number } {
  const onFirstDay = n < EVENTS_PER_PLAYER;
  const perDay = EVENTS_PER_PLAYER - FIRST_OF_A_DAY;
  const later = n - EVENTS_PER_PLAYER;
  const at = onFirstDay ? n : FIRST_OF_A_DAY + (later % perDay);
  const step = BEGINNING[at] ?? ENDINGS[player % ENDINGS.length]![at - BEGINNING.length]!;
  return { step, day: onFirstDay ? 0 : 1 + Math.floor(later / perDay) };
}

function click(m: Moment): CanonicalEvent {
  return {
    kind: 'click',
    ...pixelBase(m, 'click', 'pixel-browser', 'click'),
    ...trafficOf(m),
    click_id: clickIdOf(m.player),
    link: `link-${m.player % 40}`,
    client: CLIENT,
  };
}

function touchpoint(m: Moment): CanonicalEvent {
  const click_id = clickIdOf(m.player);
  return {
    kind: 'touchpoint',
    ...pixelBase(m, 'click', 'pixel-browser', 'touchpoint'),
    ...trafficOf(m),
    click_id,
    touch_id: click_id,
  };
}

function registration(m: Moment): CanonicalEvent {
  return { kind: 'registration', ...pixelBase(m, 'convert', 'pixel-server', 'registration'), ...namesOf(m) };
}

function pixelDeposit(m: Moment, strong: boolean): CanonicalEvent {
  return {
    kind: 'deposit',
    ...pixelBase(m, 'convert', 'pixel-server', `deposit ${m.day}`),
    ...namesOf(m),
    ...(strong && { transaction_id: transactionIdOf(m, 'd1') }),
    ...moneyOf(m, 'd1'),
  };
}

function reversal(m: Moment): CanonicalEvent {
  const transaction_id = transactionIdOf(m, 'd1');
  const base = apiBase(m, 'chargebacks', transaction_id);
  return { kind: 'reversal', ...base, conversion_type: 'deposit', transaction_id };
}

function refund(m: Moment): CanonicalEvent {
  const transaction_id = transactionIdOf(m, 'd2');
  const base = apiBase(m, 'refunds', `${transaction_id}-r`);
  const { currency } = moneyOf(m, 'd2');
  const taken = { transaction_id, refund_id: `${transaction_id}-r`, amount: '5', currency };
  return { kind: 'refund', ...base, conversion_type: 'deposit', ...taken };
}

function purchase(m: Moment): CanonicalEvent {
  const transaction_id = transactionIdOf(m, 'p1');
  const base = { ...apiBase(m, 'purchases', transaction_id), source: 'web-shop' };
  return { kind: 'purchase', ...base, ...namesOf(m), transaction_id, ...moneyOf(m, 'p1') };
}

function movement(m: Moment): CanonicalEvent {
  const transaction_id = transactionIdOf(m, 'w2');
  const base = { ...apiBase(m, 'payments', transaction_id), source: 'payments-pubsub' };
  return { kind: 'withdrawal', ...base, player_id: playerIdOf(m), transaction_id, ...moneyOf(m, 'w2') };
}

function playerOf(m: Moment, change: number): CanonicalEvent {
  return entity(m, 'player', playerIdOf(m), {
    ...{ id: playerIdOf(m), first_name: 'Anna', last_name: `Number ${m.player}`, gender: 'f', country: 'AT' },
    ...{ city: 'Wien', ...callOf(m), birthday: '1990-02-28', registered_at: instantFromMs(m.atMs) },
    ...{ ref_code: `autumn-${m.player % 7}`, traffic_source: `affiliate-${m.player % 40}`, locale: 'de_AT' },
    ...{ modified_at: instantFromMs(m.atMs + change * MINUTE_MS), is_blocked: false, self_excluded: false },
  });
}

function contact(m: Moment): CanonicalEvent {
  return entity(m, 'contact', playerIdOf(m), {
    ...{ player_id: playerIdOf(m), email: `p${m.player}@players.test`, email_subscribe: true },
    ...{ phone: '+43 1 000000', phone_subscribe: false },
    ...{ created_at: instantFromMs(m.atMs), modified_at: instantFromMs(m.atMs) },
  });
}

function walletOf(m: Moment): CanonicalEvent {
  return entity(m, 'wallet', walletIdOf(m), {
    ...{ id: walletIdOf(m), player_id: playerIdOf(m), type: 'Normal', balance: `${20 + m.day}.25` },
    ...{ currency: currencyOf(m), created_at: instantFromMs(m.atMs), modified_at: instantFromMs(m.atMs) },
  });
}

function loginOf(m: Moment, nth: number): CanonicalEvent {
  const id = `l-${m.player}-${m.day}-${nth}`;
  return entity(m, 'login', id, {
    ...{ id, player_id: playerIdOf(m), ...callOf(m), created_at: instantFromMs(m.atMs) },
    ...{ host: 'm.spacevegas.test', is_success: true },
  });
}

/** A session as of its nth telling: it has grown since the one before. */
function gameSession(m: Moment, telling: number): CanonicalEvent {
  const session_id = `s-${m.player}-${m.day}`;
  return entity(m, 'game_session', session_id, {
    ...{ player_id: playerIdOf(m), session_id, game_code: `g-${m.player % 200}`, game_name: 'Comets' },
    ...{ currency: currencyOf(m), bet_count: String(telling * 20), win_count: String(telling * 7) },
    ...{ bet_amount: `${telling * 20}.5`, win_amount: `${telling * 18}.25` },
    ...{ created_at: instantFromMs(m.atMs), updated_at: instantFromMs(m.atMs) },
    ...{ game_vendor: 'Orbit', balance_type: 'Normal', ...callOf(m) },
  });
}

function betOf(m: Moment, status: string): CanonicalEvent {
  const id = `b-${m.player}-${m.day}`;
  return entity(m, 'bet', id, {
    ...{ id, player_id: playerIdOf(m), status, type: 'single', stake: '5', currency: currencyOf(m) },
    ...{ win_amount: status === 'won' ? '9.25' : '0', kind: 'Normal', created_at: instantFromMs(m.atMs) },
    ...{ user_agent: callOf(m).user_agent, modified_at: instantFromMs(m.atMs) },
  });
}

function betSelection(m: Moment): CanonicalEvent {
  const id = `x-${m.player}-${m.day}`;
  return entity(m, 'bet_selection', id, {
    ...{ id, bet_id: `b-${m.player}-${m.day}`, event_id: `e-${m.player % 300}`, ratio: '1.85' },
    ...{ status: 'open', market: 'winner', created_at: instantFromMs(m.atMs) },
    ...{ updated_at: instantFromMs(m.atMs) },
  });
}

/** @param changedAfterMinutes from the transaction to its last change */
function transactionOf(
  m: Moment,
  name: string,
  as: Pick<EntityRecord<'transaction'>, 'type' | 'dir' | 'status'>,
  changedAfterMinutes: number,
): CanonicalEvent {
  const id = transactionIdOf(m, name);
  return entity(m, 'transaction', id, {
    ...{ id, player_id: playerIdOf(m), ...moneyOf(m, name), ...as, payment_system: 'cards' },
    ...{
      created_at: instantFromMs(m.atMs),
      updated_at: instantFromMs(m.atMs + changedAfterMinutes * MINUTE_MS),
    },
    ...{ invoice_id: `i-${id}`, wallet_id: walletIdOf(m), ...callOf(m), requisite: '4111 **** 1111' },
  });
}

function entity<K extends EntityKind>(
  m: Moment,
  kind: K,
  key: string,
  record: EntityRecord<K>,
): CanonicalEvent {
  return { kind, ...apiBase(m, `${kind}s`.replaceAll('_', '-'), key), record } as EntityEvent;
}

/** What an API tells, read within the hour. */
function apiBase(m: Moment, stream: string, naturalKey: string): EventBase {
  const source = 'spacevegas-api';
  return {
    event_id: hashParts([source, stream, naturalKey, String(m.atMs)]),
    ...{ source, stream, brand: 'default', natural_key: naturalKey },
    occurred_at: instantFromMs(m.atMs),
    received_at: instantFromMs(m.atMs + 40 * MINUTE_MS),
  };
}

/** What a pixel tells, as it happens, with the receipt that its caller got. */
function pixelBase(m: Moment, stream: string, source: string, what: string): EventBase {
  const at = instantFromMs(m.atMs);
  const key = `${clickIdOf(m.player)}|${what}`;
  return {
    event_id: hashParts([source, stream, key]),
    ...{ source, stream, brand: 'default', natural_key: key, occurred_at: at, received_at: at },
    receipt_id: newReceiptId(m.atMs, sixBytes(m.random)),
    raw_position: `${m.player % 12}/${m.player}`,
  };
}

function trafficOf({ player }: Moment): Pick<EventBase, 'utm' | 'sub_ids'> {
  return {
    sub_ids: { sub1: `placement-${player % 500}`, sub2: 'banner' },
    utm: { source: `affiliate-${player % 40}`, medium: 'affiliate', campaign: `autumn-${player % 7}` },
  };
}

function namesOf(m: Moment): { click_id: string; player_id: string } {
  return { click_id: clickIdOf(m.player), player_id: playerIdOf(m) };
}

function callOf({ player }: Moment): { ip: string; user_agent: string } {
  return { ip: `203.0.113.${player % 256}`, user_agent: CLIENT.user_agent };
}

/** A day's two deposits are of different amounts, as are those of two days: a weak one belongs to one of them. */
function moneyOf(m: Moment, name: string): { amount: string; currency: string } {
  return { amount: `${20 + 2 * m.day + (name === 'd2' ? 1 : 0)}.5`, currency: currencyOf(m) };
}

function currencyOf({ player }: Moment): string {
  return player % 3 === 0 ? 'USD' : 'EUR';
}

function playerIdOf({ player }: Moment): string {
  return `p${player}`;
}

function walletIdOf({ player }: Moment): string {
  return `w-${player}`;
}

function transactionIdOf({ player, day }: Moment, name: string): string {
  return `t-${player}-${day}-${name}`;
}
