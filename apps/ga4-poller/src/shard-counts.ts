import { Tally } from '#libs/polling';

/** What the pages of a shard have had so far; kept with the checkpoint, so that a reading in several turns is one line. */
export interface ShardCounts {
  pages: number;
  /** Rows of the pages, of interest or not. */
  rows_read: number;
  rows_selected: number;
  rows_by_event: Record<string, number>;
  /** Exact decimals by currency. */
  amounts: Record<string, string>;
  rejected: number;
}

export const NO_COUNTS: ShardCounts = {
  pages: 0,
  rows_read: 0,
  rows_selected: 0,
  rows_by_event: {},
  amounts: {},
  rejected: 0,
};

/** With one more page. @param page its rows of interest */
export function withPage(before: ShardCounts, rowsRead: number, page: Tally): ShardCounts {
  const sum = new Tally();
  sum.addSums(before.rows_by_event, before.amounts);
  sum.addSums(page.rowsByEvent, page.amounts);
  return {
    pages: before.pages + 1,
    rows_read: before.rows_read + rowsRead,
    rows_selected: before.rows_selected + page.selected,
    rows_by_event: sum.rowsByEvent,
    amounts: sum.amounts,
    rejected: before.rejected + page.rejected,
  };
}
