import type { ConversionStory } from './conversion-story.js';
import type { Call } from './read-calls.js';
import type { Way } from './read-way.js';
import { list } from './text.js';

/** Where a conversion stands, in a sentence or two. */
export function conversionVerdict(c: ConversionStory): string {
  const [withdrawn] = c.retractions.filter((r) => r.first_received_at !== null);
  if (c.facts.length === 0 && withdrawn !== undefined) {
    return (
      `Nobody tells of it any more: ${list(c.retractions.map((r) => r.source))} took it back. It has no row; told again ` +
      'at a greater version it is back.'
    );
  }
  if (c.facts.length === 0 && c.retractions.length > 0) {
    return 'Nobody has told of it yet: its source took it back before. What comes at a lower version does not stand.';
  }
  if (c.facts.length === 0) {
    return 'Nobody has told of it yet: it was taken back before. It is worth nothing, or less, as soon as it comes.';
  }
  if (!c.row) {
    return 'Its facts are stored; its row is being made. "tributary status" shows unsettled batches, if that lasts.';
  }
  if (c.paired_with !== null) {
    return (
      `It has no row of its own: it is the same deposit as ${c.row.conversion_key}, with the same player, ` +
      'amount and currency within 24 hours.'
    );
  }
  return `${standing(c.row)}${c.is_settled ? '' : ` ${UNSETTLED}`}`;
}

const UNSETTLED =
  'Its facts say more than its row by now: the row is being made again; what follows is told by the facts.';

function standing(row: Touched): string {
  if (row.attributed) {
    const [first, last] = [touchName(row, 'first'), touchName(row, 'last')];
    const touched =
      first === last ? `first and last touch ${first}` : `first touch ${first}, last touch ${last}`;
    return `It stands in table conversions, attributed to click ${row.click_id}: ${touched}.`;
  }
  if (row.click_id === null) {
    return 'It stands in table conversions, not attributed: it names no click, and its player is linked to none.';
  }
  return (
    `It stands in table conversions, not attributed: nobody has told of click ${row.click_id} yet. ` +
    'It is attributed as soon as that click comes.'
  );
}

/** How far a call has come, where that is not the whole way; undefined where it is. */
export function callVerdict({ receipt, events }: Call, behind: Way['behind']): string | undefined {
  switch (receipt.state) {
    case 'pending':
      return `It was accepted, and its way is not at its end yet. ${waitingFor(behind)}`;
    case 'dead_letter':
      return 'It stopped as a dead letter.';
    case 'test':
      return 'It is a test: read and understood like any other, stored in no table but receipts.';
    case 'duplicate':
      return 'Its source had told the same before: it changed nothing.';
    case 'stored':
    case 'unattributed':
      return events.length === 0 ? 'The log no longer keeps its raw event.' : undefined;
  }
}

function waitingFor(behind: Way['behind']): string {
  const waiting = Object.entries(behind ?? {}).filter(([, lag]) => lag > 0);
  if (waiting.length === 0) {
    return 'No group is behind now: if this lasts, the id was given by another installation.';
  }
  return `Still to be read: ${waiting.map(([group, lag]) => `${lag} records by ${group}`).join(', ')}.`;
}

type Touched = NonNullable<ConversionStory['row']>;

function touchName(row: Touched, which: 'first' | 'last'): string {
  const parts = [row[`${which}_touch_source`], row[`${which}_touch_medium`], row[`${which}_touch_campaign`]];
  const named = parts.filter((p) => p !== null).join(' / ');
  return named === '' ? 'of unknown origin' : named;
}
