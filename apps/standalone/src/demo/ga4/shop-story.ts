import { randomUUID } from 'node:crypto';
import type { EventLog } from '#libs/event-log';
import type { PixelCalls } from '../pixel-calls.js';
import type { Ask, Say } from '../story.js';
import { taking } from '../take-event.js';
import type { ShopExport } from './shop-export.js';
import { shopDay, shopRows, type ShopDay } from './shop-rows.js';

/**
 * GA4 tells of Frida's day in the shop while it goes on: a visit by a click of ours, and two orders; the shop tells of one
 * of them too.
 * @param now epoch ms
 * @throws where a call is not answered as it must be
 */
export async function tellByGa4(
  shop: ShopExport,
  { reportClicks, convert }: PixelCalls,
  eventLog: EventLog,
  now: number,
  ask: Ask,
  say: Say,
): Promise<ShopDay> {
  const told = shopDay(now, randomUUID());
  const { click, times, day } = told;
  await ask(
    'Frida clicks a banner',
    202,
    reportClicks([{ click_id: click, link: 'welcome', time: times.click }]),
  );
  const registration = { type: 'registration', player_id: 'frida', time: times.registration };
  await ask('  and registers', 202, convert('browser', click, registration));
  await shop.write(day, 'intraday', shopRows(told, 'intraday'));
  say('GA4, streamed: a visit with her click, an order of 59.90 EUR and one of 20 EUR', 'poll');
  await taking(eventLog, say)('The shop: the order of 59.90 EUR, of player frida', 'shop', 'order-9001', {
    ...{ kind: 'purchase', transaction_id: 'order-9001', trust: 'partner_api', player_id: 'frida' },
    ...{ amount: '59.9', currency: 'EUR', occurred_at: times.order },
  });
  return told;
}

/** The day is over: GA4 makes its table, in which the second order is of 25 EUR, and deletes the streamed one. */
export async function endShopDay(shop: ShopExport, told: ShopDay, say: Say): Promise<void> {
  await shop.write(told.day, 'daily', shopRows(told, 'daily'));
  say('GA4, the daily table: the same orders, the second one of 25 EUR', 'poll');
}
