import { randomUUID } from 'node:crypto';
import type { EventLog } from '#libs/event-log';
import { Topic, instantFromMs, type Instant } from '#libs/events';
import type { Answer, PixelCalls } from './pixel-calls.js';

/** What happened, as far as the rows depend on it. */
export interface Told {
  /** Made by the ingress, or reported by us. */
  clicks: { annaFirst: string; annaSecond: string; ben: string; clara: string };
  /** When what we reported with a time of its own happened. */
  times: { benClick: Instant; claraClick: Instant; claraDeposit: Instant };
  receipts: { duplicate: string; weak: string; unattributed: string; test: string };
}

/** Says what was called and what was answered; `log`: the event log has taken an event; `poll`: a partner has it. */
export type Say = (what: string, answer?: Answer | 'log' | 'poll') => void;

/** Makes a call and says how it was answered. @throws where the status is not what it must be */
export type Ask = <A extends Answer>(what: string, status: number, call: Promise<A>) => Promise<A>;

/** Calls that are said as they are made. */
export function asking(say: Say): Ask {
  return async (what, status, call) => {
    const answer = await call;
    say(what, answer);
    if (answer.status !== status) throw new Error(`"${what}" was answered ${answer.status}, not ${status}`);
    return answer;
  };
}

const MINUTE_MS = 60_000;

/**
 * Fires the calls of three players, all but the click that comes too late, one after another, so that every
 * call has an answer to show.
 * @throws where an answer is not what it must be
 */
export async function tellStory(
  { click, reportClicks, convert }: PixelCalls,
  eventLog: EventLog,
  now: number,
  say: Say,
): Promise<Told> {
  const ask = asking(say);
  const times = {
    benClick: instantFromMs(now - 30 * MINUTE_MS),
    claraClick: instantFromMs(now - 20 * MINUTE_MS),
    claraDeposit: instantFromMs(now - 5 * MINUTE_MS),
  };
  const [ben, clara] = [randomUUID(), randomUUID()];

  const annaFirst = await ask(
    'Anna clicks a banner',
    302,
    click('welcome', { sub1: 'banner-7', gclid: 'Cj0KCQ' }),
  );
  const anna = { player_id: 'anna' };
  await ask('Anna registers', 202, convert('browser', annaFirst.clickId, { type: 'registration', ...anna }));
  const deposit = { type: 'deposit', amount: '40', currency: 'usd', transaction_id: '123456789', ...anna };
  await ask('Anna deposits 40 USD', 202, convert('server', annaFirst.clickId, deposit));
  const duplicate = await ask(
    '  her server says it again',
    202,
    convert('server', annaFirst.clickId, deposit),
  );
  await ask('  her browser says it as well', 202, convert('browser', annaFirst.clickId, deposit));
  const annaSecond = await ask('Anna comes back by a stream', 302, click('streamer', {}));
  const more = { ...deposit, amount: '60.50', transaction_id: '123456790' };
  await ask('Anna deposits 60.50 USD', 202, convert('server', annaSecond.clickId, more));

  const benClick = { click_id: ben, time: times.benClick, utm_source: 'newsletter', utm_medium: 'email' };
  await ask('Ben clicked elsewhere; reported', 202, reportClicks([benClick]));
  await ask('Ben installs the app', 202, convert('server', ben, { type: 'install', player_id: 'ben' }));
  const euros = { type: 'deposit', amount: '25', currency: 'EUR', player_id: 'ben' };
  const weak = await ask('Ben deposits 25 EUR, no transaction id', 202, convert('browser', ben, euros));
  await ask(
    '  his server says it with one',
    202,
    convert('server', ben, { ...euros, transaction_id: 'pay-7' }),
  );

  const late = {
    type: 'deposit',
    amount: '100',
    currency: 'gbp',
    transaction_id: 'pay-8',
    player_id: 'clara',
  };
  const early = await ask(
    'Clara deposits 100 GBP before her click is known',
    202,
    convert('server', clara, { ...late, time: times.claraDeposit }),
  );
  const test = await ask(
    'A test of the pixel',
    202,
    convert('server', randomUUID(), { type: 'registration', test: 'true' }),
  );
  await ask(
    'A pixel with three mistakes',
    422,
    convert('server', 'no-uuid', { type: 'deposit', amount: '1e3', currency: 'xxx' }),
  );
  await eventLog.publish(Topic.rawEvents, [{ key: 'demo', value: '{"a record": that is no JSON' }]);
  say('A broken record is put on the event log');
  return {
    clicks: { annaFirst: annaFirst.clickId, annaSecond: annaSecond.clickId, ben, clara },
    times,
    receipts: {
      duplicate: duplicate.receiptId,
      weak: weak.receiptId,
      unattributed: early.receiptId,
      test: test.receiptId,
    },
  };
}

/** Clara's click comes after all. */
export async function tellLateClick({ reportClicks }: PixelCalls, told: Told, say: Say): Promise<void> {
  const click = { click_id: told.clicks.clara, link: 'welcome', time: told.times.claraClick };
  await asking(say)("Clara's click comes at last", 202, reportClicks([click]));
}
