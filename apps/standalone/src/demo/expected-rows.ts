import { conversionId, type ConversionRow, type ConversionType, type Instant } from '#libs/events';
import type { ToldOfDeals } from './deal-story.js';
import { TOLD_BY_FIVE, type ToldByFive } from './five-sources.js';
import { SHOP_SOURCE } from './ga4/shop-export.js';
import { CLIENT, type ShopDay } from './ga4/shop-rows.js';
import type { ToldByPartners } from './partner-story.js';
import type { Told } from './story.js';
import { BRAND } from './world.js';

/** What an instant is, where the run decides it: only that it is there. */
export const SOME_INSTANT = 'some instant';

/** Fields in which the rows of the demo differ. */
type Own = Pick<ConversionRow, 'type' | 'conversion_key' | 'player_id' | 'click_id' | 'sources'> &
  Partial<ConversionRow>;

/**
 * The rows that the story must end in, by conversion id. Every column is exact but instants that the edge
 * stamped.
 * @param claraClicked whether her click has come
 * @param dana undefined: her story has not been told yet
 * @param frida undefined: hers has not; `isOver`: GA4 has made the day's table
 * @param gina undefined: hers has not
 * @param erik undefined: his has not; `amended`: nor have the partners told what they say later
 */
export function expectedRows(
  told: Told,
  claraClicked: boolean,
  dana?: ToldByFive,
  erik?: ToldByPartners & { amended: boolean },
  frida?: ShopDay & { isOver: boolean },
  gina?: ToldOfDeals,
): ConversionRow[] {
  const { clicks, times } = told;
  const welcome = touches('first', 'affiliate-42', 'affiliate', 'autumn', clicks.annaFirst);
  const anna = { player_id: 'anna', click_id: clicks.annaFirst, ...welcome, sub_ids: { sub1: 'banner-7' } };
  const email = ['newsletter', 'email', null, clicks.ben, times.benClick] as const;
  const ben = {
    player_id: 'ben',
    click_id: clicks.ben,
    ...touches('first', ...email),
    ...touches('last', ...email),
  };
  const banner = ['affiliate-42', 'affiliate', 'autumn', clicks.clara, times.claraClick] as const;
  const both = ['pixel-browser', 'pixel-server'];
  return [
    row({
      ...anna,
      ...touches('last', 'affiliate-42', 'affiliate', 'autumn', clicks.annaFirst),
      type: 'registration',
      conversion_key: `click:${clicks.annaFirst}`,
      sources: ['pixel-browser'],
    }),
    row({
      ...anna,
      ...touches('last', 'affiliate-42', 'affiliate', 'autumn', clicks.annaFirst),
      ...deposit('123456789', '40', 'USD', true),
      sources: both,
    }),
    row({
      ...anna,
      ...touches('last', 'twitch', 'influencer', 'high-rollers', clicks.annaSecond),
      ...deposit('123456790', '60.5', 'USD', false),
      click_id: clicks.annaSecond,
      sub_ids: {},
      sources: ['pixel-server'],
    }),
    row({ ...ben, type: 'install', conversion_key: `click:${clicks.ben}`, sources: ['pixel-server'] }),
    row({ ...ben, ...deposit('pay-7', '25', 'EUR', true), sources: both }),
    row({
      player_id: 'clara',
      click_id: clicks.clara,
      ...deposit('pay-8', '100', 'GBP', true),
      occurred_at: times.claraDeposit,
      sources: ['pixel-server'],
      attributed: claraClicked,
      ...(claraClicked ? { ...touches('first', ...banner), ...touches('last', ...banner) } : {}),
    }),
    ...(dana ? rowsOfDana(dana) : []),
    ...(erik ? rowsOfErik(erik) : []),
    ...(frida ? rowsOfFrida(frida) : []),
    ...(gina ? rowsOfGina(gina) : []),
  ].sort((a, b) => (a.conversion_id < b.conversion_id ? -1 : 1));
}

