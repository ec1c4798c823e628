import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Resolves as soon as the condition holds; looks every `everyMs`.
 * @throws what the condition throws, or Error that says what did not come true in time
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = 120_000,
  everyMs = 10,
): Promise<void> {
  for (const deadline = Date.now() + limitMs; !(await condition()); await sleep(everyMs)) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${limitMs} ms`);
  }
}
