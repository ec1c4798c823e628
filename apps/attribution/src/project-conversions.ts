import { compareBytes, type ConversionFact, type DepositPairing, type ReturnFact } from '#libs/database';
import { instantDaysAfter, instantDaysBefore, type Conversion, type Instant } from '#libs/events';
import { identityKey } from './identity-graph.js';
import type { Journeys } from './journeys.js';
import { PAIRING_WINDOW_DAYS, pairDeposits, pairingKeyOf, type PairableDeposit } from './pair-deposits.js';
import { completeRow, mergeFacts, type MergedFacts, type PlayerFinder } from './resolve-conversion.js';

/** What the rows of some conversions must be. */
export interface Projection {
  /** Rows to be written. */
  visible: Conversion[];
  /** For every weak deposit among them, whether it stands alone. */
  pairings: Omit<DepositPairing, 'revision'>[];
  /** Conversions of which no source tells any more. */
  gone: string[];
}

/** Which rows are to be written. */
export interface Plan extends Omit<Projection, 'visible'> {
  rows: PlannedRow[];
  /** Players whose first deposit may be one that is not among the facts. */
  uncertain: string[];
}

/** A row that is to be written, and what its facts come to. */
export interface PlannedRow {
  facts: readonly ConversionFact[];
  returns: readonly ReturnFact[];
  merged: MergedFacts;
  isFirstDeposit: boolean;
}