/** One deposit of five sources, of which 15 USD went back; and a payout that was reversed. */
function rowsOfDana({ click, times }: ToldByFive): ConversionRow[] {
  const banner = ['affiliate-42', 'affiliate', 'autumn', click, times.click] as const;
  const visit = ['google', 'cpc', 'brand', null, times.visit] as const;
  const dana = { player_id: 'dana', click_id: click, ...touches('first', ...banner) };
  return [
    row({
      ...dana,
      ...touches('last', ...banner),
      ...{ type: 'registration', conversion_key: `click:${click}`, occurred_at: times.registration },
      sources: ['pixel-browser'],
    }),
    row({
      ...dana,
      // The visit is of her client, which GA4 says the deposit was made by
      ...touches('last', ...visit),
      ...deposit(TOLD_BY_FIVE, '40', 'USD', true),
      ...{ net_amount: '25', conflict: true, client_id: 'GA1.1.77', occurred_at: times.deposit },
      sources: ['acme', 'ga4', 'intarget', 'payments', 'pixel-browser', 'pixel-server'],
      provenance: {
        ...from('intarget', 'status', 'occurred_at', 'player_id', 'transaction_id', 'amount', 'currency'),
        ...{ click_id: 'pixel-server', client_id: 'ga4' },
      },
    }),
    row({
      ...dana,
      ...touches('last', ...banner),
      ...{ type: 'payout', conversion_key: 'tx:besitos:goal-77', transaction_id: 'goal-77' },
      ...{ amount: '3', currency: 'USD', net_amount: '0', status: 'reversed', occurred_at: times.payout },
      sources: ['besitos'],
      provenance: {
        ...from('besitos', 'status', 'occurred_at', 'player_id', 'transaction_id', 'amount', 'currency'),
        click_id: 'identity_link',
      },
    }),
  ];
}

/** A deposit by pixel and API, amended, an earlier one that came late; a goal that was reversed, and a survey. */
function rowsOfErik({ click, times, amended }: ToldByPartners & { amended: boolean }): ConversionRow[] {
  const banner = ['affiliate-42', 'affiliate', 'autumn', click, times.click] as const;
  const erik = {
    player_id: 'erik',
    click_id: click,
    ...touches('first', ...banner),
    ...touches('last', ...banner),
  };
  const byApi = ['status', 'occurred_at', 'player_id', 'transaction_id', 'amount', 'currency'];
  const payout = (id: string, amount: string, occurred_at: Instant, custom: object): Own => ({
    ...erik,
    ...{ type: 'payout', conversion_key: `tx:besitos:${id}`, transaction_id: id, occurred_at },
    ...{ amount, currency: 'USD', net_amount: amount, sources: ['besitos'] },
    custom: custom as ConversionRow['custom'],
    provenance: { ...from('besitos', ...byApi), click_id: 'identity_link' },
  });
  const api = 'intarget-product-api';
  const reward = { offer_id: 'tU5z8PU5BIR9', reward: 40, reward_local_currency: 4000 };
  const install = { offer_name: 'Club Vegas Slots', note: 'Successfully Installed the App' };
  const goal = { ...reward, ...install, goal_id: 'tU5z8PU5BIR9_0', type: 'offer' };
  const opinions = { offer_name: 'Opinion panel', note: 'Survey completed', goal_id: 'survey_1' };
  return [
    row({
      ...erik,
      ...{ type: 'registration', conversion_key: `click:${click}`, occurred_at: times.registration },
      sources: ['pixel-browser'],
    }),
    row({
      ...erik,
      ...deposit('dep-3001', amended ? '27.5' : '25', 'USD', false),
      ...{ status: amended ? 'approved' : 'pending', conflict: amended, occurred_at: times.deposit },
      sources: [api, 'pixel-browser'],
      provenance: { ...from(api, ...byApi), click_id: 'pixel-browser' },
    }),
    ...(amended
      ? [
          row({
            ...erik,
            ...deposit('dep-3000', '10', 'USD', true),
            occurred_at: times.early,
            sources: [api],
            provenance: { ...from(api, ...byApi), click_id: 'identity_link' },
          }),
        ]
      : []),
    row({
      ...payout('2601266', '11.05', times.goal, goal),
      ...(amended && { net_amount: '0', status: 'reversed' }),
    }),
    row(
      payout('2601301', '2.75', times.survey, {
        ...reward,
        ...opinions,
        type: 'survey',
        survey_id: '1b45c7',
      }),
    ),
  ];
}

