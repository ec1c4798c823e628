import { isConversion, type CanonicalEvent } from '#libs/events';
import type { Ga4Row } from '#libs/ga4';

/** What rows have, counted. */
export class RowFacts {
  rows = 0;
  /** Rows that name no browser or device: no consent. */
  withoutClient = 0;
  purchases = 0;
  purchasesWithoutId = 0;
  purchasesWithoutMoney = 0;
  /** Of purchases; empty for none. */
  readonly currencies = new Map<string, number>();
  /** Conversions that name a click of ours, a user or a player. */
  linked = 0;
  conversions = 0;
  readonly byEvent = new Map<string, number>();

  /** @param shard whose rows they are */
  constructor(readonly shard: string) {}

  /** @param events the canonical events of the row */
  add(row: Ga4Row, events: readonly CanonicalEvent[]): void {
    this.rows++;
    const name = typeof row['event_name'] === 'string' ? row['event_name'] : '';
    this.byEvent.set(name, (this.byEvent.get(name) ?? 0) + 1);
    if (row['user_pseudo_id'] === undefined || row['user_pseudo_id'] === null) this.withoutClient++;
    for (const event of events.filter(isConversion)) {
      this.conversions++;
      if (event.click_id !== undefined || event.user_id !== undefined || event.player_id !== undefined)
        this.linked++;
      if (event.kind !== 'purchase') continue;
      this.purchases++;
      if (event.transaction_id === undefined) this.purchasesWithoutId++;
      if (event.amount === undefined) this.purchasesWithoutMoney++;
      else this.currencies.set(event.currency!, (this.currencies.get(event.currency!) ?? 0) + 1);
    }
  }
}
