import type { ChangedPlayers } from '#apps/commissions';
import type { PlayerStatement, Statement } from '#libs/commissions';
import { lines, paragraph } from '../explain/text.js';
import { count } from '../print.js';
import { sinceInShort } from './since-text.js';

/** Whose facts have changed, and of the first of them what has. */
export interface Changed extends ChangedPlayers {
  players: PlayerStatement[];
}

/** Whether the facts of a closed month are still those that it was paid on, and if not, what has changed. */
export function changedText(
  { status, period }: Statement,
  { kept, subjects, players, waits }: Changed,
): string {
  if (status === 'open')
    return paragraph('Its facts are kept when it is closed; until then it rests on those of now.');
  if (!kept)
    return paragraph('No facts were kept when it was closed: whether they have changed is not known.');
  const more = subjects.length - players.length;
  return lines([
    '─'.repeat(72),
    subjects.length === 0
      ? 'Since it was closed the facts of no player have changed.'
      : paragraph(
          `Since it was closed the facts of ${count(subjects.length)} ${subjects.length === 1 ? 'player' : 'players'} of ` +
            `${period} have changed. The statement stays as it is.`,
        ),
    ...players.map(sinceInShort),
    more > 0 ? `and ${count(more)} more: --json has all of their ids` : undefined,
    waits ? 'Not all that has changed is reckoned yet: npx tributary commissions run' : undefined,
  ]);
}
