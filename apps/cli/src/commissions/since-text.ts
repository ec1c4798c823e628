import {
  canonical,
  isUnchanged,
  sumOf,
  type AdjustedMonth,
  type FactChanges,
  type PlayerStatement,
  type SinceClosing,
} from '#libs/commissions';
import { lines, list, paragraph, section } from '../explain/text.js';
import { columns } from '../print.js';
import { changesCount, changesText } from './fact-text.js';
import { pointBelowPoint, shortFigure } from './figures.js';
import { kindName } from './lines.js';

/** What is booked in a month of earlier ones, each with what has changed. */
export function adjustmentsText({
  adjustments,
  commissions,
  currency,
  subject,
}: PlayerStatement): string | undefined {
  if (adjustments.length === 0) return undefined;
  const all = [
    ...commissions.map(({ amount }) => amount),
    ...adjustments.flatMap((month) => month.lines.map(({ difference }) => difference)),
  ];
  const sum = shortFigure(canonical(sumOf(all)), currency);
  return section('Adjustments of months that were closed before', [
    lines([
      ...adjustments.map((month) => adjustedText(month, currency)),
      paragraph(`With these ${subject} brings the partner ${sum} ${currency} in this statement.`),
    ]),
  ]);
}

function adjustedText({ of_period, lines: adjusted, changes }: AdjustedMonth, currency: string): string {
  const rows = adjusted.map(({ kind, before, after, difference }) => ({
    name: kindName(kind),
    amounts: [before, after, difference],
  }));
  const why =
    changes === null
      ? ['Its facts were not kept before.']
      : isUnchanged(changes)
        ? ['Its facts are as they were: what else it was reckoned by has changed.']
        : [`Its facts: ${changesCount(changes)}`, ...changesText(changes, currency)];
  return [amountsTable([of_period, 'before', 'after', 'difference'], rows, currency), ...why].join('\n');
}

/** What has come to light of a closed month, set apart from what was paid. */
export function sinceText(player: PlayerStatement): string | undefined {
  const { since, currency, agreement, exclusions } = player;
  if (since === null) return undefined;
  return lines([
    '─'.repeat(72),
    section('Since it was closed', [
      lines([
        [...factsSince(since.changes, currency), ...otherwise(since, exclusions).map(paragraph)].join('\n'),
        differencesTable(since, currency),
        [...bookedTexts(since.booked, currency, agreement).map(paragraph), ...conclusion(since)].join('\n'),
      ]),
    ]),
  ]);
}

/** The same in short, where many players' are told. */
export function sinceInShort({ subject, since, currency, agreement }: PlayerStatement): string {
  const { changes, booked } = since!;
  return section(subject, [
    ...(changes === null ? [] : changesText(changes, currency)),
    ...bookedTexts(booked, currency, agreement).map(paragraph),
    ...conclusion(since!),
  ]);
}

function factsSince(changes: FactChanges | null, currency: string): string[] {
  if (changes === null) {
    return [
      paragraph('The facts that it was paid on were not kept: whether they have changed is not known.'),
    ];
  }
  const counted = changesCount(changes);
  return counted === undefined
    ? ['Its facts are the same today.']
    : [`Its facts have changed: ${counted}.`, ...changesText(changes, currency)];
}

function differencesTable({ lines: differing }: SinceClosing, currency: string): string | undefined {
  if (differing.length === 0) return undefined;
  const rows = differing.map(({ kind, paid, today, difference }) => ({
    name: kindName(kind),
    amounts: [paid, today, difference],
  }));
  return amountsTable(["By today's facts", 'paid', 'today', 'difference'], rows, currency);
}

function conclusion({ waits, lines: differing }: SinceClosing): string[] {
  if (waits) return ['What they come to is not reckoned yet: npx tributary commissions run'];
  return differing.length === 0 ? ['It comes to the same as was paid.'] : [];
}

/** What else is not as it was when the month was closed. */
function otherwise({ covered, exclusions }: SinceClosing, before: PlayerStatement['exclusions']): string[] {
  if (!covered) return ['The agreement does not cover the player any more.'];
  if (list(exclusions) === list(before)) return [];
  return [
    `The player is ${exclusions.length === 0 ? `not ${list(before)} any more` : list(exclusions)} now.`,
  ];
}

/** Of each month that anything is booked in: `Booked as an adjustment: 10.73 EUR in 2026-11, statement 2`. */
function bookedTexts(booked: SinceClosing['booked'], currency: string, agreement: string): string[] {
  const months = [...new Set(booked.map(({ booked_in }) => booked_in))];
  return months.map((month) => {
    const of = booked.filter(({ booked_in }) => booked_in === month);
    const sum = shortFigure(canonical(sumOf(of.map(({ amount }) => amount))), currency);
    const { number } = of[0]!;
    const where = number === null ? 'which is open' : `statement ${number} of ${agreement}`;
    return `Booked as an adjustment: ${sum} ${currency} in ${month}, ${where}.`;
  });
}

function amountsTable(
  head: readonly string[],
  rows: readonly { name: string; amounts: readonly string[] }[],
  currency: string,
): string {
  const byColumn = head
    .slice(1)
    .map((_, i) => pointBelowPoint(rows.map(({ amounts }) => shortFigure(amounts[i]!, currency))));
  const cells = rows.map(({ name }, row) => [name, ...byColumn.map((column) => column[row]!)]);
  return columns(head, cells, `l${'r'.repeat(head.length - 1)}`);
}
