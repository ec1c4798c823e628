import type { StreamHealth } from '#libs/database';
import type { Platform } from '#libs/runtime';

/** What every subscription of a process shares. */
export interface BridgeParts {
  platform: Pick<Platform, 'eventLog' | 'metrics' | 'logger'>;
  times: BridgeTimes;
  /** Keeps for status how it stands with a stream; never rejects. */
  note: (health: StreamHealth) => Promise<void>;
  /** Epoch milliseconds. */
  now: () => number;
  /** From 0 to less than 1. */
  random: () => number;
  /** Aborted when the process is on its way out: nothing is tried again. */
  stopping: AbortSignal;
}

/** How long things take; other ones only in tests. */
export interface BridgeTimes {
  /** A subscription of which no error has come so long after it was opened is being pulled. */
  settleMs: number;
  /** So often is looked which streams are paused, and whether settings that were missing are there. */
  lookMs: number;
  /** How it stands is noted so often. */
  noteMs: number;
  /** On the way out so much time is left to what is in hand. */
  drainMs: number;
  /** A log that does not take the records is asked again after so long, at most. */
  longestHoldMs: number;
}

export const BRIDGE_TIMES: BridgeTimes = {
  settleMs: 3_000,
  lookMs: 15_000,
  noteMs: 15_000,
  drainMs: 20_000,
  longestHoldMs: 5_000,
};
