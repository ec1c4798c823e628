import { compareBytes, type ConversionFact, type DepositPairing, type ReturnFact } from '#libs/database';
import type { Conversion } from '#libs/events';
import type { Journeys } from './journeys.js';
import { pairDeposits, pairingKeyOf, type PairableDeposit } from './pair-deposits.js';
import { mergeFacts, resolveConversion, type MergedFacts } from './resolve-conversion.js';

/** What the rows of some conversions must be. */
export interface Projection {
  /** Rows to be written. */
  visible: Conversion[];
  /** For every weak deposit among them, whether it stands alone. */
  pairings: Omit<DepositPairing, 'revision'>[];
  /** Conversions of which no source tells any more. */
  gone: string[];
}

/** Which conversions a change is about. */
export interface Changed {
  /** New: no row depends on them yet. */
  inserted: ReadonlySet<string>;
  /** There before, and different now in any way: in their facts or in their player's journey. */
  updated: ReadonlySet<string>;
}

/** What is known of the conversions that a change may have touched. */
export interface KnownFacts {
  /** Every fact of the changed conversions, and of all deposits of their players. */
  facts: readonly ConversionFact[];
  /** Every refund and reversal of them. */
  returns: readonly ReturnFact[];
  journeys: Journeys;
}

/** A deposit as far as pairs and first deposits need it. */
interface Deposit extends PairableDeposit {
  status: Conversion['status'];
}

/**
 * The rows that a change may have touched, a pure function of the facts.
 * @param changed what else changes with them is found here: pairs of weak and strong deposits, and which
 *   deposit is a player's first
 */
export function projectConversions(known: KnownFacts, changed: Changed): Projection {
  const { journeys } = known;
  const factsOf = groupBy(known.facts, (f) => f.conversion_id);
  const returnsOf = groupBy(known.returns, (r) => r.conversion_id);
  const isWeak = (id: string): boolean => factsOf.get(id)!.every((f) => f.weak);
  const depositOf = (id: string, together: readonly string[] = [id]): Deposit => {
    const { facts, returns } = gather(together, factsOf, returnsOf);
    const { brand } = facts[0]!;
    return depositFrom(id, brand, isWeak(id), mergeFacts(brand, facts, returns, journeys));
  };
  const alone = new Map(
    [...factsOf].flatMap(([id, [fact]]) => (fact!.type === 'deposit' ? [[id, depositOf(id)]] : [])),
  );

  const strongOf = pairDeposits([...alone.values()]);
  const visible = new Map(alone);
  const partsOf = new Map<string, string[]>();
  for (const [strong, pairs] of groupBy([...strongOf], ([, s]) => s)) {
    const weak = pairs.map(([w]) => w);
    partsOf.set(strong, [strong, ...weak]);
    visible.set(strong, depositOf(strong, [strong, ...weak]));
    for (const id of weak) visible.delete(id);
  }

  const moved = movedInPairing([...alone.values()], changed);
  const touched = new Set([...changed.inserted, ...changed.updated, ...moved.flat()]);
  const shaken = new Set(
    moved
      .filter((group) => !group.every((id) => changed.inserted.has(id)))
      .flatMap((group) => group.flatMap((id) => [playerOf(alone.get(id)), playerOf(visible.get(id))])),
  );
  const firsts = new Set<string>();
  for (const group of successfulByPlayer([...visible.values()])) {
    const first = group[0]!;
    firsts.add(first.conversion_id);
    const mayHaveLost = changed.updated.size > 0 || shaken.has(playerOf(first));
    for (const id of touchedByFirst(group, touched, mayHaveLost)) touched.add(id);
  }

  const inOrder = [...touched].sort(compareBytes);
  const there = inOrder.filter((id) => factsOf.has(id));
  return {
    visible: there
      .filter((id) => !strongOf.has(id))
      .map((id) => {
        const { facts, returns } = gather(partsOf.get(id) ?? [id], factsOf, returnsOf);
        const row = resolveConversion(facts[0]!, facts, returns, journeys);
        row.is_first_deposit = firsts.has(id);
        return row;
      }),
    pairings: there
      .filter((id) => alone.get(id)?.weak)
      .map((id) => ({ conversion_id: id, paired_with: strongOf.get(id) ?? null })),
    gone: inOrder.filter((id) => !factsOf.has(id)),
  };
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

function depositFrom(conversion_id: string, brand: string, weak: boolean, merged: MergedFacts): Deposit {
  const { player_id, click_id, amount, currency, occurred_at, status } = merged;
  return { conversion_id, brand, player_id, click_id, amount, currency, occurred_at, status, weak };
}

/** Deposits whose pairing the change can have moved, by what can be paired. An updated one may have left any pair of
 * its players; where it is weak, the strong one that it left may have no weak one beside it any more. */
function movedInPairing(deposits: readonly Deposit[], { inserted, updated }: Changed): string[][] {
  const mayHaveLeft = deposits.some((d) => d.weak && updated.has(d.conversion_id));
  return [...groupBy(deposits, pairingKeyOf).values()]
    .filter((group) => mayHaveLeft || group.some((d) => d.weak))
    .filter((group) => updated.size > 0 || group.some((d) => inserted.has(d.conversion_id)))
    .map((group) => group.map((d) => d.conversion_id));
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
function successfulByPlayer(deposits: readonly Deposit[]): Deposit[][] {
  const successful = deposits.filter((d) => d.status === 'approved');
  const groups = groupBy(successful, playerOf);
  return [...groups.values()].map((group) =>
    group.sort(
      (a, b) => compareBytes(a.occurred_at, b.occurred_at) || compareBytes(a.conversion_id, b.conversion_id),
    ),
  );
}

function playerOf(d: Deposit | undefined): string | undefined {
  return d === undefined || d.player_id === null ? undefined : `${d.brand}\0${d.player_id}`;
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
