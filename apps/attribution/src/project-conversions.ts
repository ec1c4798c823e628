import { compareBytes, type ConversionFact, type DepositPairing } from '#libs/database';
import type { Conversion } from '#libs/events';
import { brandedKey, type Journeys } from './journeys.js';
import { pairDeposits, pairingKeyOf } from './pair-deposits.js';
import { resolveConversion } from './resolve-conversion.js';

/** What the rows of some conversions must be. */
export interface Projection {
  /** Rows to be written. */
  visible: Conversion[];
  /** For every weak deposit among them, whether it stands alone. */
  pairings: Omit<DepositPairing, 'revision'>[];
}

/** Which conversions a change is about. */
export interface Changed {
  /** New: no row depends on them yet. */
  inserted: ReadonlySet<string>;
  /** There before, and different now in any way: in their facts or in their player's journey. */
  updated: ReadonlySet<string>;
}

/**
 * The rows that a change may have touched, a pure function of the facts.
 * @param facts every fact of the changed conversions, and of all deposits of their players
 * @param changed what else changes with them is found here: pairs of weak and strong deposits, and which
 *   deposit is a player's first
 */
export function projectConversions(
  facts: readonly ConversionFact[],
  journeys: Journeys,
  changed: Changed,
): Projection {
  const byId = groupBy(facts, (f) => f.conversion_id);
  const alone = new Map([...byId].map(([id, own]) => [id, resolveConversion(own[0]!, own, journeys)]));
  const isWeak = (id: string): boolean => byId.get(id)!.every((f) => f.weak);
  const deposits = [...alone.values()]
    .filter((c) => c.type === 'deposit')
    .map((c) => ({ ...c, weak: isWeak(c.conversion_id) }));

  const strongOf = pairDeposits(deposits);
  const visible = new Map(alone);
  for (const [strong, pairs] of groupBy([...strongOf], ([, s]) => s)) {
    const weak = pairs.map(([w]) => w);
    const together = [strong, ...weak].flatMap((id) => byId.get(id)!);
    visible.set(strong, resolveConversion(byId.get(strong)![0]!, together, journeys));
    for (const id of weak) visible.delete(id);
  }

  const moved = movedInPairing(deposits, changed);
  const touched = new Set([...changed.inserted, ...changed.updated, ...moved.flat()]);
  const shaken = new Set(
    moved
      .filter((group) => !group.every((id) => changed.inserted.has(id)))
      .flatMap((group) => group.flatMap((id) => [playerOf(alone.get(id)), playerOf(visible.get(id))])),
  );
  for (const group of successfulByPlayer([...visible.values()])) {
    const first = group[0]!;
    visible.set(first.conversion_id, { ...first, is_first_deposit: true });
    const mayHaveLost = changed.updated.size > 0 || shaken.has(playerOf(first));
    for (const id of touchedByFirst(group, touched, mayHaveLost)) touched.add(id);
  }

  const inOrder = [...touched].filter((id) => byId.has(id)).sort(compareBytes);
  return {
    visible: inOrder.flatMap((id) => visible.get(id) ?? []),
    pairings: inOrder
      .filter((id) => alone.get(id)!.type === 'deposit' && isWeak(id))
      .map((id) => ({ conversion_id: id, paired_with: strongOf.get(id) ?? null })),
  };
}

/** Deposits whose pairing the change can have moved, by what can be paired. An updated one may have left any pair of
 * its players; where it is weak, the strong one that it left may have no weak one beside it any more. */
function movedInPairing(
  deposits: readonly (Conversion & { weak: boolean })[],
  { inserted, updated }: Changed,
): string[][] {
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
  group: readonly Conversion[],
  touched: ReadonlySet<string>,
  mayHaveLost: boolean,
): string[] {
  const first = group[0]!.conversion_id;
  if (!mayHaveLost && !touched.has(first)) return [];
  const before = group.find((d) => !touched.has(d.conversion_id))?.conversion_id;
  return before === undefined ? [first] : [first, before];
}

/** Successful deposits of each known player, the earliest first. */
function successfulByPlayer(conversions: readonly Conversion[]): Conversion[][] {
  const successful = conversions.filter((c) => c.type === 'deposit' && c.status === 'approved');
  const groups = groupBy(successful, playerOf);
  return [...groups.values()].map((group) =>
    group.sort(
      (a, b) => compareBytes(a.occurred_at, b.occurred_at) || compareBytes(a.conversion_id, b.conversion_id),
    ),
  );
}

function playerOf(c: Conversion | undefined): string | undefined {
  return c === undefined || c.player_id === null ? undefined : brandedKey(c.brand, c.player_id);
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