/** Which conversions a change is about. */
export interface Changed {
  /** New: no row depends on them yet. */
  inserted: ReadonlySet<string>;
  /** There before, and different now in any way: in their facts or in their player's journey. */
  updated: ReadonlySet<string>;
  /** When the updated ones happened by words that no longer stand. */
  formerTimes: ReadonlyMap<string, readonly Instant[]>;
  /** Whose the updated deposits may be or have been (by `identityKey`). */
  holders: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What is known of the conversions that a change may have touched. */
export interface KnownFacts {
  /** Every fact of the changed conversions, of deposits that may be pairs of theirs, and of their players' earliest. */
  facts: readonly ConversionFact[];
  /** Every refund and reversal of them. */
  returns: readonly ReturnFact[];
  /** Whose deposits are known (by `identityKey`); of others some may be among the facts, and are left alone. */
  owners: ReadonlySet<string>;
  /** Of which players (by `playerKey`) only the deposits before an instant are known. */
  knownBefore: ReadonlyMap<string, Instant>;
}

/** One key for a brand's player. */
export const playerKey = (brand: string, playerId: string): string => `${brand}\0${playerId}`;

/** A deposit as far as pairs and first deposits need it. */
interface Deposit extends PairableDeposit {
  status: Conversion['status'];
}

/**
 * Which rows a change may have touched, a pure function of the facts: what has changed, and what else changes with
 * it, pairs of weak and strong deposits, and which deposit is a player's first.
 */
export function planProjection(known: KnownFacts, players: PlayerFinder, changed: Changed): Plan {
  const factsOf = groupBy(known.facts, (f) => f.conversion_id);
  const returnsOf = groupBy(known.returns, (r) => r.conversion_id);
  const mergedOf = new Map<string, MergedFacts>();
  const merge = (id: string, together: readonly string[] = [id]): MergedFacts => {
    const { facts, returns } = gather(together, factsOf, returnsOf);
    const merged = mergeFacts(facts[0]!.brand, facts, returns, players);
    mergedOf.set(id, merged);
    return merged;
  };
  const depositOf = (id: string, together?: readonly string[]): Deposit => {
    const facts = factsOf.get(id)!;
    return depositFrom(id, isWeak(facts), facts[0]!.brand, merge(id, together));
  };
  const alone = new Map<string, Deposit>();
  for (const [id, [fact]] of factsOf) {
    if (fact!.type !== 'deposit') continue;
    const deposit = depositOf(id);
    if (isOwned(deposit, known.owners)) alone.set(id, deposit);
  }

  const strongOf = pairDeposits([...alone.values()]);
  const visible = new Map(alone);
  const partsOf = new Map<string, string[]>();
  for (const [strong, pairs] of groupBy([...strongOf], ([, s]) => s)) {
    const weak = pairs.map(([w]) => w);
    partsOf.set(strong, [strong, ...weak]);
    visible.set(strong, depositOf(strong, [strong, ...weak]));
    for (const id of weak) visible.delete(id);
  }

  const moved = movedInPairing([...alone.values()], factsOf, changed);
  const touched = new Set([...changed.inserted, ...changed.updated, ...moved.flat()]);
  const shaken = new Set(
    moved
      .filter((group) => !group.every((id) => changed.inserted.has(id)))
      .flatMap((group) => group.flatMap((id) => [playerOf(alone.get(id)), playerOf(visible.get(id))])),
  );
  const firsts = new Set<string>();
  const certain = new Set<string>();
  for (const [player, group] of successfulByPlayer([...visible.values()])) {
    const first = group[0]!;
    const mayHaveLost = changed.updated.size > 0 || shaken.has(player);
    const last = lastNeeded(group, touched, mayHaveLost);
    const before = known.knownBefore.get(player);
    if (before === undefined || (last !== undefined && last.occurred_at < before)) certain.add(player);
    firsts.add(first.conversion_id);
    for (const id of touchedByFirst(group, touched, mayHaveLost)) touched.add(id);
  }

  const inOrder = [...touched].sort(compareBytes);
  const there = inOrder.filter((id) => factsOf.has(id));
  return {
    rows: there
      .filter((id) => !strongOf.has(id))
      .map((id) => {
        const { facts, returns } = gather(partsOf.get(id) ?? [id], factsOf, returnsOf);
        return { facts, returns, merged: mergedOf.get(id) ?? merge(id), isFirstDeposit: firsts.has(id) };
      }),
    pairings: there
      .filter((id) => alone.get(id)?.weak)
      .map((id) => ({ conversion_id: id, paired_with: strongOf.get(id) ?? null })),
    gone: inOrder.filter((id) => !factsOf.has(id)),
    uncertain: [...known.knownBefore.keys()].filter((player) => !certain.has(player)),
  };
}

/** The rows of a plan.
 * @param journeys knows every touch and link that their journeys are made of */
export function resolvePlan({ rows, pairings, gone }: Plan, journeys: Journeys): Projection {
  return {
    visible: rows.map(({ facts, returns, merged, isFirstDeposit }) => {
      const row = completeRow(facts[0]!, facts, returns, merged, journeys);
      row.is_first_deposit = isFirstDeposit;
      return row;
    }),
    pairings,
    gone,
  };
}

/** Whether all that a deposit can be paired with is known. */
function isOwned(deposit: Deposit, owners: ReadonlySet<string>): boolean {
  const subject = subjectOf(deposit);
  return subject === undefined || owners.has(subject);
}

/** Whether a conversion is told without a transaction id by all who tell of it. */
export function isWeak(facts: readonly ConversionFact[]): boolean {
  return facts.every((f) => f.weak);
}

function gather(
  ids: readonly string[],
  factsOf: ReadonlyMap<string, ConversionFact[]>,
  returnsOf: ReadonlyMap<string, ReturnFact[]>,
): { facts: ConversionFact[]; returns: ReturnFact[] } {
  if (ids.length === 1) return { facts: factsOf.get(ids[0]!)!, returns: returnsOf.get(ids[0]!) ?? [] };
  return {
    facts: ids.flatMap((id) => factsOf.get(id)!),
    returns: ids.flatMap((id) => returnsOf.get(id) ?? []),
  };
}

function depositFrom(conversion_id: string, weak: boolean, brand: string, merged: MergedFacts): Deposit {
  const { player_id, click_id, amount, currency, occurred_at, status } = merged;
  return { conversion_id, brand, player_id, click_id, amount, currency, occurred_at, status, weak };
}

/**
 * Deposits whose pairing the change can have moved: those that the changed ones can be paired with, directly or
 * through others. An updated one may have left a pair: whatever lies near it, by any word that was ever told of it, and
 * is of somebody whose it may have been.
 */
function movedInPairing(
  deposits: readonly Deposit[],
  factsOf: ReadonlyMap<string, readonly ConversionFact[]>,
  { inserted, updated, formerTimes, holders }: Changed,
): string[][] {
  if (!deposits.some((d) => d.weak) && [...updated].every((id) => factsOf.has(id))) return [];
  const bySubject = groupBy(
    deposits.toSorted((a, b) => compareBytes(a.occurred_at, b.occurred_at)),
    subjectOf,
  );
  const seeds = new Set([...inserted, ...updated]);
  for (const id of updated) {
    const facts = factsOf.get(id) ?? [];
    const times = [...facts.map((f) => f.occurred_at), ...(formerTimes.get(id) ?? [])];
    for (const subject of holders.get(id) ?? []) {
      const theirs = bySubject.get(subject);
      if (theirs === undefined) continue;
      for (const at of times) {
        const [from, to] = [
          instantDaysBefore(at, PAIRING_WINDOW_DAYS),
          instantDaysAfter(at, PAIRING_WINDOW_DAYS),
        ];
        for (const d of within(theirs, from, to)) {
          if (facts.length === 0 || d.weak !== isWeak(facts)) seeds.add(d.conversion_id);
        }
      }
    }
  }
  return [...groupBy(deposits, pairingKeyOf).values()]
    .filter((group) => group.length > 1 && group.some((d) => d.weak))
    .flatMap((group) => connected(group))
    .concat(deposits.filter((d) => seeds.has(d.conversion_id)).map((d) => [d]))
    .filter((some) => some.some((d) => seeds.has(d.conversion_id)))
    .map((some) => some.map((d) => d.conversion_id));
}

/** Whose a deposit is, as pairing has it: its player's, else its click's. By `identityKey`. */
function subjectOf({ brand, player_id, click_id }: Deposit): string | undefined {
  if (player_id !== null) return identityKey({ brand, kind: 'player', id: player_id });
  return click_id === null ? undefined : identityKey({ brand, kind: 'click', id: click_id });
}

/** Weak and strong deposits of one key that lie near each other, and whoever lies near those. */
function connected(group: readonly Deposit[]): Deposit[][] {
  const strong = group.filter((d) => !d.weak).sort((a, b) => compareBytes(a.occurred_at, b.occurred_at));
  const parts: Deposit[][] = [];
  const partOf = new Map<Deposit, Deposit[]>();
  for (const w of group.filter((d) => d.weak)) {
    const from = instantDaysBefore(w.occurred_at, PAIRING_WINDOW_DAYS);
    const to = instantDaysAfter(w.occurred_at, PAIRING_WINDOW_DAYS);
    const part: Deposit[] = [w];
    for (const s of within(strong, from, to)) {
      const there = partOf.get(s);
      if (there === part) continue;
      const more = there ?? [s];
      for (const d of more) {
        partOf.set(d, part);
        part.push(d);
      }
      if (there) parts.splice(parts.indexOf(there), 1);
    }
    partOf.set(w, part);
    parts.push(part);
  }
  return parts;
}

/** The deposits of a time, both ends inclusive. @param byTime the earliest first */
function within(byTime: readonly Deposit[], from: Instant, to: Instant): Deposit[] {
  let low = 0;
  let high = byTime.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byTime[middle]!.occurred_at < from) low = middle + 1;
    else high = middle;
  }
  const found: Deposit[] = [];
  for (let i = low; i < byTime.length && byTime[i]!.occurred_at <= to; i++) found.push(byTime[i]!);
  return found;
}

