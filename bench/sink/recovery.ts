import { setTimeout as sleep } from 'node:timers/promises';
import type { DurableServer } from '#test/postgres';
import type { SettledBatches } from './drain.js';

/** How PostgreSQL goes away in the middle of a drain. */
export type Outage = 'restart' | 'kill -9';

/** How the sink came through it. */
export interface Recovery {
  outage: Outage;
  /** How long PostgreSQL was away. */
  awaySeconds: number;
  /** From the moment PostgreSQL took connections again to the next batch that was settled. */
  resumedAfterSeconds: number;
}

const LOOK_EVERY_MS = 10;
const RESUME_LIMIT_MS = 120_000;

/** Takes PostgreSQL away once some events are settled, and waits for the sink to go on. */
export async function takeAway(
  postgres: DurableServer,
  outage: Outage,
  afterEvents: number,
  settled: SettledBatches,
): Promise<Recovery> {
  await until(() => settled.events >= afterEvents);
  const goneAtMs = Date.now();
  if (outage === 'restart') await postgres.stop();
  else await postgres.kill9();
  await postgres.start();
  const backAtMs = Date.now();
  await until(() => settled.lastAtMs > backAtMs);
  return {
    outage,
    awaySeconds: (backAtMs - goneAtMs) / 1_000,
    resumedAfterSeconds: (settled.lastAtMs - backAtMs) / 1_000,
  };
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + RESUME_LIMIT_MS; !condition(); await sleep(LOOK_EVERY_MS)) {
    if (Date.now() > deadline) throw new Error(`the sink did not go on within ${RESUME_LIMIT_MS / 1_000} s`);
  }
}
