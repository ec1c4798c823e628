/**
 * Tests whose real part (Kafka, an emulator, …) cannot be had on this machine are skipped, but never
 * quietly: skipped-parts-reporter.js prints one line for each at the end of the run. Under `CI=true`
 * they fail instead.
 */
import { appendFileSync } from 'node:fs';

/**
 * Whether the tests of a part can run; what cannot is recorded. In a spec:
 *
 *     const ready = isReady('Kafka', await kafkaAvailability());
 *     (ready ? describe : describe.skip)('…', () => { … });
 *
 * @param availability 'ready', or the reason why the part is not there
 * @throws Error under `CI=true` when it is not
 */
export function isReady(part: string, availability: string): boolean {
  if (availability === 'ready') return true;
  if (process.env.CI === 'true') throw new Error(`${part} must be tested under CI=true: ${availability}`);
  recordSkipped(part, availability);
  return false;
}

/** Records that tests of a part were left out on purpose. */
export function recordSkipped(part: string, reason: string): void {
  const file = process.env.TRIBUTARY_SKIPPED_PARTS;
  if (file) appendFileSync(file, `${part}: ${reason.replaceAll('\n', ' ')}\n`);
  else process.stderr.write(`SKIPPED ${part}: ${reason}\n`);
}
