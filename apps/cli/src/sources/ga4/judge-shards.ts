import { DateTime } from 'luxon';
import { instantToMs } from '#libs/events';
import type { Shard } from '#libs/ga4';
import { durationMs } from '#libs/sources';
import { count } from '../../print.js';
import { countOf } from '../trial-text.js';
import { boundsOf, dayName } from './days.js';
import type { Finding } from './finding.js';

/** Against what shards are judged. */
export interface ShardSetting {
  /** Of the property. */
  zone: string;
  /** In that zone, as `20261121`. */
  today: string;
  nowMs: number;
  /** ISO 8601. */
  pollInterval: string;
}

const HOUR_MS = 3_600_000;
/** A daily table that is not there by then is missing: it comes within a day or so. */
const EXPECTED_WITHIN_MS = 36 * HOUR_MS;
const STREAMING_POLL_MS = 15 * 60_000;

/** What the metadata of shards tells: which days there are, how late they change, and how often to look. */
export function judgeShards(shards: readonly Shard[], setting: ShardSetting): Finding[] {
  if (shards.length === 0) {
    return [
      {
        question: 'Is every day there?',
        verdict: 'wrong',
        why: 'there is no shard',
        advice: 'GA4: Admin, Product links, BigQuery links: link the property, with the daily export',
      },
    ];
  }
  return [judgeDays(shards, setting), judgeLateness(shards, setting), judgeInterval(shards, setting)];
}

function judgeDays(shards: readonly Shard[], { zone, nowMs }: ShardSetting): Finding {
  const question = 'Is every day there?';
  const days = [...new Set(shards.map((s) => s.day))].sort();
  const daily = new Set(shards.filter((s) => s.kind === 'daily').map((s) => s.day));
  const due = daysFrom(days[0]!, zone, nowMs - EXPECTED_WITHIN_MS);
  const missing = due.filter((day) => !daily.has(day));
  const span = days.length === 1 ? '' : ` to ${dayName(days.at(-1)!)}`;
  const seen = `tables of ${countOf(days.length, 'day')}, ${dayName(days[0]!)}${span}, ${count(daily.size)} of them daily`;
  if (due.length === 0) return { question, verdict: 'cannot tell', why: `${seen}; no day is old enough` };
  if (missing.length === 0) return { question, verdict: 'ok', why: seen };
  const names = `${missing.slice(0, 5).map(dayName).join(', ')}${missing.length > 5 ? ', …' : ''}`;
  return {
    question,
    verdict: 'wrong',
    why: `${seen}; no daily table of ${names}`,
    advice:
      'a property of more than a million events a day gets none without GA4 360 or fewer events; ' +
      'switch the daily export on, as intraday tables are deleted and lack where visitors came from',
  };
}

/** The days from one on that were over at an epoch (ms). */
function daysFrom(first: string, zone: string, overAtMs: number): string[] {
  const days: string[] = [];
  for (let day = DateTime.fromFormat(first, 'yyyyMMdd', { zone }); ; day = day.plus({ days: 1 })) {
    if (day.plus({ days: 1 }).startOf('day').toMillis() > overAtMs) return days;
    days.push(day.toFormat('yyyyMMdd'));
  }
}

function judgeLateness(shards: readonly Shard[], { zone }: ShardSetting): Finding {
  const question = 'How late do days change?';
  const delays = shards
    .filter((s) => s.kind === 'daily')
    .map(
      ({ day, modifiedAt }) =>
        instantToMs(modifiedAt) - instantToMs(boundsOf({ from: day, to: day }, zone).to),
    )
    .sort((a, b) => a - b);
  if (delays.length === 0) return { question, verdict: 'cannot tell', why: 'there is no daily table' };
  const [middle, last] = [delays[Math.floor(delays.length / 2)]!, delays.at(-1)!];
  return {
    question,
    verdict: 'ok',
    why:
      `the last change of a daily table came ${hoursText(middle)} behind its day in the middle, ` +
      `${hoursText(last)} at most; changes of 30 days are found by themselves`,
  };
}

function judgeInterval(shards: readonly Shard[], { today, pollInterval }: ShardSetting): Finding {
  const question = 'Does poll_interval fit?';
  const isStreamed = shards.some(({ kind, day }) => kind !== 'daily' && day === today);
  const interval = durationMs(pollInterval) ?? 0;
  if (!isStreamed) {
    const why = `no table of today: it comes once a day, and poll_interval is ${pollInterval}`;
    if (interval >= HOUR_MS) return { question, verdict: 'ok', why };
    return { question, verdict: 'ok', why, advice: 'PT1H finds a daily table as well, and asks less' };
  }
  const why = `today has a table that grows, and poll_interval is ${pollInterval}`;
  if (interval >= STREAMING_POLL_MS) return { question, verdict: 'ok', why };
  return {
    question,
    verdict: 'ok',
    why,
    advice: 'every poll reads the whole of it again; sources read --dry-run says what that costs',
  };
}

function hoursText(ms: number): string {
  return `${count(Math.round(ms / HOUR_MS))} h`;
}
