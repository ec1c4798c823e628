import { randomUUID } from 'node:crypto';
import type { EventLog } from '#libs/event-log';
import { instantFromMs, type Instant } from '#libs/events';
import type { PixelCalls } from './pixel-calls.js';
import type { Ask, Say } from './story.js';
import { taking } from './take-event.js';

/** What the rows of Dana's story depend on. */
export interface ToldByFive {
  click: string;
  times: Record<'click' | 'registration' | 'visit' | 'deposit' | 'payout', Instant>;
}

/** The deposit that all of them tell. */
export const TOLD_BY_FIVE = 'dep-2001';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const dollars = (amount: string): object => ({ amount, currency: 'USD' });

/**
 * Pixels, a partner's API, a postback, Pub/Sub and GA4 tell of one deposit: late, twice, out of order and with amounts
 * that differ. Part of it is refunded, and a payout is reversed before anybody has told of it.
 * @throws where a call is not answered as it must be, or an event is none
 */
export async function tellByFive(
  { reportClicks, convert }: PixelCalls,
  eventLog: EventLog,
  now: number,
  ask: Ask,
  say: Say,
): Promise<ToldByFive> {
  const click = randomUUID();
  const before = (ms: number): Instant => instantFromMs(now - ms);
  const times = {
    click: before(3 * DAY_MS),
    registration: before(3 * DAY_MS - 5 * MINUTE_MS),
    visit: before(DAY_MS),
    deposit: before(2 * HOUR_MS),
    payout: before(HOUR_MS),
  };
  const take = taking(eventLog, say);

  const ga = { trust: 'ga4', client_id: 'GA1.1.77' };
  const told = { kind: 'deposit', transaction_id: TOLD_BY_FIVE };
  const paidAt = (seconds: number): Instant => before(2 * HOUR_MS - seconds * 1_000);
  await take('GA4: 39.99 USD, before anybody else', 'ga4', TOLD_BY_FIVE, {
    ...{ ...told, ...ga, ...dollars('39.99'), occurred_at: paidAt(4) },
  });
  await take(
    'Partner API: the transaction is a Success',
    ...transaction('Success', times.deposit, paidAt(60)),
  );
  await take('  and late: it is New', ...transaction('New', times.deposit, paidAt(1)));
  await take('  and again: it is a Success', ...transaction('Success', times.deposit, paidAt(60)));
  await take('Postback: 41 USD', 'acme', TOLD_BY_FIVE, {
    ...{ ...told, ...dollars('41'), trust: 'postback', occurred_at: paidAt(2), player_id: 'dana' },
  });
  await take('Pub/Sub: 40 USD', 'payments', TOLD_BY_FIVE, {
    ...{ ...told, ...dollars('40'), trust: 'pubsub', occurred_at: paidAt(3), player_id: 'dana' },
  });
  const pixel = { type: 'deposit', amount: '40.00', currency: 'usd', transaction_id: TOLD_BY_FIVE };
  const dana = { player_id: 'dana', time: times.deposit };
  await ask('Browser pixel: 40 USD', 202, convert('browser', click, { ...pixel, ...dana }));
  await ask('  and again', 202, convert('browser', click, { ...pixel, ...dana }));
  await ask('Server pixel: 40 USD', 202, convert('server', click, { ...pixel, ...dana }));

  const registration = { type: 'registration', player_id: 'dana', time: times.registration };
  await ask('Only now her registration comes', 202, convert('browser', click, registration));
  await ask(
    '  and her click of three days ago',
    202,
    reportClicks([{ click_id: click, link: 'welcome', time: times.click }]),
  );
  await take('GA4: a visit of the day before, by an advertisement', 'ga4', 'visit-77', {
    ...{ kind: 'touchpoint', touch_id: 'visit-77', occurred_at: times.visit, ...ga },
    utm: { source: 'google', medium: 'cpc', campaign: 'brand' },
  });
  await take('Partner API: 15 USD of the deposit are refunded', 'intarget', 'refund-1', {
    ...{ kind: 'refund', conversion_type: 'deposit', transaction_id: TOLD_BY_FIVE, refund_id: 'refund-1' },
    ...{ ...dollars('15'), occurred_at: before(30 * MINUTE_MS) },
  });

  const payout = { partner: 'besitos', transaction_id: 'goal-77', trust: 'postback' };
  await take('Postback: a payout is reversed, of which nobody has told', 'besitos', 'goal-77-reversed', {
    ...{ kind: 'reversal', conversion_type: 'payout', ...payout, occurred_at: before(20 * MINUTE_MS) },
  });
  await take('  and here it is: 3 USD', 'besitos', 'goal-77', {
    ...{ kind: 'payout', ...payout, ...dollars('3'), occurred_at: times.payout, player_id: 'dana' },
  });
  return { click, times };
}

/** The deposit as a product's API has it at one moment. */
function transaction(status: string, created_at: Instant, updated_at: Instant): [string, string, object] {
  const record = {
    id: TOLD_BY_FIVE,
    player_id: 'dana',
    ...dollars('40'),
    dir: 'IN',
    status,
    created_at,
    updated_at,
  };
  return ['intarget', TOLD_BY_FIVE, { kind: 'transaction', occurred_at: created_at, record }];
}
