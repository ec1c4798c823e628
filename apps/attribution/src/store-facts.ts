import type { PoolClient } from 'pg';
import {
  IDENTITY_KINDS,
  compareBytes,
  insertFormerHolders,
  insertFormerTouches,
  instantOf,
  markUnsettled,
  upsertClicks,
  upsertConversionFacts,
  upsertIdentityLinks,
  upsertReceipts,
  upsertReturns,
  upsertTouchpoints,
  type BatchRange,
  type Database,
  type FormerHolder,
  type FormerTouch,
  type IdentityKind,
  type Statement,
} from '#libs/database';
import {
  depositIdsIn,
  entityStatements,
  storeEntities,
  type EntityStatement,
} from './entities/store-entities.js';
import type { Facts } from './facts-of-events.js';
import type { LinkEnds } from './identity-graph.js';
import type { MovedTouch } from './moved-conversions.js';
import type { Change } from './recompute.js';

/** What a batch's facts ask of the database. */
export interface Merge {
  /** By what they write; absent where there is nothing to write. */
  statements: Partial<Record<Written, Statement>>;
  /** In one order, so that writers of the same tables do not deadlock. */
  entities: EntityStatement[];
  /** What may have changed whatever the database says. */
  unsettled: Change | undefined;
}

type Written = Exclude<keyof Facts, 'entities'>;

const STATEMENT_OF: { [W in Written]: (rows: Facts[W]) => Statement } = {
  receipts: upsertReceipts,
  clicks: upsertClicks,
  touchpoints: upsertTouchpoints,
  links: upsertIdentityLinks,
  returns: upsertReturns,
  conversions: upsertConversionFacts,
};

/**
 * The statements that merge a batch's facts.
 * @param unsettled whether an earlier attempt stopped between its facts and its projections: then everything that the
 * batch tells of counts as changed
 */
export function mergeOf(facts: Facts, unsettled: boolean): Merge {
  const statements: Merge['statements'] = {};
  const write = <W extends Written>(written: W): void => {
    if (facts[written].length > 0) statements[written] = STATEMENT_OF[written](facts[written]);
  };
  (Object.keys(STATEMENT_OF) as Written[]).forEach(write);
  return {
    statements,
    entities: entityStatements(facts.entities),
    unsettled: unsettled ? everythingIn(facts) : undefined,
  };
}

/**
 * Merges a batch's facts into the database, in one transaction, and says what they may change. Facts that were
 * all there change nothing, so a replay costs little.
 */
export async function storeFacts(database: Database, range: BatchRange, merge: Merge): Promise<Change> {
  const change = await database.transaction(async (client) => {
    const merged = await mergeAll(client, merge);
    if (!isEmpty(merged)) await markUnsettled(client, range);
    return merged;
  });
  return merge.unsettled ?? change;
}

/** Whether nothing has to be recomputed. */
export function isEmpty(change: Change): boolean {
  return [change.inserted, change.updated, change.links, change.touches].every((list) => list.length === 0);
}

async function mergeAll(client: PoolClient, { statements, entities }: Merge): Promise<Change> {
  const run = async <Row>(written: Written): Promise<Row[]> => {
    const statement = statements[written];
    return statement === undefined ? [] : ((await client.query(statement)).rows as Row[]);
  };

  await run('receipts');
  await run('clicks');
  const touches = await run<StoredTouch>('touchpoints');
  const formerTouches = formerTouchesOf(touches);
  if (formerTouches.length > 0) await client.query(insertFormerTouches(formerTouches));
  const links = await run<LinkEnds>('links');
  const returns = await run<{ conversion_id: string }>('returns');
  const conversions = await run<StoredSlot>('conversions');
  const deposits = await storeEntities(client, entities);
  const holders = formerHoldersOf(conversions, deposits.holders);
  if (holders.length > 0) await client.query(insertFormerHolders(holders));
  return {
    inserted: [...conversions.filter((c) => c.inserted).map((c) => c.conversion_id), ...deposits.inserted],
    updated: [
      ...[...conversions.filter((c) => !c.inserted), ...returns].map((c) => c.conversion_id),
      ...deposits.updated,
    ],
    links,
    touches: touches.map((t) => ({ ...t, occurred_at: instantOf(t.occurred_at) })),
  };
}

/** Whose something was by the word that no longer stands. */
type Previous = Record<`previous_${IdentityKind}_id`, string | null>;

/** The same as columns; empty where nobody was named. */
function formerIdentities(previous: Previous): Record<`${IdentityKind}_id`, string> {
  return {
    click_id: previous.previous_click_id ?? '',
    client_id: previous.previous_client_id ?? '',
    user_id: previous.previous_user_id ?? '',
    player_id: previous.previous_player_id ?? '',
  };
}

/** A touch that is new or has changed, and whose it was, and when, by its last word. */
interface StoredTouch extends MovedTouch, Previous {
  /** As `instantText` has it; null: it has had no other telling. */
  previous_occurred_at: string | null;
}

/** Whose the touches are no longer, or not only, and those that were earlier. */
function formerTouchesOf(touches: readonly StoredTouch[]): FormerTouch[] {
  const formers = touches.flatMap((t): FormerTouch[] => {
    if (t.previous_occurred_at === null) return [];
    const occurred_at = instantOf(t.previous_occurred_at);
    const isLost =
      occurred_at < instantOf(t.occurred_at) ||
      IDENTITY_KINDS.some((kind) => (t[`previous_${kind}_id`] ?? t[`${kind}_id`]) !== t[`${kind}_id`]);
    return isLost ? [{ brand: t.brand, touch_id: t.touch_id, ...formerIdentities(t), occurred_at }] : [];
  });
  return formers.sort((a, b) => compareBytes(a.touch_id, b.touch_id) || compareBytes(a.brand, b.brand));
}

/** A slot that is new or has changed, and who held the conversion by its last word. */
interface StoredSlot extends Previous {
  conversion_id: string;
  brand: string;
  inserted: boolean;
  /** As `instantText` has it; null: it has had no other word. */
  previous_occurred_at: string | null;
}

function formerHoldersOf(slots: readonly StoredSlot[], others: readonly FormerHolder[]): FormerHolder[] {
  const holders = new Map<string, FormerHolder>();
  const add = (h: FormerHolder): void => {
    const key = [h.conversion_id, h.player_id, h.click_id, h.client_id, h.user_id, h.occurred_at].join('\0');
    holders.set(key, h);
  };
  others.forEach(add);
  for (const slot of slots) {
    if (slot.previous_occurred_at === null) continue;
    add({
      conversion_id: slot.conversion_id,
      brand: slot.brand,
      ...formerIdentities(slot),
      occurred_at: instantOf(slot.previous_occurred_at),
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
    links: facts.links,
    touches: facts.touchpoints.map((t) => ({ ...t, inserted: false })),
  };
}
