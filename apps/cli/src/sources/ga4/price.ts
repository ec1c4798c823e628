import { USD_PER_TIB, billedBytes, usdOf } from '#apps/ga4-poller';
import { durationMs } from '#libs/sources';
import { count } from '../../print.js';

const DAYS_A_MONTH = 30;
const DAY_MS = 86_400_000;
/** GA4 makes a daily table once and may rewrite it on each of the three days behind it. */
const DAILY_READINGS = 4;

/** What queries of a property's shards would be billed for; 0: a shard is read without. */
export interface ShardBytes {
  /** Of a whole day's best shard. */
  daily: number;
  /** Of today's intraday shard when the day is over. */
  intraday: number;
}

/** Bytes and USD of a month of polling. */
export interface MonthlyPrice {
  bytes: number;
  usd: number;
}

/**
 * What a month of queries would be billed for: every daily shard as often as GA4 rewrites it, and today's intraday shard
 * with every poll, as much as it has grown by then: half of it on average.
 * @param pollInterval ISO 8601
 */
export function monthlyPrice({ daily, intraday }: ShardBytes, pollInterval: string): MonthlyPrice {
  const polls = DAY_MS / (durationMs(pollInterval) ?? DAY_MS);
  const grown = intraday > 0 ? billedBytes(intraday / 2) : 0;
  const bytes = DAYS_A_MONTH * (daily * DAILY_READINGS + grown * polls);
  return { bytes, usd: usdOf(bytes) };
}

/** The estimate, and what it rests on. */
export function priceText(shards: ShardBytes, pollInterval: string): string {
  const { bytes, usd } = monthlyPrice(shards, pollInterval);
  const parts = [
    ...(shards.daily > 0
      ? [`a day of ${bytesText(shards.daily)}, ${DAILY_READINGS} times, as it is rewritten for three days`]
      : []),
    ...(shards.intraday > 0
      ? [
          `today's table of ${bytesText(shards.intraday)} with every poll (${pollInterval}), half of it on average`,
        ]
      : []),
  ];
  return (
    `about ${bytesText(bytes)} and ${usdText(usd)} a month: ${parts.join('; ')}. ` +
    `That is ${USD_PER_TIB} USD a TiB, the list price; the first TiB of a month is free`
  );
}

/** `1.5 MiB`. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let size = bytes;
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024;
  return unit === 0 ? `${count(Math.round(size))} bytes` : `${size.toFixed(1)} ${units[unit]}`;
}

function usdText(usd: number): string {
  return usd > 0 && usd < 0.01 ? 'less than 0.01 USD' : `${usd.toFixed(2)} USD`;
}
