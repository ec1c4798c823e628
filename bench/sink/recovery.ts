import type { DurableServer } from '#test/postgres';
import { until } from '#test/until';
import type { SettledBatches } from '../parts/drain.js';

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

const RESUME_LIMIT_MS = 120_000;

/** Takes PostgreSQL away once some events are settled, and waits for the sink to go on. */
export async function takeAway(
  postgres: DurableServer,
  outage: Outage,
  afterEvents: number,
  settled: SettledBatches,
): Promise<Recovery> {
  await until('the sink has begun', () => settled.events >= afterEvents, RESUME_LIMIT_MS);
  const goneAtMs = Date.now();
  if (outage === 'restart') await postgres.stop();
  else await postgres.kill9();
  await postgres.start();
  const backAtMs = Date.now();
  await until('the sink goes on', () => settled.lastAtMs > backAtMs, RESUME_LIMIT_MS);
  return {
    outage,
    awaySeconds: (backAtMs - goneAtMs) / 1_000,
    resumedAfterSeconds: (settled.lastAtMs - backAtMs) / 1_000,
  };
}