/** An order that GA4 and the shop tell, and one that GA4 tells alone. */
function rowsOfFrida({ click, times, isOver }: ShopDay & { isOver: boolean }): ConversionRow[] {
  const banner = ['affiliate-42', 'affiliate', 'autumn', click, times.click] as const;
  const visit = ['affiliate-42', 'affiliate', 'autumn', click, times.visit] as const;
  const frida = {
    player_id: 'frida',
    click_id: click,
    ...touches('first', ...banner),
    ...touches('last', ...visit),
  };
  const session = { ga_session_id: 1702650951, ga_session_number: 1 };
  const source = { session_source: 'affiliate-42', session_medium: 'affiliate', session_campaign: 'autumn' };
  const custom = isOver ? { ...session, ...source, channel_group: 'Affiliates' } : session;
  const order = (id: string, amount: string, occurred_at: Instant): Own => ({
    ...frida,
    ...{ type: 'purchase', conversion_key: `tx:${id}`, transaction_id: id, occurred_at },
    ...{ amount, net_amount: amount, currency: 'EUR', sources: [SHOP_SOURCE] },
    ...{ client_id: CLIENT, custom },
  });
  const byShop = ['status', 'occurred_at', 'player_id', 'transaction_id', 'amount', 'currency'];
  const byGa4 = ['status', 'occurred_at', 'transaction_id', 'amount', 'currency', 'client_id'];
  return [
    row({
      ...frida,
      ...{ type: 'registration', conversion_key: `click:${click}`, occurred_at: times.registration },
      sources: ['pixel-browser'],
    }),
    row({
      ...order('order-9001', '59.9', times.order),
      sources: ['shop', SHOP_SOURCE],
      provenance: { ...from('shop', ...byShop), client_id: SHOP_SOURCE, click_id: 'identity_link' },
    }),
    row({
      ...order('order-9002', isOver ? '25' : '20', times.second),
      // Her browser may be anybody's: it lends its click, and no player
      player_id: null,
      provenance: { ...from(SHOP_SOURCE, ...byGa4), click_id: 'identity_link' },
    }),
  ];
}

/** A registration by a click in a stream, and a first deposit that the product API tells. */
function rowsOfGina({ click, times }: ToldOfDeals): ConversionRow[] {
  const stream = ['twitch', 'influencer', 'high-rollers', click, times.click] as const;
  const gina = {
    player_id: 'gina',
    click_id: click,
    ...touches('first', ...stream),
    ...touches('last', ...stream),
  };
  const api = 'intarget-product-api';
  const byApi = ['status', 'occurred_at', 'player_id', 'transaction_id', 'amount', 'currency'];
  return [
    row({
      ...gina,
      ...{ type: 'registration', conversion_key: `click:${click}`, occurred_at: times.registration },
      sources: ['pixel-browser'],
    }),
    row({
      ...gina,
      ...deposit('dep-4001', '50', 'USD', true),
      occurred_at: times.deposit,
      sources: [api],
      provenance: { ...from(api, ...byApi), click_id: 'identity_link' },
    }),
  ];
}

function deposit(transaction: string, amount: string, currency: string, isFirst: boolean) {
  return {
    type: 'deposit' as ConversionType,
    conversion_key: `tx:${transaction}`,
    transaction_id: transaction,
    amount,
    net_amount: amount,
    currency,
    is_first_deposit: isFirst,
  };
}

function touches(
  which: 'first' | 'last',
  source: string,
  medium: string,
  campaign: string | null,
  clickId: string | null,
  at: Instant = SOME_INSTANT,
): Partial<ConversionRow> {
  return {
    [`${which}_touch_at`]: at,
    [`${which}_touch_source`]: source,
    [`${which}_touch_medium`]: medium,
    [`${which}_touch_campaign`]: campaign,
    [`${which}_touch_click_id`]: clickId,
  };
}

/** A row with what all of them have in common. */
function row(own: Own): ConversionRow {
  const source = own.sources.includes('pixel-server') ? 'pixel-server' : 'pixel-browser';
  const told = ['occurred_at', 'status', 'player_id', 'click_id'];
  if (own.amount) told.push('transaction_id', 'amount', 'currency');
  return {
    conversion_id: conversionId(BRAND, own.type, own.conversion_key),
    brand: BRAND,
    client_id: null,
    user_id: null,
    transaction_id: null,
    occurred_at: SOME_INSTANT,
    amount: null,
    currency: null,
    net_amount: null,
    status: 'approved',
    is_first_deposit: false,
    conflict: false,
    provenance: from(source, ...told),
    sub_ids: {},
    custom: {},
    first_touch_at: null,
    first_touch_source: null,
    first_touch_medium: null,
    first_touch_campaign: null,
    first_touch_click_id: null,
    last_touch_at: null,
    last_touch_source: null,
    last_touch_medium: null,
    last_touch_campaign: null,
    last_touch_click_id: null,
    attributed: true,
    first_received_at: SOME_INSTANT,
    updated_at: SOME_INSTANT,
    ...own,
  };
}

/** Provenance of fields that are all of one source. */
function from(source: string, ...fields: string[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field, source]));
}
