import type { Identity, IdentityWindow } from '#libs/database';
import { instantDaysAfter, instantDaysBefore, type Instant } from '#libs/events';
import { identityKey } from './identity-graph.js';
import { PAIRING_WINDOW_DAYS } from './pair-deposits.js';

/** Stretches of time of some identities. */
export class Windows {
  private readonly byIdentity = new Map<string, IdentityWindow[]>();

  addAround(at: Instant, identities: readonly Identity[]): void {
    const from = instantDaysBefore(at, PAIRING_WINDOW_DAYS);
    const to = instantDaysAfter(at, PAIRING_WINDOW_DAYS);
    for (const identity of identities) {
      const key = identityKey(identity);
      const there = this.byIdentity.get(key);
      if (there) there.push({ identity, from, to });
      else this.byIdentity.set(key, [{ identity, from, to }]);
    }
  }

  /** Those of one identity that overlap become one. */
  merged(): IdentityWindow[] {
    return [...this.byIdentity.values()].flatMap(mergeWindows);
  }
}

/** One identity's windows, those that overlap as one. */
export function mergeWindows(windows: readonly IdentityWindow[]): IdentityWindow[] {
  const merged: IdentityWindow[] = [];
  for (const window of windows.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = merged.at(-1);
    if (last && window.from <= last.to) last.to = window.to > last.to ? window.to : last.to;
    else merged.push({ ...window });
  }
  return merged;
}
