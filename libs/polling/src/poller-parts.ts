import type { Pool } from 'pg';
import type { PublishedRecord } from '#libs/event-log';
import type { Logger, Metrics } from '#libs/runtime';
import type { Slots } from './slots.js';

/** What every poll of a process shares. */
export interface PollerParts {
  pool: Pool;
  /** Resolves when the log has the records, or a dead letter of each that it does not take. */
  send: (records: readonly PublishedRecord[]) => Promise<void>;
  logger: Logger;
  metrics: Metrics;
  slots: Slots;
  /** Names this process in leases, for people. */
  owner: string;
  times: PollerTimes;
  /** Epoch milliseconds. */
  now: () => number;
  /** From 0 to less than 1. */
  random: () => number;
  /** Aborted when the process is on its way out: nothing new is begun, and no one waits any more. */
  stopping: AbortSignal;
  isStopping: () => boolean;
  /** Aborted a little later: what is still being read is given up. */
  givingUp: AbortSignal;
}

/** How long things take; other ones only in tests. */
export interface PollerTimes {
  /** Life of a lease: so long after the death of a process another one goes on. */
  leaseMs: number;
  /** A poll that has lasted so long gives lease and slot to others, and goes on later. */
  turnMs: number;
  /** A look at the table whether a stream is due, at least so often. */
  lookMs: number;
  /** What is being read may go on so long after the stop. */
  graceMs: number;
  /** Up to so much is left to chance whenever a time is set. */
  jitterMs: number;
}

export const POLLER_TIMES: PollerTimes = {
  leaseMs: 30_000,
  turnMs: 30_000,
  lookMs: 15_000,
  graceMs: 5_000,
  jitterMs: 500,
};
