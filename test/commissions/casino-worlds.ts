import fc from 'fast-check';
import type { CanonicalEvent } from '#libs/events';
import {
  bet,
  click,
  contact,
  install,
  player,
  registration,
  reversal,
  session,
  transaction,
} from './casino.js';

const MONTHS = ['2026-09', '2026-10', '2026-11', '2026-12'];
const LINKS = ['acme-1', 'bolt-2', 'core-3', 'dune-4', 'nobody'];
const EMAILS = ['anna@players.test', 'Anna@players.test', 'bo@players.test'];

/** In Vienna the first is of October already, in New York the second still of September. */
const MADE = ['2026-09-30 23:00', '2026-10-01 02:00', '2026-11-15 12:00'];

/** A fact of a small casino: which kind, of which of four players, which of its few things, when, how much. */
const fact = fc.record({
  kind: fc.constantFrom(
    ...(['click', 'install', 'registration', 'player', 'contact', 'reversal'] as const),
    ...(['deposit', 'deposit', 'deposit', 'movement', 'session', 'session', 'session', 'bet'] as const),
  ),
  who: fc.integer({ min: 1, max: 4 }),
  which: fc.integer({ min: 0, max: 2 }),
  month: fc.constantFrom(...MONTHS),
  day: fc.integer({ min: 1, max: 30 }),
  hour: fc.integer({ min: 0, max: 23 }),
  cents: fc.integer({ min: 0, max: 30_000 }),
  variant: fc.integer({ min: 0, max: 5 }),
});
type Fact = typeof fact extends fc.Arbitrary<infer T> ? T : never;

/** Everything that a brand's sources tell in some months: things are told again in later versions, and taken back. */
export const casinoWorld: fc.Arbitrary<CanonicalEvent[]> = fc
  .array(fact, { minLength: 12, maxLength: 60 })
  .map((facts) => [...[1, 2, 3].flatMap(acquired), ...facts.map(eventOf)]);

/** Most players come by a partner's click. */
function acquired(who: number): CanonicalEvent[] {
  return [
    click(`c${who}`, `2026-09-0${who}`, { link: LINKS[who - 1]! }),
    registration(`p${who}`, `c${who}`, `2026-09-0${who} 20:00`),
  ];
}

function eventOf({ kind, who, which, month, day, hour, cents, variant }: Fact): CanonicalEvent {
  const two = (n: number): string => String(n).padStart(2, '0');
  const p = `p${who}`;
  const id = `${p}-${which}`;
  const amount = (n: number): string => String(n / 100);
  // A thing is of one time; when it was told last is its version
  const made = MADE[which]!;
  const told = `${month}-${two(day)} ${two(hour)}:30`;
  const currency = variant === 0 ? 'USD' : 'EUR';
  switch (kind) {
    case 'click':
      return click(`c${which + 2}`, told, { link: LINKS[variant % LINKS.length]! });
    case 'install':
      return install(`c${which + 2}`, told);
    case 'registration':
      return registration(p, `c${which + 1}`, told);
    case 'player':
      return player(p, `2026-09-0${which + 1}`, {
        told,
        is_blocked: variant === 1,
        self_excluded: variant === 2,
      });
    case 'contact':
      return contact(p, '2026-09-05', { told, email: EMAILS[variant % 3]! });
    case 'reversal':
      return reversal(`t-${id}`, told);
    case 'deposit': {
      const status = variant === 1 ? 'Fail' : variant === 2 ? 'New' : 'Success';
      return transaction(`t-${id}`, p, amount(cents + 1), made, { currency, status, told });
    }
    case 'movement': {
      const type = ['Normal', 'Prize', 'Prize', 'Other', 'Other', 'Compensation'][variant]!;
      const dir = variant === 0 || variant === 3 ? 'OUT' : 'IN';
      return transaction(`m-${id}`, p, amount(cents), made, { dir, type, told });
    }
    case 'session': {
      const [stakes, wins] = [amount(cents), amount(variant * 5_000)];
      return session(`s-${id}`, p, [stakes, wins], made, { currency, told, bets: String(variant + 1) });
    }
    case 'bet': {
      const win = variant < 2 ? {} : { win_amount: amount(variant * 1_000) };
      return bet(`b-${id}`, p, amount(cents), made, {
        told,
        status: variant === 1 ? 'lost' : 'open',
        ...win,
      });
    }
  }
}
