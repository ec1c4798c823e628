import { randomUUID } from 'node:crypto';
import { upsertFxRates, type Database } from '#libs/database';
import { instantFromMs, instantToMs, type Instant } from '#libs/events';
import type { PartnerWorld } from './partners/partner-world.js';
import type { PixelCalls } from './pixel-calls.js';
import type { Ask, Say } from './story.js';
import { utc } from './partner-story.js';

/** What the rows of Gina's story, and the statements of the partners, depend on. */
export interface ToldOfDeals {
  click: string;
  times: Record<'click' | 'registration' | 'deposit', Instant>;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * Gina comes by the stream and deposits; she and Erik play. Rates of two days ago are taken in, so that what others paid in
 * pounds and euros counts.
 * @param played when both play, and Gina deposits
 * @throws where a call is not answered as it must be
 */
export async function tellOfPlay(
  { product }: PartnerWorld,
  { reportClicks, convert }: PixelCalls,
  database: Database,
  played: Instant,
  ask: Ask,
  say: Say,
): Promise<ToldOfDeals> {
  const at = Math.floor(instantToMs(played) / 1_000) * 1_000;
  const times = {
    click: instantFromMs(at - 30 * MINUTE_MS),
    registration: instantFromMs(at - 20 * MINUTE_MS),
    deposit: instantFromMs(at),
  };
  const day = instantFromMs(at - 2 * DAY_MS).slice(0, 10);
  const rates = [
    { base: 'EUR', quote: 'USD', day, rate: '1.25' },
    { base: 'EUR', quote: 'GBP', day, rate: '0.8' },
  ];
  await database.transaction((client) =>
    upsertFxRates(client, rates, { source: 'demo', now: new Date(), replace: false }),
  );
  say('Rates, as "fx import" takes them: 1 EUR is 1.25 USD and 0.80 GBP');
  const click = randomUUID();
  const clicked = { click_id: click, link: 'streamer', time: times.click };
  await ask('Gina clicks in a stream', 202, reportClicks([clicked]));
  const registration = { type: 'registration', player_id: 'gina', time: times.registration };
  await ask('  and registers', 202, convert('browser', click, registration));
  product.set('transactions', [
    ...(product.get('transactions') ?? []),
    {
      ...{ id: 'dep-4001', player_id: 'gina', amount: '50.00', currency: 'USD', type: 'Normal' },
      ...{ status: 'Success', dir: 'IN', created_at: utc(at), updated_at: utc(at) },
    },
  ]);
  product.set('game_sessions', [
    session('session-1', 'erik', '200.00', '120.00', at),
    session('session-2', 'gina', '100.00', '60.00', at),
  ]);
  say('Product API, polled: she deposits 50 USD; she and Erik play', 'poll');
  return { click, times };
}

function session(
  session_id: string,
  player_id: string,
  bet_amount: string,
  win_amount: string,
  at: number,
): Record<string, string> {
  return {
    ...{ session_id, player_id, game_name: 'Comets', currency: 'USD', balance_type: 'Normal' },
    ...{ bet_count: '40', win_count: '11', bet_amount, win_amount, created_at: utc(at), updated_at: utc(at) },
  };
}
