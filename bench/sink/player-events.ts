import {
  instantFromMs,
  newReceiptId,
  type PixelClick,
  type PixelConversion,
  type RawEvent,
} from '#libs/events';
import { rawClick, rawConversion, type Edge } from '../../apps/pixel-ingress/src/raw-event-of.js';
import { clickIdOf, randomOf, sixBytes } from '../parts/random.js';

/** Events of one player: a click, an install, a registration and two calls about deposits. */
export const EVENTS_PER_PLAYER = 5;

/** What the two calls about deposits are, as shares of the players. */
export const DEPOSIT_MIX = [
  { share: 0.6, kind: 'two', rows: 2 },
  { share: 0.2, kind: 'repeated', rows: 1 },
  { share: 0.1, kind: 'weak and strong', rows: 1 },
  { share: 0.1, kind: 'weak alone', rows: 2 },
] as const;

/** The mix in words, for reports. */
export const MIX =
  'a player makes a click, an install (browser), a registration (server) and two calls about deposits: ' +
  '60 % two transactions, 20 % the same one twice, 10 % one told with and without its transaction id, ' +
  '10 % one of two without';

const START_MS = Date.parse('2026-11-01T00:00:00Z');
/** Between two neighbouring players' clicks. */
const APART_MS = 20;
/** How far the five events of a player lie apart, in players that come meanwhile; some change places. */
const STEP_PLAYERS = 6_000;
const JITTER_PLAYERS = 6_500;

/** What a browser's call tells. */
export const CLIENT = {
  ip: '203.0.113.0',
  user_agent:
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36',
  referrer: 'https://games.example.com/landing',
  language: 'en-GB,en;q=0.9',
};

/**
 * The raw events of players as the pixel ingress makes them, in the order in which they come: players overlap,
 * and some conversions come before their click. The same numbers give the same events.
 * @param first number of the first player; another range is of other players
 */
export function playerEvents(first: number, players: number): RawEvent[] {
  const random = randomOf(first + 1);
  const planned: { at: number; player: number; step: number }[] = [];
  for (let player = first; player < first + players; player++) {
    for (let step = 0; step < EVENTS_PER_PLAYER; step++) {
      planned.push({ at: player + step * STEP_PLAYERS + random() * JITTER_PLAYERS, player, step });
    }
  }
  planned.sort((a, b) => a.at - b.at);
  return planned.map(({ at, player, step }) => {
    const receivedMs = START_MS + Math.round(at * APART_MS);
    const edge = edgeOf(step, receivedMs, random);
    return step === 0 ? rawClick(clickOf(player), edge) : rawConversion(conversionOf(player, step), edge);
  });
}

function edgeOf(step: number, receivedMs: number, random: () => number): Edge {
  const browser = step < 2;
  return {
    brand: 'default',
    source: browser ? 'pixel-browser' : 'pixel-server',
    receivedAt: instantFromMs(receivedMs),
    receiptId: newReceiptId(receivedMs, sixBytes(random)),
    client: browser ? CLIENT : undefined,
  };
}

function clickOf(player: number): PixelClick {
  return {
    click_id: clickIdOf(player),
    link: `link-${player % 40}`,
    sub_ids: { sub1: `placement-${player % 500}`, sub2: 'banner' },
    utm: { source: `affiliate-${player % 40}`, medium: 'affiliate', campaign: `autumn-${player % 7}` },
  };
}

/** Keys in alphabetical order, as `checkConversion` gives them. */
function conversionOf(player: number, step: number): PixelConversion {
  const click_id = clickIdOf(player);
  const player_id = `p${player}`;
  if (step === 1) return { click_id, type: 'install' };
  if (step === 2) return { click_id, player_id, type: 'registration' };
  const kind = depositsOf(player);
  const second = step === 4;
  const weak = second && (kind === 'weak and strong' || kind === 'weak alone');
  const other = second && (kind === 'two' || kind === 'weak alone');
  return {
    amount: other ? '75.5' : '40',
    click_id,
    currency: player % 3 === 0 ? 'USD' : 'EUR',
    player_id,
    transaction_id: weak ? undefined : `tx-${player}-${other ? 2 : 1}`,
    type: 'deposit',
  };
}

function depositsOf(player: number): (typeof DEPOSIT_MIX)[number]['kind'] {
  let place = (player % 10) / 10;
  for (const { share, kind } of DEPOSIT_MIX) {
    if (place < share - 1e-9) return kind;
    place -= share;
  }
  return DEPOSIT_MIX[0].kind;
}

/** Visible rows of players, whose number must be a multiple of ten. */
export function visibleRowsOf(players: number): number {
  const deposits = DEPOSIT_MIX.reduce((sum, { share, rows }) => sum + share * rows, 0);
  return Math.round(players * (2 + deposits));
}
