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
  upsertTouchpoints,
  type BatchRange,
  type BrandedId,
  type Database,
  type FormerHolder,
  type Statement,
} from '#libs/database';
import type { Facts } from './facts-of-events.js';
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
  return [change.inserted, change.updated, change.players, change.clicks].every((list) => list.length === 0);
}

async function mergeAll(client: PoolClient, facts: Facts): Promise<Change> {
  const run = async <Row>(rows: readonly unknown[], statement: () => Statement): Promise<Row[]> =>
    rows.length === 0 ? [] : ((await client.query(statement())).rows as Row[]);

  await run(facts.receipts, () => insertReceipts(facts.receipts));
  await run(facts.clicks, () => upsertClicks(facts.clicks));
  const touches = await run<{ brand: string; click_id: string | null; player_id: string | null }>(
    facts.touchpoints,
    () => upsertTouchpoints(facts.touchpoints),
  );
  const links = await run<{ brand: string; click_id: string; player_id: string }>(facts.links, () =>
    upsertIdentityLinks(facts.links),
  );
  const conversions = await run<StoredSlot>(facts.conversions, () =>
    upsertConversionFacts(facts.conversions),
  );
  const holders = formerHoldersOf(conversions);
  await run(holders, () => insertFormerHolders(holders));
  return {
    inserted: conversions.filter((c) => c.inserted).map((c) => c.conversion_id),
    updated: conversions.filter((c) => !c.inserted).map((c) => c.conversion_id),
    ...movedBy([...touches, ...links]),
  };
}

/** A slot that is new or has changed, and who held the conversion by its last word. */
interface StoredSlot {
  conversion_id: string;
  inserted: boolean;
  previous_player_id: string | null;
  previous_click_id: string | null;
}

function formerHoldersOf(slots: readonly StoredSlot[]): FormerHolder[] {
  const holders = new Map<string, FormerHolder>();
  for (const { conversion_id, previous_player_id, previous_click_id } of slots) {
    if (previous_player_id === null && previous_click_id === null) continue;
    const [player_id, click_id] = [previous_player_id ?? '', previous_click_id ?? ''];
    holders.set(`${conversion_id}\0${player_id}\0${click_id}`, { conversion_id, player_id, click_id });
  }
  return [...holders].sort(([a], [b]) => compareBytes(a, b)).map(([, holder]) => holder);
}

function everythingIn(facts: Facts): Change {
  return {
    inserted: [],
    updated: facts.conversions.map((f) => f.conversion_id),
    ...movedBy([...facts.touchpoints, ...facts.links]),
  };
}

/** Players and clicks whose journeys the touches and links are part of. */
function movedBy(
  rows: readonly { brand: string; click_id: string | null; player_id: string | null }[],
): Pick<Change, 'players' | 'clicks'> {
  const idsOf = (column: 'click_id' | 'player_id'): BrandedId[] =>
    rows.flatMap((r) => (r[column] === null ? [] : [{ brand: r.brand, id: r[column] }]));
  return { players: idsOf('player_id'), clicks: idsOf('click_id') };
}
