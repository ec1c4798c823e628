import type { ConversionRow, Instant } from '#libs/events';
import { at } from './text.js';

/** The earliest approved deposit of a player. */
export interface FirstDeposit {
  conversion_id: string;
  conversion_key: string;
  occurred_at: Instant;
  /** How many approved deposits the player has. */
  of: number;
}

type Deposit = Pick<ConversionRow, 'conversion_id' | 'player_id' | 'status' | 'occurred_at'>;

/** Why a deposit is its player's first, or why not. @param first null: the player has no approved deposit */
export function whyFirstDeposit(row: Deposit, first: FirstDeposit | null): string {
  if (row.player_id === null) return 'nobody knows whose deposit it is';
  if (first?.conversion_id === row.conversion_id) {
    return first.of === 1
      ? `the only approved deposit of player ${row.player_id}`
      : `the earliest of ${first.of} approved deposits of player ${row.player_id}`;
  }
  const own = row.status === 'approved' ? '' : 'only approved deposits count; ';
  if (!first) return `${own}player ${row.player_id} has none`;
  const tie =
    first.occurred_at === row.occurred_at ? ', at the same time but with the lower conversion id' : '';
  return `${own}the first is ${first.conversion_key}, ${at(first.occurred_at)}${tie}`;
}
