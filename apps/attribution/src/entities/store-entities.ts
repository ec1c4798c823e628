import type { PoolClient } from 'pg';
import {
  instantOf,
  upsertEntityRows,
  type FormerHolder,
  type Statement,
  type StoredTransaction,
} from '#libs/database';
import type { EntityKind } from '#libs/events';
import { depositIdOf } from './entity-row-of.js';
import type { EntityRows } from './entity-rows-of-events.js';

/** What records of transactions changed among conversions. */
export interface ChangedDeposits {
  /** Conversions of transactions that are deposits for the first time. */
  inserted: string[];
  /** Conversions of deposits that have changed, or are none any more. */
  updated: string[];
  /** Whose the latter were, and when. */
  holders: FormerHolder[];
}

/** What writes a batch's records of one kind. */
export interface EntityStatement {
  kind: EntityKind;
  statement: Statement;
}

/** The statements that merge a batch's records into their tables. */
export function entityStatements(entities: readonly EntityRows[]): EntityStatement[] {
  return entities.map(({ kind, rows }) => ({ kind, statement: upsertEntityRows(kind)(rows) }));
}

/** Merges a batch's records into their tables, and says which deposits they change. */
export async function storeEntities(
  client: PoolClient,
  statements: readonly EntityStatement[],
): Promise<ChangedDeposits> {
  const transactions: StoredTransaction[] = [];
  for (const { kind, statement } of statements) {
    const { rows: stored } = await client.query<StoredTransaction>(statement);
    if (kind === 'transaction') transactions.push(...stored);
  }
  return changedDeposits(transactions);
}

/** What became of the deposits among transactions that are new or have changed. */
export function changedDeposits(transactions: readonly StoredTransaction[]): ChangedDeposits {
  const changed: ChangedDeposits = { inserted: [], updated: [], holders: [] };
  for (const t of transactions) {
    if (t.previous_conversion_id === null) {
      if (t.conversion_id !== null) changed.inserted.push(t.conversion_id);
      continue;
    }
    changed.updated.push(t.previous_conversion_id);
    if (t.previous_player_id === null || t.previous_created_at === null) continue;
    changed.holders.push({
      conversion_id: t.previous_conversion_id,
      brand: t.brand,
      player_id: t.previous_player_id,
      ...{ click_id: '', client_id: '', user_id: '' },
      occurred_at: instantOf(t.previous_created_at),
    });
  }
  return changed;
}

/** Conversions of every transaction in the batch, those that are no deposits now included: they may have been. */
export function depositIdsIn(entities: readonly EntityRows[]): string[] {
  const transactions = entities.find(({ kind }) => kind === 'transaction')?.rows ?? [];
  return transactions.map(
    ({ brand, record, conversion_id }) => conversion_id ?? depositIdOf(brand, (record as { id: string }).id),
  );
}
