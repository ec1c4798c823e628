import { forEachKind, requiredFields, type EntitySpec } from '#libs/events';

/** A table as it is exported. */
export interface ExportedTable {
  /** The instant that `--from` and `--to` are about; absent where rows have none. */
  instant?: string;
  /** Columns that the order of arrival decides: they are left out, so that the same facts give the same bytes. */
  without: readonly string[];
}

/** What can be exported, by the table's name. */
export const EXPORTED_TABLES: Readonly<Record<string, ExportedTable>> = {
  conversions: { instant: 'occurred_at', without: ['revision'] },
  clicks: { instant: 'occurred_at', without: [] },
  touchpoints: { instant: 'occurred_at', without: [] },
  identity_links: { instant: 'occurred_at', without: [] },
  conversion_facts: { instant: 'occurred_at', without: [] },
  reversals: { instant: 'occurred_at', without: [] },
  deposit_pairings: { without: ['revision'] },
  // Where a record stood and when it was given up are what a dead letter tells: all of it is exported.
  dead_letters: { instant: 'failed_at', without: [] },
  receipts: { instant: 'received_at', without: ['raw_position'] },
  commissions: { without: [] },
  commission_entries: { instant: 'written_at', without: [] },
  statements: { instant: 'closed_at', without: [] },
  statement_lines: { without: [] },
  statement_players: { without: [] },
  statement_facts: { instant: 'occurred_at', without: [] },
  plans: { instant: 'stored_at', without: [] },
  fx_rates: { instant: 'imported_at', without: [] },
  ...Object.fromEntries(Object.values(forEachKind((_kind, spec) => entityTable(spec)))),
};

/** What a product tells of one kind of thing; its instant is its version, else the first that every record has. */
function entityTable({ table, version, fields }: EntitySpec): [string, ExportedTable] {
  const instants = requiredFields(fields).filter((name) => fields[name]!.type === 'instant');
  return [table, { instant: version ?? instants[0]!, without: [] }];
}
