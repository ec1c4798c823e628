import type { IdentityLinkFact, JourneyTouch } from '#libs/database';
import type { ConversionRow } from '#libs/events';
import type { ConversionStory } from './read-conversion.js';
import { at, facts, section } from './text.js';
import { conversionVerdict } from './verdict.js';

/** A conversion: what its sources say, its journey, its row and where every field of it comes from. */
export function tellConversion(c: ConversionStory): string {
  return section(`Conversion ${c.conversion_id}: ${c.type} ${c.conversion_key} of ${c.brand}`, [
    conversionVerdict(c),
    ...c.facts.map((f) =>
      section(`Fact by ${f.source}${f.weak ? ', weak: it has no transaction id' : ''}`, [tellFact(f)]),
    ),
    c.pairs.length === 0
      ? undefined
      : section(
          'Part of it',
          c.pairs.map((id) => `weak deposit ${id}, told below`),
        ),
    c.links.length + c.touches.length === 0
      ? undefined
      : section('Journey', [...c.touches.map(tellTouch), ...c.links.map(tellLink)].sort()),
    c.row && c.paired_with === null ? section('Visible row', [tellRow(c.row)]) : undefined,
  ]);
}

function tellFact(f: ConversionStory['facts'][number]): string {
  const { player_id_low: low, player_id_high: high, money_low: least, money_high: most } = f;
  const received =
    f.first_received_at === f.received_at
      ? at(f.first_received_at)
      : `${at(f.received_at)}; the source told of it first ${at(f.first_received_at)}`;
  return facts([
    ['happened', at(f.occurred_at)],
    ['received', received],
    ['player', low === high ? (f.player_id ?? undefined) : `${f.player_id}; it also said ${low} and ${high}`],
    ['click', f.click_id ?? undefined],
    ['money', least === most ? moneyOf(f) : `${moneyOf(f)}; it said ${least} and ${most}`],
    ['event id', f.event_id],
    ['receipt', f.receipt_id],
  ]);
}

function moneyOf({
  amount,
  currency,
}: {
  amount: string | null;
  currency: string | null;
}): string | undefined {
  return amount === null ? undefined : `${amount} ${currency}`;
}

function tellTouch(t: JourneyTouch): string {
  const origin = [t.utm_source, t.utm_medium, t.utm_campaign].filter((p) => p !== null).join(' / ');
  return `${at(t.occurred_at)}   click ${t.click_id ?? t.touch_id}${origin === '' ? '' : `, ${origin}`}`;
}

function tellLink(l: IdentityLinkFact): string {
  const seen = l.registered_at === null ? 'was seen with' : 'registered with';
  return `${at(l.registered_at ?? l.occurred_at)}   ${l.right_kind} ${l.right_id} ${seen} ${l.left_kind} ${l.left_id}`;
}

/** The row's own fields, each with the source that it was taken from. */
function tellRow(row: ConversionRow): string {
  const field = (name: string, value: string | null, provenance = name): [string, string | undefined] => {
    const source = row.provenance[provenance];
    if (value === null) return [name, undefined];
    return [
      name,
      source === undefined
        ? value
        : `${value}   (by ${source === 'identity_link' ? 'the link between click and player' : source})`,
    ];
  };
  return facts([
    field('status', row.status),
    field('occurred_at', at(row.occurred_at)),
    field('player_id', row.player_id),
    field('click_id', row.click_id),
    field('transaction_id', row.transaction_id),
    field('amount', moneyOf(row) ?? null),
    ['first deposit', row.type === 'deposit' ? (row.is_first_deposit ? 'yes' : 'no') : undefined],
    ['told by', row.sources.join(', ')],
    ['conflict', row.conflict ? 'yes: its sources disagree on player, amount or currency' : 'no'],
    ['changed', at(row.updated_at)],
  ]);
}
