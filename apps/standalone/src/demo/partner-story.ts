import { randomUUID } from 'node:crypto';
import { DateTime } from 'luxon';
import { instantFromMs, instantToMs, type Instant } from '#libs/events';
import type { PartnerWorld } from './partners/partner-world.js';
import type { PixelCalls } from './pixel-calls.js';
import type { Ask, Say } from './story.js';

/** What the rows of Erik's story depend on. */
export interface ToldByPartners {
  click: string;
  times: Record<'click' | 'registration' | 'early' | 'deposit' | 'goal' | 'survey', Instant>;
}

const MINUTE_MS = 60_000;
const PAYOUT = { reward: 40, reward_local_currency: 4000, offer_id: 'tU5z8PU5BIR9' };

/**
 * A pixel, a product API and an offerwall tell of Erik: his deposit by pixel and API, a goal of a game and a survey.
 * @throws where a call is not answered as it must be
 */
export async function tellByPartners(
  { product, offerwall }: PartnerWorld,
  { reportClicks, convert }: PixelCalls,
  now: number,
  ask: Ask,
  say: Say,
): Promise<ToldByPartners> {
  const before = (minutes: number): number => Math.floor((now - minutes * MINUTE_MS) / 1_000) * 1_000;
  const click = randomUUID();
  const at = { click: 300, registration: 295, early: 200, deposit: 120, goal: 90, survey: 60 };
  const times = Object.fromEntries(
    Object.entries(at).map(([name, minutes]) => [name, instantFromMs(before(minutes))]),
  ) as ToldByPartners['times'];

  await ask(
    'Erik clicks a banner',
    202,
    reportClicks([{ click_id: click, link: 'welcome', time: times.click }]),
  );
  const pixel = { player_id: 'erik', time: times.registration };
  await ask('  and registers', 202, convert('browser', click, { type: 'registration', ...pixel }));
  const deposit = { type: 'deposit', amount: '25.00', currency: 'usd', transaction_id: 'dep-3001' };
  await ask(
    'Browser pixel: he deposits 25 USD',
    202,
    convert('browser', click, { ...deposit, player_id: 'erik', time: times.deposit }),
  );
  product.set('users', [
    {
      ...{ id: 'erik', country: 'SE', registered_at: utc(before(295)), modified_at: utc(before(295)) },
      ...{ is_blocked: false, vip_level: 3 },
    },
  ]);
  product.set('transactions', [transaction('dep-3001', '25.00', 'New', before(120), before(120))]);
  say('Product API, polled: a player, and a transaction that is New', 'poll');
  offerwall.push(
    {
      ...{ ...PAYOUT, user_id: 'ERIK', transaction_id: 2601266, payout: 11.05, goal_id: 'tU5z8PU5BIR9_0' },
      ...{
        offer_name: 'Club Vegas Slots',
        note: 'Successfully Installed the App',
        date_time: est(before(90)),
      },
    },
    {
      ...{ ...PAYOUT, user_id: 'erik', transaction_id: 2601301, payout: 2.75, goal_id: 'survey_1' },
      ...{ offer_name: 'Opinion panel', note: 'Survey completed', date_time: est(before(60)) },
      ...{ type: 'survey', survey_id: '1b45c7' },
    },
  );
  say('Offerwall, polled: 11.05 USD for a goal, 2.75 USD for a survey', 'poll');
  return { click, times };
}

/** What the partners say later: an amendment, a row that comes late, a reversal. @param now epoch ms */
export function amendByPartners(
  { product, offerwall }: PartnerWorld,
  { times }: ToldByPartners,
  now: number,
  say: Say,
): void {
  const [early, deposit] = [instantToMs(times.early), instantToMs(times.deposit)];
  product.set('transactions', [
    transaction('dep-3000', '10.00', 'Success', early, early),
    transaction('dep-3001', '27.50', 'Success', deposit, now),
  ]);
  say('Product API: the transaction is a Success, of 27.50 USD', 'poll');
  say('  and one of hours ago comes to light', 'poll');
  const goal = offerwall.find((row) => row.transaction_id === 2601266)!;
  offerwall.push({ ...goal, reverse: 1, date_time: est(now) });
  say('Offerwall: the goal is reversed', 'poll');
}

function transaction(
  id: string,
  amount: string,
  status: string,
  created: number,
  updated: number,
): Record<string, string> {
  return {
    ...{ id, player_id: 'erik', amount, currency: 'USD', type: 'Normal', status, dir: 'IN' },
    ...{ created_at: utc(created), updated_at: utc(updated) },
  };
}

/** As a product API writes times. */
export function utc(ms: number): string {
  return DateTime.fromMillis(ms, { zone: 'utc' }).toFormat('yyyy-MM-dd HH:mm:ss');
}

/** As Besitos writes times: EST, the whole year through. */
function est(ms: number): string {
  return DateTime.fromMillis(ms, { zone: 'UTC-5' }).toFormat('yyyy-MM-dd HH:mm:ss');
}
