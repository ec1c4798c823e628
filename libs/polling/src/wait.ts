import { setTimeout as sleep } from 'node:timers/promises';

/** Waits. @throws the reason of the signal that is aborted meanwhile */
export async function waitUnlessAborted(ms: number, ...signals: AbortSignal[]): Promise<void> {
  const waiting = new AbortController();
  const end = (): void => waiting.abort();
  for (const signal of signals) {
    signal.throwIfAborted();
    signal.addEventListener('abort', end, { once: true });
  }
  try {
    await sleep(ms, undefined, { signal: waiting.signal });
  } catch (error) {
    for (const signal of signals) signal.throwIfAborted();
    throw error;
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', end);
  }
}
