import type { RunReport } from '#apps/commissions';
import { count } from '../print.js';
import { minute } from './lines.js';

/** Those that are named; with a fault of all players there may be very many. */
const NAMED = 20;

/** Who is set aside, one a line, since when and why; the first of them, where there are many. */
export function setAsideTexts(setAside: RunReport['setAside']): string[] {
  const texts = setAside.slice(0, NAMED).map(({ brand, subject, agreement, reason, since }) => {
    const who = subject === '' ? `the partner's own lines of ${agreement}` : `player ${subject} of ${brand}`;
    return `set aside since ${minute(since)}: ${who}: ${reason}`;
  });
  const more = setAside.length - texts.length;
  return more > 0 ? [...texts, `and ${count(more)} more`] : texts;
}
