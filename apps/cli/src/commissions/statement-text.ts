import { isIntact, type Statement } from '#libs/commissions';
import { item, lines, paragraph } from '../explain/text.js';
import { columns, count, strong } from '../print.js';
import { figures, pointBelowPoint, shortFigure } from './figures.js';
import { factsText, kindName, lineName, statusText, sumsOf, unfinishedTexts, versionsText } from './lines.js';
import type { SubjectLines } from './read-subject-lines.js';

/** So many players are shown. */
export const SHOWN_PLAYERS = 20;

/** A statement as it is read on a terminal. @param partner why the partner's own lines are what they are */
export function statementText(s: Statement, subjects: SubjectLines, partner?: string): string {
  return lines([
    `${strong(`${s.partner}, ${s.period}`)} · ${statusText(s)}\n` +
      `agreement ${s.agreement} · brand ${s.brand} · months of ${s.time_zone} · ${s.currency}`,
    figuresOf(s),
    partner,
    playersOf(s, subjects),
    s.unfinished.length === 0
      ? undefined
      : ['In the way of closing it:', ...unfinishedTexts(s).map((what) => item(what))].join('\n'),
    restsOn(s),
  ]);
}

function figuresOf(s: Statement): string {
  const sums = sumsOf(s);
  const money = figures(
    [...s.lines, ...sums].map((row) => row.amount),
    s.currency,
  );
  const rows = [
    ...s.lines.map((line) => [lineName(line, s.period), line.players === 0 ? '' : count(line.players)]),
    ...sums.map(({ name }) => [name, '']),
  ].map(([name, players], i) => [name!, players!, money[i]!]);
  const table = columns(['Line', 'players', s.currency], rows, 'lrr').split('\n');
  const width = Math.max(...table.map((line) => line.length));
  table.splice(1 + s.lines.length, 0, '─'.repeat(width));
  return table.join('\n');
}

function playersOf(s: Statement, { lines: subjects, total }: SubjectLines): string | undefined {
  if (total === 0) return undefined;
  const amounts = pointBelowPoint(subjects.map(({ amount }) => shortFigure(amount, s.currency)));
  const rows = subjects.map(({ subject, kind, of_period }, i) => [
    subject,
    kindName(kind),
    of_period === s.period ? '' : of_period,
    amounts[i]!,
  ]);
  const more = total - subjects.length;
  return [
    columns(['Player', 'line', '', 'exact amount'], rows, 'lllr'),
    ...(more > 0 ? [`and ${count(more)} more: commissions export --players has all of them`] : []),
    paragraph(
      `Why: npx tributary commissions show --agreement ${s.agreement} --period ${s.period} --player ${subjects[0]!.subject}`,
    ),
  ].join('\n');
}

function restsOn(s: Statement): string {
  const { manifest } = s;
  return [
    paragraph(`Rests on ${factsText(manifest.facts)}; ${versionsText(manifest)}.`),
    `Manifest ${manifest.hash}`,
    ...(isIntact(s) ? [] : ['IT DOES NOT FIT: these are not the figures that this hash was made of.']),
  ].join('\n');
}
