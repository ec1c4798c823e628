import type { PoolClient } from 'pg';
import {
  compareBytes,
  insertFormerHolders,
  insertReceipts,
  isUnsettled,
  markUnsettled,
  upsertClicks,
  upsertConversionFacts,
  upsertIdentityLinks,
  upsertReturns,
  upsertTouchpoints,
  type BatchRange,
  type Database,
  type FormerHolder,
  type Identity,
  type IdentityLinkFact,
  type Statement,
  type TouchpointFact,
} from '#libs/database';
import { depositIdsIn, storeEntities } from './entities/store-entities.js';
import type { Facts } from './facts-of-events.js';
import { distinctIdentities, namedBy } from './identity-graph.js';
import type { Change } from './recompute.js';

/**
 * Merges a batch's facts into the database, in one transaction, and says what they may change. Facts that were
 * all there change nothing, so a replay costs little; unless an earlier attempt stopped between its facts and
 * its projections: then everything that the batch tells of counts as changed.
 */
export async function storeFacts(database: Database, range: BatchRange, facts: Facts): Promise<Change> {
  const unsettled = await isUnsettled(database.pool, range);
  const change = await database.transaction(async (client) => {
    const merged = await mergeAll(client, facts);
    if (!isEmpty(merged)) await markUnsettled(client, range);
    return merged;
  });
  return unsettled ? everythingIn(facts) : change;
}

/** Whether nothing has to be recomputed. */
export function isEmpty(change: Change): boolean {
  return [change.inserted, change.updated, change.moved].every((list) => list.length === 0);
}

async function mergeAll(client: PoolClient, facts: Facts): Promise<Change> {
  const run = async <Row>(rows: readonly unknown[], statement: () => Statement): Promise<Row[]> =>
    rows.length === 0 ? [] : ((await client.query(statement())).rows as Row[]);

  await run(facts.receipts, () => insertReceipts(facts.receipts));
  await run(facts.clicks, () => upsertClicks(facts.clicks));
  const touches = await run<Touched>(facts.touchpoints, () => upsertTouchpoints(facts.touchpoints));
  const links = await run<Linked>(facts.links, () => upsertIdentityLinks(facts.links));
  const returns = await run<{ conversion_id: string }>(facts.returns, () => upsertReturns(facts.returns));
  const conversions = await run<StoredSlot>(facts.conversions, () =>
    upsertConversionFacts(facts.conversions),
  );
  const deposits = await storeEntities(client, facts.entities);
  const holders = formerHoldersOf(conversions, deposits.holders);
  await run(holders, () => insertFormerHolders(holders));
  return {
    inserted: [...conversions.filter((c) => c.inserted).map((c) => c.conversion_id), ...deposits.inserted],
    updated: [
      ...[...conversions.filter((c) => !c.inserted), ...returns].map((c) => c.conversion_id),
      ...deposits.updated,
    ],
    moved: movedBy(touches, links),
  };
}

/** A slot that is new or has changed, and who held the conversion by its last word. */
interface StoredSlot {
  conversion_id: string;
  brand: string;
  inserted: boolean;
  previous_player_id: string | null;
  previous_click_id: string | null;
  previous_client_id: string | null;
  previous_user_id: string | null;
}

function formerHoldersOf(slots: readonly StoredSlot[], others: readonly FormerHolder[]): FormerHolder[] {
  const holders = new Map<string, FormerHolder>();
  const add = (h: FormerHolder): void => {
    const named = [h.player_id, h.click_id, h.client_id, h.user_id];
    if (named.some((id) => id !== '')) holders.set([h.conversion_id, ...named].join('\0'), h);
  };
  others.forEach(add);
  for (const slot of slots) {
    add({
      conversion_id: slot.conversion_id,
      brand: slot.brand,
      player_id: slot.previous_player_id ?? '',
      click_id: slot.previous_click_id ?? '',
      client_id: slot.previous_client_id ?? '',
      user_id: slot.previous_user_id ?? '',
    });
  }
  return [...holders].sort(([a], [b]) => compareBytes(a, b)).map(([, holder]) => holder);
}

function everythingIn(facts: Facts): Change {
  return {
    inserted: [],
    updated: [
      ...[...facts.conversions, ...facts.returns].map((f) => f.conversion_id),
      ...depositIdsIn(facts.entities),
    ],
    moved: movedBy(facts.touchpoints, facts.links),
  };
}

type Touched = Pick<TouchpointFact, 'brand' | 'click_id' | 'client_id' | 'user_id' | 'player_id'>;
type Linked = Pick<IdentityLinkFact, 'brand' | 'left_kind' | 'left_id' | 'right_kind' | 'right_id'>;

/** Whose journeys the touches and links are part of. */
function movedBy(touches: readonly Touched[], links: readonly Linked[]): Identity[] {
  return distinctIdentities([
    ...touches.flatMap(namedBy),
    ...links.flatMap((l): Identity[] => [
      { brand: l.brand, kind: l.left_kind, id: l.left_id },
      { brand: l.brand, kind: l.right_kind, id: l.right_id },
    ]),
  ]);
}
