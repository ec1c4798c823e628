import {
  hashParts,
  newReceiptId,
  type CanonicalEvent,
  type PixelClick,
  type PixelConversion,
  type RawEvent,
  type RecordEvent,
} from '#libs/events';
import { exampleEntityEvents } from './example-entities.js';

const RECEIVED_AT = '2026-11-21T10:00:00.123456Z';
const CLICK_ID = 'fd3ba970-2330-4576-94ba-e1efc470bd56';

type RawConversion = Extract<RawEvent, { stream: 'convert' }>;
type RawClick = Extract<RawEvent, { stream: 'click' }>;

/** A raw event of a conversion pixel with every field of a deposit; the payload's fields replace its own. */
export function exampleRawConversion(payload: Partial<PixelConversion> = {}): RawConversion {
  return rawEvent('convert', {
    click_id: CLICK_ID,
    type: 'deposit',
    player_id: '1874552',
    transaction_id: '123456789',
    amount: '40.5',
    currency: 'USD',
    time: '2026-11-21T09:59:00.000000Z',
    client: {
      ip: '203.0.113.0',
      user_agent: 'Mozilla/5.0',
      referrer: 'https://game.test/',
      language: 'de-AT',
    },
    ...payload,
  });
}

/** A raw event of an install's pixel with the fewest fields. */
export function exampleRawInstall(payload: Partial<PixelConversion> = {}): RawConversion {
  return rawEvent('convert', { click_id: CLICK_ID, type: 'install', ...payload });
}

/** A raw event of a click with every field; the payload's fields replace its own. */
export function exampleRawClick(payload: Partial<PixelClick> = {}): RawClick {
  return rawEvent('click', {
    click_id: CLICK_ID,
    link: 'welcome',
    player_id: '1874552',
    referrer: 'https://reviews.test/casinos?page=2',
    time: '2026-11-21T09:00:00.000000Z',
    sub_ids: { sub1: 'banner-7', sub10: 'Ünïcode' },
    utm: { source: 'affiliate-42', medium: 'affiliate', campaign: 'autumn' },
    ad_click_ids: { gclid: 'Cj0KCQ' },
    client: { ip: '2001:db8:1::', user_agent: 'Mozilla/5.0' },
    ...payload,
  });
}

/** A raw event of a partner's record. */
export function exampleRecordEvent(event: Partial<RecordEvent> = {}): RecordEvent {
  return {
    event_id: hashParts(['record', JSON.stringify(event)]),
    source: 'besitos.postback',
    stream: 'conversions',
    brand: 'spacevegas',
    natural_key: '17',
    received_at: RECEIVED_AT,
    receipt_id: newReceiptId(Date.parse(RECEIVED_AT), Buffer.from('abcdef')),
    payload: { id: '17', payout: '3.50', tags: ['a'] },
    ...event,
  };
}

/** A canonical event of every kind, with every field that some event of its kind has. */
export function exampleCanonicalEvents(): (CanonicalEvent & { click_id: string })[] {
  const { event_id, source, brand, natural_key, received_at, receipt_id, payload } = exampleRawClick();
  const { sub_ids, utm, ad_click_ids, client, click_id, referrer } = payload;
  const base = {
    ...{ event_id, source, brand, natural_key, received_at, receipt_id, click_id },
    stream: 'convert',
    occurred_at: '2026-11-21T09:59:00.000000Z',
    version: '2026-11-21T09:59:00.000000Z',
    trust: 'postback' as const,
    client_id: '1337.1763718740',
    user_id: 'u-1874552',
    player_id: '1874552',
    raw_position: '11/9007199254740993',
  };
  const custom = { tier: 'gold', age: 33, vip: false, note: null };
  const traffic = { sub_ids, utm, ad_click_ids };
  const money = { transaction_id: '123456789', amount: '40.5', currency: 'USD' };
  const status = 'approved' as const;
  const payout = { conversion_type: 'payout' as const, partner: 'offers' };
  const clicked = { ...base, stream: 'click' };
  return [
    { ...base, kind: 'install', client, is_test: true, status },
    { ...base, kind: 'registration', custom, status },
    { ...base, kind: 'deposit', ...money, custom, client, status },
    { ...base, kind: 'purchase', ...money, status },
    { ...base, kind: 'payout', partner: 'offers', ...money, status },
    { ...base, kind: 'withdrawal', ...money, status },
    { ...base, kind: 'bonus', ...money, status },
    { ...base, kind: 'refund', ...payout, refund_id: 'r-1', ...money },
    { ...base, kind: 'reversal', ...payout, transaction_id: '123456789' },
    { ...base, kind: 'retraction', ...payout, transaction_id: '123456789' },
    { ...clicked, kind: 'click', link: 'welcome', referrer, client, ...traffic },
    { ...clicked, kind: 'touchpoint', touch_id: click_id, ...traffic },
    { ...clicked, kind: 'identity_link' },
    ...exampleEntityEvents(base),
  ];
}

function rawEvent(stream: 'convert', payload: PixelConversion): RawConversion;
function rawEvent(stream: 'click', payload: PixelClick): RawClick;
function rawEvent(stream: 'convert' | 'click', payload: PixelConversion | PixelClick): unknown {
  return {
    event_id: hashParts([stream, JSON.stringify(payload)]),
    source: 'client' in payload ? 'pixel-browser' : 'pixel-server',
    stream,
    brand: 'spacevegas',
    natural_key: `${payload.click_id}|${'type' in payload ? payload.type : 'click'}`,
    received_at: RECEIVED_AT,
    receipt_id: newReceiptId(Date.parse(RECEIVED_AT), Buffer.from('abcdef')),
    payload,
  };
}
