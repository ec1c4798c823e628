import { closest } from 'fastest-levenshtein';
import { CommandFailed } from '../exit-code.js';
import type { StoredAgreement } from './read-agreements.js';

/** Whose statements somebody asks for. */
export interface Asked {
  partner?: string;
  agreement?: string;
}

/**
 * The agreements that are asked for: a partner's, or one by its name.
 * @throws CommandFailed where there is none, with the name that was probably meant
 */
export function chooseAgreements(
  stored: readonly StoredAgreement[],
  { partner, agreement }: Asked,
): StoredAgreement[] {
  if (stored.length === 0) {
    throw new CommandFailed('no agreement is stored yet: run "npx tributary commissions run" first');
  }
  const partners = [...new Set(stored.map((a) => a.partner))];
  const chosen = stored.filter(
    (a) =>
      (partner === undefined || a.partner === partner) &&
      (agreement === undefined || a.agreement === agreement),
  );
  if (chosen.length > 0) return chosen;
  if (partner !== undefined && !partners.includes(partner)) throw unknown('partner', partner, partners);
  const names = stored.filter((a) => partner === undefined || a.partner === partner).map((a) => a.agreement);
  throw unknown('agreement', agreement!, names, partner === undefined ? '' : ` of partner "${partner}"`);
}

/** So many names are listed. */
const LISTED = 10;

function unknown(what: string, name: string, names: readonly string[], of = ''): CommandFailed {
  const all = names.length <= LISTED ? `; there are ${names.join(', ')}` : '';
  return new CommandFailed(
    `no stored agreement has the ${what} "${name}"${of}: did you mean "${closest(name, names)}"?${all}\n` +
      'What was written down since is stored by "npx tributary commissions run".',
  );
}
