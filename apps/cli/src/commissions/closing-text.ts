import type { Statement } from '#libs/commissions';
import { item } from '../explain/text.js';
import { figure } from './figures.js';
import { minute, sumsOf, unfinishedTexts } from './lines.js';

/** What closing a month will do: `acme-share 2026-10: total 120.00 EUR, to be paid 100.00 EUR`. */
export function closingText(s: Statement): string {
  const sums = sumsOf(s).map(
    ({ name, amount }) => `${name.toLowerCase()} ${figure(amount, s.currency)} ${s.currency}`,
  );
  return `${s.agreement} ${s.period}: ${sums.join(', ')}`;
}

/** Why none of these can be closed, with every reason; undefined where what is open can. */
export function refusalText(statements: readonly Statement[]): string | undefined {
  const open = statements.filter(({ status }) => status === 'open');
  const blocked = open.filter(({ unfinished }) => unfinished.length > 0);
  if (blocked.length > 0) {
    const told = blocked.map(
      (s) =>
        `${s.agreement} ${s.period} cannot be closed:\n${unfinishedTexts(s)
          .map((why) => item(why))
          .join('\n')}`,
    );
    return told.join('\n');
  }
  if (open.length > 0) return undefined;
  return statements
    .map(
      (s) =>
        `${s.agreement} ${s.period} is closed: statement ${s.number}, ${minute(s.closed_at!)}, by ${s.closed_by}`,
    )
    .join('\n');
}
