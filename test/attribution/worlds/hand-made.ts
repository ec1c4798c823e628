import type { CanonicalEvent, ConversionRow } from '#libs/events';
import { instantOf, toldEvent, type Told } from '#test/told-events';

/** A small world, what it is about, and what some columns of its rows must be, by conversion key. */
export interface NamedWorld {
  about: string;
  events: CanonicalEvent[];
  rows: Record<string, Partial<ConversionRow>>;
  /** How many rows there are; absent: those. */
  count?: number;
}

const DAY = 24 * 60;
const CLICK = '00000000-0000-4000-8000-000000000001';
const OTHER_CLICK = '00000000-0000-4000-8000-000000000002';
const TRUST: Record<string, string> = {
  orders: 'pubsub',
  'casino.postback': 'postback',
  'besitos.postback': 'postback',
  ga4: 'ga4',
};

/** An event of a source, so many minutes after the world began and received as it happened. */
function say(
  source: string,
  kind: Told['kind'],
  minutes: number,
  fields: Record<string, unknown> = {},
): CanonicalEvent {
  const { micros, delay, ...own } = fields as { micros?: number; delay?: number };
  const told = {
    source,
    trust: TRUST[source],
    stream: 's',
    kind,
    occurred_at: instantOf(minutes, micros),
    ...own,
  };
  return toldEvent(
    { natural_key: JSON.stringify([kind, minutes, own]), ...told },
    { brand: 'one', delay: delay ?? 0 },
  );
}

const anna = { player_id: 'anna' };
const euros = (amount: string): object => ({ amount, currency: 'EUR' });
const deposit = { ...anna, transaction_id: '1', ...euros('40') };
const returned = { conversion_type: 'deposit', transaction_id: '1' };

function transaction(updated: number, change: Record<string, unknown> = {}): CanonicalEvent {
  const updated_at = instantOf(updated);
  const record = {
    id: '1',
    ...anna,
    ...euros('40'),
    dir: 'IN',
    created_at: instantOf(10),
    updated_at,
    ...change,
  };
  return say('intarget', 'transaction', 10, { natural_key: '1', version: updated_at, record });
}

/** That a source no longer tells of the deposit, or of what the fields make of it, as of a version. */
const retract = (source: string, version: string, fields: Record<string, unknown> = {}): CanonicalEvent =>
  say(source, 'retraction', 700, { version, conversion_type: 'deposit', transaction_id: '1', ...fields });

/** A click on a link at some minute, as pixel and touchpoint. */
function visit(click_id: string, minutes: number, fields: Record<string, unknown> = {}): CanonicalEvent[] {
  const told = { click_id, natural_key: click_id, sub_ids: { sub1: click_id.slice(-1) }, ...fields };
  return [
    say('pixel-browser', 'click', minutes, told),
    say('pixel-browser', 'touchpoint', minutes, { ...told, touch_id: click_id }),
  ];
}

const touch = (touch_id: string, minutes: number, fields: Record<string, unknown>): CanonicalEvent =>
  say('ga4', 'touchpoint', minutes, { touch_id, utm: { source: touch_id }, ...fields });

const link = (minutes: number, names: Record<string, string | number>): CanonicalEvent =>
  say('intarget', 'identity_link', minutes, names);