/**
 * The deposit up to which a player's must be known to say what `touchedByFirst` says: the earliest that the change has
 * not touched.
 * @returns undefined: it is not among them
 */
function lastNeeded(
  group: readonly Deposit[],
  touched: ReadonlySet<string>,
  mayHaveLost: boolean,
): Deposit | undefined {
  if (!mayHaveLost && !touched.has(group[0]!.conversion_id)) return group[0];
  return group.find((d) => !touched.has(d.conversion_id));
}

/**
 * Deposits that the change can have made a player's first, or no longer the first. Of those that it has not touched
 * only the earliest can have been the first before.
 * @param mayHaveLost whether some deposit may stand later than before, or no more
 */
function touchedByFirst(
  group: readonly Deposit[],
  touched: ReadonlySet<string>,
  mayHaveLost: boolean,
): string[] {
  const first = group[0]!.conversion_id;
  if (!mayHaveLost && !touched.has(first)) return [];
  const before = group.find((d) => !touched.has(d.conversion_id))?.conversion_id;
  return before === undefined ? [first] : [first, before];
}

/** Successful deposits of each known player, the earliest first. */
function successfulByPlayer(deposits: readonly Deposit[]): [string, Deposit[]][] {
  const successful = deposits.filter((d) => d.status === 'approved');
  const groups = groupBy(successful, playerOf);
  for (const group of groups.values()) {
    group.sort(
      (a, b) => compareBytes(a.occurred_at, b.occurred_at) || compareBytes(a.conversion_id, b.conversion_id),
    );
  }
  return [...groups];
}

function playerOf(d: Deposit | undefined): string | undefined {
  return d === undefined || d.player_id === null ? undefined : playerKey(d.brand, d.player_id);
}

/** Items by key, those without one left out. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
