import { compareBytes } from '#libs/database';
import { instantToMicros, type Conversion } from '#libs/events';

/** How far apart two reports of one deposit may lie: a day, since a partner may stamp the order where the
 * pixel stamps the money's arrival. */
export const PAIRING_WINDOW_DAYS = 1;
const PAIRING_WINDOW_MICROS = BigInt(PAIRING_WINDOW_DAYS) * 24n * 60n * 60n * 1_000_000n;

/** A deposit as far as pairing needs it. */
export type PairableDeposit = Pick<
  Conversion,
  'conversion_id' | 'brand' | 'player_id' | 'click_id' | 'amount' | 'currency' | 'occurred_at'
> & { weak: boolean };

/**
 * Which strong deposit each weak one is the same as: same player (or click, where no player is known), amount
 * and currency, within the pairing window, one to one, the nearest in time first. A pure function of the set.
 * @returns conversion id of the weak one → that of the strong one
 */
export function pairDeposits(deposits: readonly PairableDeposit[]): Map<string, string> {
  const groups = new Map<string, PairableDeposit[]>();
  for (const d of deposits) {
    const key = pairingKeyOf(d);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(d);
    else groups.set(key, [d]);
  }
  const pairs = new Map<string, string>();
  for (const group of groups.values()) pairGroup(group, pairs);
  return pairs;
}

/** Only deposits of one key can be the same deposit; undefined: this one can be no other's. */
export function pairingKeyOf(d: Omit<PairableDeposit, 'weak'>): string | undefined {
  const subject =
    d.player_id !== null ? `p${d.player_id}` : d.click_id !== null ? `c${d.click_id}` : undefined;
  if (subject === undefined || d.amount === null) return undefined;
  return [d.brand, subject, d.currency, d.amount].join('\0');
}

function pairGroup(group: readonly PairableDeposit[], pairs: Map<string, string>): void {
  const weak = group.filter((d) => d.weak);
  const strong = group.filter((d) => !d.weak);
  const candidates = weak
    .flatMap((w) => strong.map((s) => ({ w: w.conversion_id, s: s.conversion_id, apart: apart(w, s) })))
    .filter((c) => c.apart <= PAIRING_WINDOW_MICROS)
    .sort((a, b) =>
      a.apart < b.apart ? -1 : a.apart > b.apart ? 1 : compareBytes(a.s, b.s) || compareBytes(a.w, b.w),
    );
  const taken = new Set<string>();
  for (const { w, s } of candidates) {
    if (pairs.has(w) || taken.has(s)) continue;
    pairs.set(w, s);
    taken.add(s);
  }
}

function apart(a: PairableDeposit, b: PairableDeposit): bigint {
  const micros = instantToMicros(a.occurred_at) - instantToMicros(b.occurred_at);
  return micros < 0n ? -micros : micros;
}