/** Worlds in which a rule, or the border of one, is all that happens. */
export const HAND_MADE_WORLDS: readonly NamedWorld[] = [
  {
    about: 'one deposit by pixels, API, Pub/Sub, postback and GA4 has the best word for each field',
    events: [
      ...visit(CLICK, 0),
      say('pixel-browser', 'deposit', 12, {
        ...deposit,
        click_id: CLICK,
        amount: '39',
        custom: { a: 'pixel', b: 1 },
      }),
      say('pixel-server', 'deposit', 11, { ...deposit, click_id: CLICK, custom: { c: 2 } }),
      say('casino.postback', 'deposit', 13, { ...deposit, click_id: OTHER_CLICK, custom: { a: 'postback' } }),
      say('orders', 'deposit', 14, { ...deposit, version: '7' }),
      say('ga4', 'deposit', 15, {
        transaction_id: '1',
        ...euros('40.01'),
        client_id: 'c',
        click_id: OTHER_CLICK,
      }),
      transaction(20),
    ],
    rows: {
      'tx:1': {
        ...{
          amount: '40',
          status: 'approved',
          occurred_at: instantOf(10),
          click_id: CLICK,
          player_id: 'anna',
        },
        sources: ['casino.postback', 'ga4', 'intarget', 'orders', 'pixel-browser', 'pixel-server'],
        conflict: true,
        custom: { a: 'postback', b: 1, c: 2 },
        is_first_deposit: true,
        attributed: true,
        provenance: {
          ...{
            transaction_id: 'intarget',
            occurred_at: 'intarget',
            status: 'intarget',
            player_id: 'intarget',
          },
          ...{ amount: 'intarget', currency: 'intarget', click_id: 'pixel-server' },
        },
      },
    },
  },
  {
    about: 'Pub/Sub and postback weigh alike: their names decide',
    events: [
      say('orders', 'purchase', 1, { ...deposit, amount: '41', version: '99' }),
      say('casino.postback', 'purchase', 2, deposit),
    ],
    rows: { 'tx:1': { amount: '40', occurred_at: instantOf(2), conflict: true } },
  },
  {
    about: 'an amended transaction is no disagreement, a contradicting one without versions is',
    events: [
      say('orders', 'deposit', 1, { ...deposit, version: '1', amount: '41', player_id: 'Bo' }),
      say('orders', 'deposit', 1, { ...deposit, version: '2' }),
      say('casino.postback', 'deposit', 2, { ...deposit, transaction_id: '2' }),
      say('casino.postback', 'deposit', 1, { ...deposit, transaction_id: '2', amount: '100' }),
    ],
    rows: { 'tx:1': { amount: '40', conflict: false }, 'tx:2': { amount: '100', conflict: true } },
  },
  {
    about: 'of two amendments of one version the greater status stands',
    events: [
      say('orders', 'deposit', 1, { ...deposit, version: '2', status: 'pending' }),
      say('orders', 'deposit', 2, { ...deposit, version: '2', status: 'rejected' }),
      say('orders', 'deposit', 3, { ...deposit, version: '2' }),
      say('orders', 'deposit', 4, { ...deposit, version: '1' }),
    ],
    rows: {
      'tx:1': { status: 'rejected', net_amount: '0', occurred_at: instantOf(2), is_first_deposit: false },
    },
  },
  {
    about: 'of tellings of one version and status the earliest stands',
    events: [3, 1, 2].map((minutes) =>
      say('ga4', 'purchase', minutes, { ...deposit, amount: `${minutes}`, version: '7' }),
    ),
    rows: { 'tx:1': { amount: '1', occurred_at: instantOf(1), conflict: false } },
  },
  {
    about: 'a source that begins to send versions is believed from then on, and was wrong before',
    events: [
      say('orders', 'deposit', 1, { ...deposit, amount: '39' }),
      say('orders', 'deposit', 2, { ...deposit, version: '1' }),
    ],
    rows: { 'tx:1': { amount: '40', occurred_at: instantOf(2), conflict: true } },
  },
  {
    about: 'the same word with another receipt instant counts from when it was first heard',
    events: [
      say('orders', 'deposit', 1, { ...deposit, version: '1', delay: 50 }),
      say('orders', 'deposit', 1, { ...deposit, version: '1', delay: 5 }),
      say('orders', 'deposit', 1, { ...deposit, version: '1', delay: 500 }),
    ],
    rows: { 'tx:1': { first_received_at: instantOf(6), updated_at: instantOf(6) } },
  },
  {
    about: 'money that the standing word leaves out is the least that the source said without a version',
    events: [
      say('casino.postback', 'deposit', 1, { ...anna, transaction_id: '1' }),
      say('casino.postback', 'deposit', 2, { ...deposit, amount: '9' }),
      say('casino.postback', 'deposit', 3, { ...deposit, amount: '100' }),
    ],
    rows: { 'tx:1': { amount: '100', currency: 'EUR', conflict: true } },
  },
  {
    about: 'a reversal that comes first, twice, and by postback leaves nothing',
    events: [
      say('besitos.postback', 'reversal', 0, {
        partner: 'besitos',
        conversion_type: 'payout',
        transaction_id: '1',
      }),
      say('besitos', 'reversal', 30, { partner: 'besitos', conversion_type: 'payout', transaction_id: '1' }),
      say('besitos', 'reversal', 31, { partner: 'besitos', conversion_type: 'payout', transaction_id: '1' }),
      say('besitos', 'payout', 10, { partner: 'besitos', ...deposit }),
      say('besitos.postback', 'payout', 11, { partner: 'besitos', ...deposit }),
    ],
    rows: {
      'tx:besitos:1': {
        ...{ status: 'reversed', net_amount: '0', amount: '40', sources: ['besitos', 'besitos.postback'] },
        updated_at: instantOf(30),
      },
    },
  },
  {
    about: 'the same transaction id of two partners and of a deposit is three conversions; one is reversed',
    events: [
      say('besitos', 'payout', 1, { partner: 'besitos', ...deposit }),
      say('zweite', 'payout', 1, { partner: 'zweite', ...deposit }),
      say('orders', 'deposit', 1, deposit),
      say('zweite', 'reversal', 2, { partner: 'zweite', conversion_type: 'payout', transaction_id: '1' }),
    ],
    rows: {
      'tx:besitos:1': { net_amount: '40' },
      'tx:zweite:1': { net_amount: '0' },
      'tx:1': { net_amount: '40', is_first_deposit: true },
    },
  },
  {
    about: 'of two sources of one refund the weightier counts; each refund counts once',
    events: [
      say('orders', 'deposit', 1, deposit),
      say('orders', 'refund', 2, { ...returned, refund_id: 'a', ...euros('30'), delay: 600 }),
      say('intarget', 'refund', 3, { ...returned, refund_id: 'a', ...euros('10.5') }),
      say('intarget', 'refund', 2, { ...returned, refund_id: 'a', ...euros('11') }),
      say('casino.postback', 'refund', 4, { ...returned, refund_id: 'b', ...euros('0.000000000000000001') }),
    ],
    rows: {
      'tx:1': {
        ...{ net_amount: '28.999999999999999999', conflict: false, updated_at: instantOf(4) },
        sources: ['casino.postback', 'intarget', 'orders'],
      },
    },
  },
  {
    about: 'refunds beyond what was paid leave nothing and are a conflict',
    events: [
      say('orders', 'deposit', 1, deposit),
      say('orders', 'refund', 2, { ...returned, refund_id: 'a', ...euros('40') }),
      say('orders', 'refund', 2, { ...returned, refund_id: 'b', ...euros('0.01') }),
    ],
    rows: { 'tx:1': { net_amount: '0', status: 'approved', conflict: true, is_first_deposit: true } },
  },
  {
    about: 'a refund in another currency takes nothing and is a conflict',
    events: [
      say('orders', 'deposit', 1, deposit),
      say('orders', 'refund', 2, { ...returned, refund_id: 'a', amount: '10', currency: 'USD' }),
    ],
    rows: { 'tx:1': { net_amount: '40', conflict: true } },
  },
  {
    about: 'what is taken back of a deposit takes nothing from a purchase of the same id',
    events: [
      say('orders', 'purchase', 1, deposit),
      say('orders', 'refund', 2, { ...returned, refund_id: 'a', ...euros('10') }),
      say('orders', 'reversal', 2, returned),
    ],
    rows: { 'tx:1': { net_amount: '40', status: 'approved', sources: ['orders'] } },
  },
  {
    about: 'a registration is reversed by its click; one by its player is another',
    events: [
      say('pixel-server', 'registration', 1, { ...anna, click_id: CLICK }),
      say('intarget', 'registration', 1, anna),
      say('intarget', 'reversal', 2, { conversion_type: 'registration', click_id: CLICK, ...anna }),
    ],
    rows: {
      [`click:${CLICK}`]: { status: 'reversed', amount: null, net_amount: null },
      'player:anna': { status: 'approved', click_id: CLICK },
    },
  },
  {
    about: 'the first deposit that counts is the earliest that is neither pending, rejected nor reversed',
    events: [
      say('orders', 'deposit', 1, { ...deposit, transaction_id: '1', status: 'pending' }),
      say('orders', 'deposit', 2, { ...deposit, transaction_id: '2', status: 'rejected' }),
      say('orders', 'deposit', 3, { ...deposit, transaction_id: '3' }),
      say('orders', 'deposit', 4, { ...deposit, transaction_id: '4' }),
      say('casino.postback', 'reversal', 9, { conversion_type: 'deposit', transaction_id: '3' }),
    ],
    rows: {
      'tx:1': { is_first_deposit: false },
      'tx:2': { is_first_deposit: false },
      'tx:3': { is_first_deposit: false },
      'tx:4': { is_first_deposit: true },
    },
  },
  {
    about:
      'a transaction that turns out to be a withdrawal is no deposit, and its weak one stands alone again',
    events: [
      transaction(20),
      say('pixel-browser', 'deposit', 11, { ...anna, ...euros('40'), click_id: CLICK, natural_key: 'weak' }),
      transaction(21, { dir: 'OUT' }),
      say('orders', 'deposit', 500, { ...deposit, transaction_id: '2', amount: '7' }),
    ],
    count: 2,
    rows: { 'tx:2': { is_first_deposit: false } },
  },
  {
    about: 'a bonus of the same id never stands before the product API',
    events: [transaction(20), say('orders', 'bonus', 30, { ...deposit, version: instantOf(99) })],
    rows: { 'tx:1': { status: 'approved', sources: ['intarget'] } },
  },
  {
    about:
      'of a transaction told twice at one version the further status stands, and a failure takes it back',
    events: [transaction(20), transaction(20, { status: 'Process' }), transaction(20, { status: 'Fail' })],
    rows: { 'tx:1': { status: 'rejected', net_amount: '0', conflict: false } },
  },
  {
    about: 'a weak deposit a whole day away is the same, whatever the status of the strong one',
    events: [
      say('orders', 'deposit', 0, { ...deposit, status: 'rejected' }),
      say('pixel-browser', 'deposit', DAY, { ...anna, ...euros('40'), click_id: CLICK }),
    ],
    rows: { 'tx:1': { status: 'rejected', click_id: CLICK, sources: ['orders', 'pixel-browser'] } },
  },
  {
    about: 'of two weak deposits the nearer is the same, and of two as near the one of the lesser id',
    events: [
      say('orders', 'deposit', 100, deposit),
      say('pixel-browser', 'deposit', 90, { ...anna, ...euros('40'), click_id: CLICK, natural_key: 'a' }),
      say('pixel-browser', 'deposit', 110, { ...anna, ...euros('40'), click_id: CLICK, natural_key: 'b' }),
      say('pixel-browser', 'deposit', 120, { ...anna, ...euros('40'), click_id: CLICK, natural_key: 'c' }),
    ],
    count: 3,
    rows: { 'tx:1': { sources: ['orders', 'pixel-browser'], conflict: false } },
  },
  {
    about: 'weak deposits of a client are paired once its user is known to be a player',
    events: [
      say('ga4', 'deposit', 100, { client_id: 'c', ...euros('40'), natural_key: 'weak' }),
      say('orders', 'deposit', 101, deposit),
      link(5, { client_id: 'c', user_id: 'u' }),
      link(6, { user_id: 'u', player_id: 'anna' }),
    ],
    rows: { 'tx:1': { sources: ['ga4', 'orders'], is_first_deposit: true, updated_at: instantOf(101) } },
  },
  {
    about: 'a click leads over its user, and only without one over its client',
    events: [
      say('pixel-server', 'purchase', 100, { click_id: CLICK, transaction_id: '1', ...euros('40') }),
      link(1, { click_id: CLICK, client_id: 'c' }),
      link(1, { client_id: 'c', player_id: 'Bo' }),
      link(9, { click_id: CLICK, user_id: 'u' }),
      link(9, { user_id: 'u', player_id: 'anna' }),
    ],
    rows: { 'tx:1': { player_id: 'anna', click_id: CLICK, updated_at: instantOf(100) } },
  },
  {
    about: 'a user whose link is best but leads nowhere leaves the next one to answer',
    events: [
      say('ga4', 'purchase', 100, { client_id: 'c', natural_key: 'x' }),
      link(1, { client_id: 'c', user_id: 'nobody' }),
      link(2, { client_id: 'c', user_id: 'u' }),
      link(3, { user_id: 'u', player_id: 'Bo' }),
      link(2, { user_id: 'u', player_id: 'anna' }),
    ],
    count: 1,
    rows: {},
  },
  {
    about: 'a user joins two players: each has the journey of both, and a first deposit of their own',
    events: [
      ...visit(CLICK, 0, anna),
      ...visit(OTHER_CLICK, 5, { player_id: 'Bo' }),
      link(50, { user_id: 'u', player_id: 'anna' }),
      link(51, { user_id: 'u', player_id: 'Bo' }),
      say('orders', 'deposit', 10, deposit),
      say('orders', 'deposit', 11, { ...deposit, player_id: 'Bo', transaction_id: '2' }),
    ],
    rows: {
      'tx:1': {
        ...{ is_first_deposit: true, click_id: CLICK, first_touch_click_id: CLICK },
        ...{ last_touch_click_id: OTHER_CLICK, updated_at: instantOf(51) },
      },
      'tx:2': { is_first_deposit: true, click_id: OTHER_CLICK, first_touch_click_id: CLICK },
    },
  },
  {
    about: 'a device that two players share joins their clicks but not the players',
    events: [
      link(1, { client_id: 'c', player_id: 'anna' }),
      link(2, { client_id: 'c', player_id: 'Bo' }),
      touch('of-bo', 3, { player_id: 'Bo' }),
      touch('of-c', 4, { client_id: 'c' }),
      say('orders', 'deposit', 10, deposit),
    ],
    rows: { 'tx:1': { first_touch_source: 'of-c', last_touch_source: 'of-c', updated_at: instantOf(10) } },
  },
  {
    about: "a player's own click comes before an earlier registered one of the same person",
    events: [
      say('pixel-server', 'registration', 1, { click_id: CLICK, player_id: 'Bo' }),
      link(2, { user_id: 'u', player_id: 'anna' }),
      link(3, { user_id: 'u', player_id: 'Bo' }),
      link(4, { click_id: OTHER_CLICK, player_id: 'anna' }),
      say('orders', 'deposit', 10, deposit),
    ],
    count: 2,
    rows: { 'tx:1': { click_id: OTHER_CLICK, attributed: false } },
  },
  {
    about: "a person's click is the best of their own links, not of a stranger's to the same click",
    events: [
      link(1, { click_id: CLICK, client_id: 'of-a-stranger' }),
      link(2, { click_id: OTHER_CLICK, client_id: 'c' }),
      link(3, { client_id: 'c', user_id: 'u' }),
      link(4, { click_id: CLICK, user_id: 'u' }),
      link(5, { user_id: 'u', player_id: 'anna' }),
      say('orders', 'deposit', 10, deposit),
    ],
    rows: { 'tx:1': { click_id: OTHER_CLICK, updated_at: instantOf(10) } },
  },
  {
    about: 'registering decides whose click it is, and counts from its earliest telling',
    events: [
      link(1, { click_id: CLICK, player_id: 'Bo' }),
      say('pixel-server', 'registration', 9, { click_id: CLICK, ...anna }),
      say('pixel-browser', 'registration', 8, { click_id: OTHER_CLICK, ...anna }),
      say('orders', 'deposit', 10, deposit),
      say('pixel-browser', 'purchase', 10, { click_id: CLICK, transaction_id: '2' }),
    ],
    count: 4,
    rows: {
      'tx:1': { click_id: OTHER_CLICK },
      'tx:2': { player_id: 'anna', click_id: CLICK, net_amount: null },
    },
  },
  {
    about: 'without a player the touches and clicks of its user and client are its journey',
    events: [
      say('ga4', 'purchase', 100, { client_id: 'c', user_id: 'u', transaction_id: '1' }),
      link(1, { click_id: CLICK, client_id: 'c' }),
      link(2, { click_id: OTHER_CLICK, user_id: 'u' }),
      ...visit(CLICK, 3),
      ...visit(OTHER_CLICK, 4),
      touch('of-c', 5, { client_id: 'c' }),
    ],
    rows: {
      'tx:1': {
        ...{ player_id: null, click_id: OTHER_CLICK, attributed: true, sub_ids: { sub1: '2' } },
        ...{ first_touch_click_id: CLICK, last_touch_source: 'of-c' },
      },
    },
  },
  {
    about: 'what its only source takes back is gone, and the next deposit is the first',
    events: [
      say('orders', 'deposit', 10, { ...deposit, version: '1' }),
      say('orders', 'deposit', 20, { ...deposit, transaction_id: '2' }),
      retract('orders', '2'),
      retract('orders', '2'),
      retract('orders', '3'),
    ],
    rows: { 'tx:2': { is_first_deposit: true } },
  },
  {
    about: 'what one of two sources takes back is what the other says',
    events: [
      say('intarget', 'deposit', 10, { ...deposit, amount: '41', version: '1', custom: { a: 1 } }),
      say('orders', 'deposit', 11, { ...deposit, custom: { b: 2 } }),
      retract('intarget', '2'),
    ],
    rows: {
      'tx:1': {
        ...{ amount: '40', conflict: false, sources: ['orders'], custom: { b: 2 } },
        ...{ occurred_at: instantOf(11), first_received_at: instantOf(11), updated_at: instantOf(11) },
      },
    },
  },
  {
    about:
      'told again at a greater version it is back, and so are refunds; words without a version are no conflict',
    events: [
      retract('orders', '2'),
      say('orders', 'deposit', 12, { ...deposit, amount: '99', player_id: 'Bo' }),
      say('orders', 'refund', 13, { ...returned, refund_id: 'a', ...euros('10') }),
      say('orders', 'deposit', 14, { ...deposit, version: '3' }),
      say('orders', 'deposit', 15, { ...deposit, amount: '98', version: '1' }),
    ],
    rows: {
      'tx:1': {
        ...{ amount: '40', net_amount: '30', player_id: 'anna', conflict: false },
        ...{ is_first_deposit: true, first_received_at: instantOf(12), updated_at: instantOf(14) },
      },
    },
  },
  {
    about: 'of one version what is told stands, in whatever status',
    events: [
      say('orders', 'deposit', 10, { ...deposit, version: '2', status: 'pending' }),
      retract('orders', '2'),
      retract('orders', '1'),
    ],
    rows: { 'tx:1': { status: 'pending', sources: ['orders'] } },
  },
  {
    about: 'a retraction is of its own source, conversion and brand, and is no word of anybody',
    events: [
      say('orders', 'deposit', 10, deposit),
      retract('casino.postback', '9', { player_id: 'Bo', click_id: CLICK }),
      retract('orders', '9', { transaction_id: '2' }),
      retract('orders', '9', { conversion_type: 'purchase' }),
    ],
    rows: { 'tx:1': { player_id: 'anna', click_id: null, sources: ['orders'], conflict: false } },
  },
  {
    about: 'what only reversals and refunds tell of is no row, whether or not it was told once',
    events: [
      say('orders', 'reversal', 5, returned),
      say('orders', 'deposit', 10, deposit),
      retract('orders', '9'),
    ],
    rows: {},
    count: 0,
  },
  {
    about: 'the weak deposit of one that was taken back stands alone again',
    events: [
      say('pixel-browser', 'deposit', 11, { ...anna, ...euros('40'), click_id: CLICK, natural_key: 'weak' }),
      say('orders', 'deposit', 10, { ...deposit, version: '1' }),
      retract('orders', '2'),
    ],
    count: 1,
    rows: {},
  },
  {
    about:
      'a weak deposit that is taken back leaves the strong one to itself, and a second one to be its pair',
    events: [
      say('orders', 'deposit', 10, deposit),
      say('ga4', 'deposit', 11, { ...anna, ...euros('40'), natural_key: 'a', custom: { a: 1 } }),
      say('ga4', 'deposit', 13, { ...anna, ...euros('40'), natural_key: 'b', custom: { b: 1 } }),
      say('ga4', 'retraction', 20, { conversion_type: 'deposit', natural_key: 'a', version: '1' }),
    ],
    rows: { 'tx:1': { sources: ['ga4', 'orders'], custom: { b: 1 } } },
  },
  {
    about: 'the only weak deposit of a strong one is no part of it when it is taken back',
    events: [
      say('orders', 'deposit', 10, deposit),
      say('ga4', 'deposit', 11, { ...anna, ...euros('40'), natural_key: 'a', custom: { a: 1 } }),
      say('ga4', 'retraction', 20, { conversion_type: 'deposit', natural_key: 'a', version: '1' }),
    ],
    rows: { 'tx:1': { sources: ['orders'], custom: {} } },
  },
  {
    about: 'who came to be by click, by player and by nobody is taken back by the same name; links stay',
    events: [
      say('pixel-server', 'registration', 1, { ...anna, click_id: CLICK }),
      say('ga4', 'registration', 2, { player_id: 'Bo', natural_key: 'bo' }),
      say('ga4', 'install', 3, { client_id: 'c', natural_key: 'nobody' }),
      ...[{ click_id: CLICK }, { player_id: 'Bo' }].map((names, i) =>
        say(i === 0 ? 'pixel-server' : 'ga4', 'retraction', 9, {
          ...{ conversion_type: 'registration', version: '1', natural_key: 'whatever' },
          ...names,
        }),
      ),
      say('ga4', 'retraction', 9, { conversion_type: 'install', version: '1', natural_key: 'nobody' }),
      say('orders', 'deposit', 10, deposit),
    ],
    rows: { 'tx:1': { click_id: CLICK } },
  },
  {
    about: 'a deposit among the transactions is amended by its record, not taken back beside it',
    events: [transaction(20), retract('intarget', '999999999999999999')],
    rows: { 'tx:1': { sources: ['intarget'] } },
  },
  {
    about: 'a touch thirty days before counts, one of a microsecond earlier does not, nor one after',
    events: [
      touch('in', 0, { ...anna, micros: 1 }),
      touch('out', 0, anna),
      touch('after', 30 * DAY, { ...anna, micros: 2 }),
      say('orders', 'deposit', 30 * DAY, { ...deposit, micros: 1 }),
    ],
    rows: { 'tx:1': { first_touch_source: 'in', last_touch_source: 'in' } },
  },
  {
    about: "a touch that by an earlier telling is another's, or nobody's, is no longer of the first",
    events: [
      touch('t', 2, { client_id: 'c' }),
      touch('s', 2, anna),
      say('orders', 'deposit', 10, deposit),
      say('ga4', 'purchase', 10, { client_id: 'c', transaction_id: '2' }),
      touch('t', 1, {}),
      touch('s', 1, { user_id: 'u' }),
    ],
    rows: { 'tx:1': { first_touch_at: null }, 'tx:2': { first_touch_at: null } },
  },
  {
    about: 'a touch that by a greater version is later, or another person, is no longer what it was',
    events: [
      touch('moved', 2, { ...anna, version: '1' }),
      touch('moved', 3, { client_id: 'c', version: '2' }),
      touch('later', 1, { ...anna, version: '7' }),
      touch('later', 99, { ...anna, version: '8' }),
      touch('kept', 5, { ...anna, version: '1', utm: { source: 'amended' } }),
      touch('kept', 4, anna),
      say('orders', 'deposit', 10, deposit),
      say('ga4', 'purchase', 10, { client_id: 'c', transaction_id: '2' }),
      say('orders', 'deposit', 100, { ...deposit, transaction_id: '3' }),
    ],
    rows: {
      'tx:1': { first_touch_source: 'amended', last_touch_source: 'amended' },
      'tx:2': { first_touch_source: 'moved' },
      'tx:3': { first_touch_source: 'amended', last_touch_source: 'later' },
    },
  },
  {
    about: 'the named click counts as at the time of its conversion where its clock is ahead',
    events: [
      ...visit(CLICK, 90, { utm: { source: 'late' } }),
      touch('before', 5, anna),
      touch('z', 10, anna),
      say('pixel-server', 'deposit', 10, { ...deposit, click_id: CLICK }),
      say('orders', 'purchase', 10, { ...deposit, transaction_id: '2' }),
    ],
    rows: {
      'tx:1': { first_touch_source: 'before', last_touch_source: 'z', attributed: true },
      'tx:2': { last_touch_source: 'z', attributed: true, click_id: CLICK },
    },
  },
  {
    about: 'a conversion happened when the weightiest says that knows whose it is',
    events: [
      say('intarget', 'deposit', 30, { transaction_id: '1', ...euros('40') }),
      say('casino.postback', 'deposit', 20, { ...deposit, player_id: 'Bo' }),
      say('ga4', 'deposit', 10, { ...deposit, player_id: 'Bo' }),
      say('orders', 'purchase', 30, { transaction_id: '2' }),
      say('ga4', 'purchase', 20, { transaction_id: '2', client_id: 'c' }),
      link(40, { client_id: 'c', player_id: 'anna' }),
    ],
    rows: {
      'tx:1': { occurred_at: instantOf(20), player_id: 'Bo', amount: '40' },
      'tx:2': { occurred_at: instantOf(20), player_id: 'anna', updated_at: instantOf(40) },
    },
  },
  {
    about: 'what does not count for a conversion does not touch its row',
    events: [
      link(1, { click_id: CLICK, player_id: 'anna' }),
      say('orders', 'deposit', 10, deposit),
      link(20, { click_id: OTHER_CLICK, player_id: 'anna' }),
      link(21, { client_id: 'c', player_id: 'anna' }),
      touch('after', 22, anna),
    ],
    rows: { 'tx:1': { click_id: CLICK, updated_at: instantOf(10) } },
  },
  {
    about: 'a touch that is known by two ways counts since the earlier one',
    events: [
      touch('t', 1, { client_id: 'c', user_id: 'u' }),
      say('orders', 'deposit', 10, deposit),
      link(2, { client_id: 'c', player_id: 'anna', delay: 28 }),
      link(3, { user_id: 'u', player_id: 'anna', delay: 17 }),
    ],
    rows: { 'tx:1': { first_touch_source: 't', updated_at: instantOf(20) } },
  },
  {
    about: 'a registration by nobody stays one when its record is amended',
    events: ['1', '2'].map((version) =>
      say('ga4', 'registration', 10, { client_id: `c${version}`, version, natural_key: 'row' }),
    ),
    count: 1,
    rows: {},
  },
  {
    about: 'purchases without a transaction are as many as were told, each once',
    events: [1, 2, 3, 3].map((n) =>
      say('ga4', 'purchase', 10, { ...euros('40'), natural_key: `event ${n}` }),
    ),
    count: 3,
    rows: {},
  },
  {
    about: 'tests change nothing, not even by a reversal or a link',
    events: [
      say('orders', 'deposit', 10, { ...deposit }),
      { ...say('orders', 'reversal', 11, returned), is_test: true as const },
      { ...link(1, { click_id: CLICK, player_id: 'anna' }), is_test: true as const },
    ],
    rows: { 'tx:1': { status: 'approved', click_id: null, sources: ['orders'] } },
  },
  {
    about: 'ids are ordered by bytes: a letter of the upper planes comes last',
    events: [
      say('pixel-server', 'purchase', 10, { click_id: CLICK, transaction_id: '1' }),
      link(1, { click_id: CLICK, player_id: '\u{1d4b9}ora' }),
      link(1, { click_id: CLICK, player_id: '\uff21nn' }),
    ],
    rows: { 'tx:1': { player_id: '\uff21nn' } },
  },
];
