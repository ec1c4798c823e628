import type { SetAside } from '#libs/database';

/** What one run of the worker did. */
export interface RunReport {
  /** Players, and clicks of installs, that were reckoned anew. */
  subjects: number;
  /** Months of players that changed. */
  months: number;
  /** Ledger entries that were written. */
  entries: number;
  /** `USD 2026-10-03`, sorted: what is missing in the months that were reckoned. */
  missingRates: string[];
  /** How many of the subjects fit more than one agreement. */
  contested: number;
  /** All that is set aside now, as it cannot be reckoned. */
  setAside: SetAside[];
}

/** How far a run has come. */
export interface RunProgress {
  subjects: number;
  /** How many were marked when it began. */
  of: number;
}

/** What storing agreements changed. */
export interface StoredDeals {
  /** Names of agreements, and `brand/name` of definitions of NGR, that are new or have changed. */
  changed: string[];
  unchanged: string[];
  /** Agreements that are stored and are not among the files: they stay in force as they are. */
  withoutFile: string[];
}

/** Agreements are not stored as they are; the message names the agreement and the rule. Nothing was stored. */
export class DealRefused extends Error {
  override readonly name = 'DealRefused';
}

/** A month cannot be closed; nothing was written. */
export class CloseRefused extends Error {
  override readonly name = 'CloseRefused';
  /** @param reasons every one */
  constructor(
    agreement: string,
    period: string,
    readonly reasons: readonly string[],
  ) {
    super(`${period} of ${agreement} cannot be closed:\n${reasons.map((r) => `  - ${r}`).join('\n')}`);
  }
}
