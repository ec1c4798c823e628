import fc from 'fast-check';
import {
  eventId,
  canonicalJson,
  hashParts,
  instantFromMs,
  newReceiptId,
  type PixelClick,
  type PixelConversion,
  type RawEvent,
} from '#libs/events';

/**
 * Generated worlds of pixel calls: few clicks and players, so that everything meets everything; every kind of
 * call, told by browser and server, early, late, twice, with colliding instants, amounts and players.
 */

const START_MS = Date.parse('2026-11-01T00:00:00Z');
const MINUTE_MS = 60_000;

const clickId = fc.nat({ max: 4 }).map((n) => `00000000-0000-4000-8000-00000000000${n}`);
const playerId = fc.constantFrom('anna', 'Bo', 'çem', '𝒹ora');
const brand = fc.constantFrom('one', 'one', 'one', 'two');
const source = fc.constantFrom('pixel-browser' as const, 'pixel-server' as const);
/** Minutes on a coarse grid over 40 days, so that instants collide and some touches fall out of the look-back. */
const minutes = fc.oneof(
  fc.nat({ max: 30 }),
  fc.nat({ max: 40 * 24 * 4 }).map((q) => q * 15),
);

const click = fc.record({
  kind: fc.constant('click' as const),
  click_id: clickId,
  player_id: fc.option(playerId, { nil: undefined, freq: 5 }),
  campaign: fc.constantFrom('autumn', 'winter'),
});

const conversion = fc.record({
  kind: fc.constant('convert' as const),
  type: fc.constantFrom('install' as const, 'registration' as const, 'deposit' as const, 'deposit' as const),
  click_id: clickId,
  player_id: fc.option(playerId, { nil: undefined, freq: 3 }),
  transaction_id: fc.option(
    fc.nat({ max: 5 }).map((n) => `tx-${n}`),
    { nil: undefined, freq: 2 },
  ),
  amount: fc.option(fc.constantFrom('40', '40.5'), { nil: undefined, freq: 6 }),
  currency: fc.constantFrom('EUR', 'USD'),
  hasTime: fc.boolean(),
  isTest: fc.nat({ max: 11 }).map((n) => n === 0),
});

const call = fc.record({
  what: fc.oneof({ weight: 2, arbitrary: click }, { weight: 5, arbitrary: conversion }),
  brand,
  source,
  at: minutes,
  delay: fc.oneof(fc.constant(0), minutes),
});

/** Worlds of so many raw events. Receipt ids are those of the position, so that a world is the same on every run. */
export const pixelWorldOf = (minCalls: number, maxCalls: number): fc.Arbitrary<RawEvent[]> =>
  fc
    .array(call, { minLength: minCalls, maxLength: maxCalls })
    .map((calls) => calls.map((c, i) => rawEventOf(c, i)));

/** Small ones, for many runs. */
export const pixelWorld = pixelWorldOf(1, 40);

type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

function rawEventOf({ what, brand, source, at, delay }: Call, position: number): RawEvent {
  const time = instantFromMs(START_MS + at * MINUTE_MS);
  const receivedMs = START_MS + (at + delay) * MINUTE_MS;
  const receipt = newReceiptId(receivedMs, Buffer.from(hashParts([String(position)]).slice(0, 12), 'hex'));
  const common = { source, brand, received_at: instantFromMs(receivedMs), receipt_id: receipt };
  const idOf = (stream: string, naturalKey: string, payload: object): string =>
    eventId({ brand, source, stream, naturalKey, payload: canonicalJson(payload) });
  if (what.kind === 'click') {
    const payload: PixelClick = {
      click_id: what.click_id,
      player_id: what.player_id,
      utm: { source: 'affiliate', campaign: what.campaign },
      sub_ids: { sub1: `s${position}` },
    };
    const key = what.click_id;
    return { ...common, stream: 'click', natural_key: key, event_id: idOf('click', key, payload), payload };
  }
  const deposit = what.type === 'deposit';
  const paid = deposit && what.amount !== undefined ? { amount: what.amount, currency: what.currency } : {};
  const payload: PixelConversion = {
    click_id: what.click_id,
    type: what.type,
    player_id: what.player_id,
    ...(deposit && { transaction_id: what.transaction_id, ...paid }),
    ...(what.hasTime && { time }),
    ...(what.isTest && { test: true }),
  };
  const key = naturalKeyOf(payload, receipt);
  return { ...common, stream: 'convert', natural_key: key, event_id: idOf('convert', key, payload), payload };
}

function naturalKeyOf(p: PixelConversion, receipt: string): string {
  if (p.type !== 'deposit') return `${p.click_id}|${p.type}`;
  if (p.transaction_id !== undefined) return `tx|${p.transaction_id}`;
  return p.time === undefined ? receipt : [p.click_id, p.time, p.amount ?? '', p.currency ?? ''].join('|');
}
