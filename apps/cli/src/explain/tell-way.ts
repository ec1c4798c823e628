import type { CanonicalEvent } from '#libs/events';
import { strong } from '../print.js';
import type { StoredDeadLetter } from '../dead-letters/stored-dead-letter.js';
import type { KnownClick } from './clicks.js';
import type { Call } from './read-calls.js';
import type { Way } from './read-way.js';
import { tellConversion } from './tell-conversion.js';
import { at, facts, lines, section } from './text.js';
import { callVerdict } from './verdict.js';

/** The way as a support person reads it, from the call to the row, or to where it stopped. */
export function tellWay(way: Way): string {
  return lines([
    `${strong(way.id)} is ${way.found_as.join(', and ')}.`,
    ...way.calls.map((call) => tellCall(call, way.behind)),
    ...way.clicks.map(tellClick),
    ...way.dead_letters.map(tellDeadLetter),
    ...way.conversions.map(tellConversion),
  ]);
}

function tellCall(call: Call, behind: Way['behind']): string {
  const { receipt, brand, source, raw } = call;
  const body = [
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
    callVerdict(call, behind),
  ];
  return section(`Call at ${at(receipt.received_at)}, receipt ${receipt.receipt_id}`, body);
}

/** The part of a raw event that the caller gave. */
function payloadOf(record: unknown): string | undefined {
  const payload = (record as { data?: { payload?: unknown } } | null)?.data?.payload;
  return payload === undefined ? undefined : JSON.stringify(payload);
}

function gone(record: unknown): string {
  return record === null ? ' (no longer kept)' : '';
}

function understoodAs(e: CanonicalEvent): string {
  const money = e.kind === 'deposit' && e.amount !== undefined ? ` of ${e.amount} ${e.currency}` : '';
  const told = [
    e.kind === 'deposit' && e.transaction_id !== undefined ? `transaction ${e.transaction_id}` : undefined,
    e.player_id === undefined ? undefined : `player ${e.player_id}`,
    e.click_id === undefined ? undefined : `click ${e.click_id}`,
    e.is_test ? 'a test' : undefined,
  ].filter((part) => part !== undefined);
  return `${e.kind.replace('_', ' ')}${money}: ${[...told, `happened ${at(e.occurred_at)}`].join(', ')}`;
}

function tellClick({ brand, click_id, known }: Way['clicks'][number]): string {
  if (!known) {
    return section(`Click ${click_id} of ${brand}`, [
      'Nobody has told of this click. Conversions that name it wait for it, unattributed.',
    ]);
  }
  return section(`Click ${click_id} of ${brand}`, [
    facts([
      ['happened', at(known.occurred_at)],
      ['link', known.link ?? undefined],
      ['from', originOf(known)],
      ['sub ids', subIdsOf(known.sub_ids)],
      ['player', known.player_id ?? undefined],
      ['first told', `${at(known.first_received_at)}, receipt ${known.first_receipt_id}`],
    ]),
  ]);
}

function originOf(c: KnownClick): string | undefined {
  const parts = [c.utm_source, c.utm_medium, c.utm_campaign].filter((p) => p !== null);
  return parts.length === 0 ? undefined : parts.join(' / ');
}

function subIdsOf(subIds: Record<string, string>): string | undefined {
  const parts = Object.entries(subIds).map(([name, value]) => `${name}=${value}`);
  return parts.length === 0 ? undefined : parts.join(', ');
}

function tellDeadLetter(d: StoredDeadLetter): string {
  return section(`Dead letter ${d.dead_letter_id}`, [
    facts([
      ['why', `${d.reason}: ${d.path === '' ? 'the record' : d.path} ${d.detail}`],
      ['record', `${d.topic}, partition ${d.partition}, offset ${d.record_offset}`],
      ['given up', `${at(d.failed_at)} by ${d.app} ${d.app_version}`],
      ['replayed', d.replayed_at === null ? 'not yet' : at(d.replayed_at)],
    ]),
    d.replayed_at === null
      ? `"tributary dead-letters show ${d.dead_letter_id}" shows the record; once the cause is mended, "replay --id …" sends it on its way again.`
      : 'It is on its way again: what became of it is told by its receipt.',
  ]);
}
