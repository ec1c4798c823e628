import { DateTime } from 'luxon';
import { instantFromMs, type Instant } from '#libs/events';
import type { JsonObject } from '#libs/sources';

/** The property of the demo's shop. */
export const PROPERTY = '345678901';
/** Of the property: its days are the tables'. */
export const ZONE = 'Europe/Zurich';
/** Frida's browser. */
export const CLIENT = '427292018.1702650951';

const STREAM = '5432109876';

/** Yesterday in the shop: when what happened, and which click of ours it began with. */
export interface ShopDay {
  /** As tables are named: `20261120`. */
  day: string;
  click: string;
  times: Record<'click' | 'visit' | 'registration' | 'order' | 'second', Instant>;
}

/** @param now epoch ms */
export function shopDay(now: number, click: string): ShopDay {
  const noon = DateTime.fromMillis(now, { zone: ZONE })
    .minus({ days: 1 })
    .set({ hour: 12, minute: 0, second: 0, millisecond: 0 });
  const at = (minutes: number): Instant => instantFromMs(noon.plus({ minutes }).toMillis());
  return {
    ...{ day: noon.toFormat('yyyyMMdd'), click },
    times: { click: at(-1), visit: at(0), registration: at(3), order: at(7), second: at(25) },
  };
}

/** Which table the rows stand in: the day's streamed one, or the one that GA4 makes of it when the day is over. */
export type ShopTable = 'intraday' | 'daily';

/**
 * The rows of the day as BigQuery exports them. The streamed table does not know yet where the session came from, but for
 * its landing page, and has the second order with another amount.
 */
export function shopRows({ day, click, times }: ShopDay, table: ShopTable): JsonObject[] {
  const landing = `https://shop.space-vegas.com/?click_id=${click}&utm_source=affiliate-42&utm_medium=affiliate&utm_campaign=autumn`;
  const isDaily = table === 'daily';
  const row = (index: number, name: string, at: Instant, params: object, more: object = {}): JsonObject => ({
    ...{ event_date: day, event_timestamp: microsOf(at), event_name: name },
    event_params: paramsOf({
      ga_session_id: '1702650951',
      ga_session_number: '1',
      page_location: landing,
      ...params,
    }),
    ...{
      event_bundle_sequence_id: '1969418159',
      user_pseudo_id: CLIENT,
      user_first_touch_timestamp: microsOf(times.visit),
    },
    ...{ stream_id: STREAM, platform: 'WEB', user_properties: [], items: [] },
    ...{ batch_event_index: String(index), batch_ordering_id: '1', batch_page_id: microsOf(times.visit) },
    ...(isDaily && {
      session_traffic_source_last_click: {
        cross_channel_campaign: { source: 'affiliate-42', medium: 'affiliate', campaign_name: 'autumn' },
      },
    }),
    ...more,
  });
  const order = (index: number, id: string, at: Instant, amount: number): JsonObject => {
    const thanks = `https://shop.space-vegas.com/thanks/${id}`;
    const paid = { transaction_id: id, value: amount, currency: 'EUR', page_location: thanks };
    return row(index, 'purchase', at, paid, { ecommerce: { transaction_id: id, purchase_revenue: amount } });
  };
  return [
    row(1, 'session_start', times.visit, {}),
    row(2, 'page_view', times.visit, { page_title: 'Space Vegas' }),
    order(3, 'order-9001', times.order, 59.9),
    order(4, 'order-9002', times.second, isDaily ? 25 : 20),
  ];
}

/** Texts as they are, digits as INT64, other numbers as FLOAT64. */
function paramsOf(params: Record<string, string | number>): JsonObject[] {
  return Object.entries(params).map(([key, value]) => ({ key, value: valueOf(value) }));
}

function valueOf(value: string | number): JsonObject {
  if (typeof value === 'number') return { double_value: value };
  return /^\d{1,18}$/.test(value) ? { int_value: value } : { string_value: value };
}

function microsOf(instant: Instant): string {
  return `${Date.parse(`${instant.slice(0, 23)}Z`)}${instant.slice(23, 26)}`;
}
