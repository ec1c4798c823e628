import type { EntityTarget } from 'typeorm';
import {
  ClickEntity,
  ConversionEntity,
  ConversionFactEntity,
  DeadLetterEntity,
  DepositPairingEntity,
  IdentityLinkEntity,
  PRODUCT_ENTITIES,
  ReceiptEntity,
  ReversalEntity,
  TouchpointEntity,
} from '#libs/database';
import { forEachKind, requiredFields, type EntityKind, type EntitySpec } from '#libs/events';

/** A table as it is exported. */
export interface ExportedTable {
  entity: EntityTarget<object>;
  /** The instant that `--from` and `--to` are about; absent where rows have none. */
  instant?: string;
  /** Columns that the order of arrival decides: they are left out, so that the same facts give the same bytes. */
  without: readonly string[];
}

/** What can be exported, by name. */
export const EXPORTED_TABLES: Readonly<Record<string, ExportedTable>> = {
  conversions: { entity: ConversionEntity, instant: 'occurred_at', without: ['revision'] },
  clicks: { entity: ClickEntity, instant: 'occurred_at', without: [] },
  touchpoints: { entity: TouchpointEntity, instant: 'occurred_at', without: [] },
  identity_links: { entity: IdentityLinkEntity, instant: 'occurred_at', without: [] },
  conversion_facts: { entity: ConversionFactEntity, instant: 'occurred_at', without: [] },
  reversals: { entity: ReversalEntity, instant: 'occurred_at', without: [] },
  deposit_pairings: { entity: DepositPairingEntity, without: ['revision'] },
  // Where a record stood and when it was given up are what a dead letter tells: all of it is exported.
  dead_letters: { entity: DeadLetterEntity, instant: 'failed_at', without: [] },
  receipts: { entity: ReceiptEntity, instant: 'received_at', without: ['raw_position'] },
  ...Object.fromEntries(Object.values(forEachKind(entityTable))),
};

/** What a product tells of one kind of thing; its instant is its version, else the first that every record has. */
function entityTable(kind: EntityKind, { table, version, fields }: EntitySpec): [string, ExportedTable] {
  const instants = requiredFields(fields).filter((name) => fields[name]!.type === 'instant');
  return [table, { entity: PRODUCT_ENTITIES[kind], instant: version ?? instants[0]!, without: [] }];
}
