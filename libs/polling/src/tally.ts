import { MAX_SCALE, amountOfUnits, unitsOf } from '#libs/events';

/** What a record means. */
export interface ToldRecord {
  events: { kind: string; amount?: string | undefined; currency?: string | undefined }[];
  /** Whether the mapping refuses it, or a part of it. */
  rejected: boolean;
}

/** What the ledger says of the records of a slice, counted while they pass. */
export class Tally {
  private readonly kinds = new Map<string, number>();
  private readonly units = new Map<string, bigint>();
  selected = 0;
  rejected = 0;
  monotoneViolations = 0;

  add({ events, rejected }: ToldRecord, goesBack: boolean): void {
    this.selected++;
    if (rejected) this.rejected++;
    if (goesBack) this.monotoneViolations++;
    for (const { kind, amount, currency } of events) {
      this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
      if (amount === undefined || currency === undefined) continue;
      this.units.set(currency, (this.units.get(currency) ?? 0n) + unitsOf(amount, MAX_SCALE));
    }
  }

  /** Adds what another tally has counted: events by kind, exact decimals by currency. */
  addSums(rowsByEvent: Record<string, number>, amounts: Record<string, string>): void {
    for (const [kind, n] of Object.entries(rowsByEvent))
      this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + n);
    for (const [currency, amount] of Object.entries(amounts)) {
      this.units.set(currency, (this.units.get(currency) ?? 0n) + unitsOf(amount, MAX_SCALE));
    }
  }

  get rowsByEvent(): Record<string, number> {
    return Object.fromEntries([...this.kinds].sort());
  }

  /** Exact decimals by currency. */
  get amounts(): Record<string, string> {
    return Object.fromEntries(
      [...this.units].sort().map(([currency, units]) => [currency, amountOfUnits(units, MAX_SCALE)]),
    );
  }
}
