import { setTimeout as sleep } from 'node:timers/promises';
import { durationMs, type ApiBudget, type ApiBudgetDefinition } from '#libs/sources';

/**
 * The budget of one command: no stretch of time has more requests than the definition allows. Pollers that ask at the
 * same time are not counted.
 */
export function localBudget(
  definition: ApiBudgetDefinition | undefined,
  now: () => number,
  onWait: (ms: number) => void,
): ApiBudget {
  if (!definition) return { take: async () => {} };
  const perMs = durationMs(definition.per)!;
  const granted: number[] = [];
  return {
    async take(signal) {
      const oldest = granted.length < definition.requests ? undefined : granted.shift();
      const waitMs = oldest === undefined ? 0 : Math.max(0, oldest + perMs - now());
      if (waitMs > 0) {
        onWait(waitMs);
        await sleep(waitMs, undefined, { signal });
      }
      granted.push(now());
    },
  };
}
