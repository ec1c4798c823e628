import type { CanonicalEvent } from '#libs/events';
import type { Call } from './read-calls.js';
import type { Way } from './read-way.js';
import { at, facts, paragraph, section } from './text.js';
import { callVerdict } from './verdict.js';

/** An accepted call, what it said and how it was understood, and how far it has come. */
export function tellCall(call: Call, behind: Way['behind']): string {
  const { receipt, brand, source, raw } = call;
  const verdict = callVerdict(call, behind);
  return section(`Call at ${at(receipt.received_at)}, receipt ${receipt.receipt_id}`, [
    facts([
      ['state', receipt.state + (receipt.reason === undefined ? '' : `, ${receipt.reason}`)],
      ['event id', receipt.event_id ?? 'not known yet'],
      ['came from', source === null ? undefined : `${source}, brand ${brand}`],
      [
        'raw event',
        raw ? `raw-events, partition ${raw.partition}, offset ${raw.offset}${gone(raw.record)}` : undefined,
      ],
      ['it said', raw === null ? undefined : payloadOf(raw.record)],
      ...call.events.map((e): [string, string] => ['understood as', understoodAs(e)]),
    ]),
    verdict === undefined ? undefined : paragraph(verdict),
  ]);
}

/** The part of a raw event that the caller gave. */
function payloadOf(record: unknown): string | undefined {
  const payload = (record as { data?: { payload?: object } } | null)?.data?.payload;
  if (payload === undefined) return undefined;
  return Object.entries(payload)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

/** What an event says of money, where it is of any. */
interface Movement {
  amount?: string;
  currency?: string;
  transaction_id?: string;
  player_id?: string;
  click_id?: string;
}

function gone(record: unknown): string {
  return record === null ? ' (no longer kept)' : '';
}

function understoodAs(e: CanonicalEvent): string {
  const { amount, currency, transaction_id, player_id, click_id } = e as Movement;
  const money = amount === undefined ? '' : ` of ${amount} ${currency}`;
  const told = [
    transaction_id === undefined ? undefined : `transaction ${transaction_id}`,
    player_id === undefined ? undefined : `player ${player_id}`,
    click_id === undefined ? undefined : `click ${click_id}`,
    e.is_test ? 'a test' : undefined,
  ].filter((part) => part !== undefined);
  return `${e.kind.replace('_', ' ')}${money}: ${[...told, `happened ${at(e.occurred_at)}`].join(', ')}`;
}
