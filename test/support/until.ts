import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Resolves as soon as the condition holds; looks every 10 ms.
 * @throws what the condition throws, or Error that says what did not come true in time
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = 45_000,
): Promise<void> {
  for (const deadline = Date.now() + limitMs; !(await condition()); await sleep(10)) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${limitMs} ms`);
  }
}
