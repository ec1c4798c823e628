import { isReceiptId } from '#libs/events';
import { columns, strong } from '../print.js';
import type { StoredDeadLetter } from '../dead-letters/stored-dead-letter.js';
import { tellCall } from './call-story.js';
import type { KnownClick } from './clicks.js';
import { tellConversion } from './conversion-story.js';
import { tellPerson } from './person-story.js';
import type { PersonWay, Way } from './read-way.js';
import { at, facts, lines, list, money, origin, paragraph, section } from './text.js';
import { tellToldTouch } from './touch-story.js';
import { tellTransaction } from './transaction-story.js';

/** The way as a support person reads it: what was asked for first, then all that belongs to it. */
export function tellWay(way: Way): string {
  const asked = way.calls.filter(({ receipt }) => [receipt.receipt_id, receipt.event_id].includes(way.id));
  const others = way.calls.filter((call) => !asked.includes(call));
  return lines([
    paragraph(`${strong(way.id)} is ${list(way.found_as)}.`),
    ...asked.map((call) => tellCall(call, way.behind)),
    ...way.people.map(tellPersonWay),
    ...way.clicks.map(tellClick),
    ...way.touches.map(tellToldTouch),
    ...way.transactions.filter((t) => t.conversion_id === null).map(tellTransaction),
    ...way.conversions.map(tellConversion),
    ...others.map((call) => tellCall(call, way.behind)),
    ...way.dead_letters.map(tellDeadLetter),
  ]);
}

function tellPersonWay({ kind, id, brand, person, conversions, total }: PersonWay): string {
  const shown = conversions.length < total ? ` (the latest ${conversions.length} of ${total})` : '';
  return section(`${kind[0]!.toUpperCase()}${kind.slice(1)} ${id} of ${brand}`, [
    tellPerson(person),
    conversions.length === 0
      ? 'No conversion names it.'
      : section(`Its conversions${shown}; "explain" tells each by its id or key`, [
          columns(
            ['when', 'type', 'key', 'amount', 'net', 'status'],
            conversions.map((c) => [
              at(c.occurred_at).slice(0, 16),
              c.type,
              c.conversion_key,
              money(c) ?? '',
              c.net_amount ?? '',
              c.status,
            ]),
            'lllrrl',
          ),
        ]),
  ]);
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
      ['from', origin(known)],
      ['sub ids', subIdsOf(known.sub_ids)],
      ['player', known.player_id ?? undefined],
      ['first told', at(known.first_received_at) + receiptOf(known)],
    ]),
  ]);
}

function receiptOf({ first_receipt_id: id }: KnownClick): string {
  return isReceiptId(id) ? `, receipt ${id}` : '';
}

function subIdsOf(subIds: KnownClick['sub_ids']): string | undefined {
  const parts = Object.entries(subIds).map(([name, value]) => `${name}=${value}`);
  return parts.length === 0 ? undefined : parts.join(', ');
}

function tellDeadLetter(d: Omit<StoredDeadLetter, 'original' | 'record_key'>): string {
  return section(`Dead letter ${d.dead_letter_id}`, [
    facts([
      ['why', `${d.reason}: ${d.path === '' ? 'the record' : d.path} ${d.detail}`],
      ['record', `${d.topic}, partition ${d.partition}, offset ${d.record_offset}`],
      ['given up', `${at(d.failed_at)} by ${d.app} ${d.app_version}`],
      ['replayed', d.replayed_at === null ? 'not yet' : at(d.replayed_at)],
    ]),
    paragraph(
      d.replayed_at === null
        ? `"tributary dead-letters show ${d.dead_letter_id}" shows the record; once the cause is mended, "replay --id …" sends it on its way again.`
        : 'It is on its way again: what became of it is told by its receipt.',
    ),
  ]);
}
