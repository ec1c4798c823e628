import type { Metrics } from '#libs/runtime';
import type { HttpSend } from '#libs/sources';

/**
 * Counts requests by what they were answered. Where the partner says that it is too much, and for how long, nobody who
 * draws on the same budget asks until then.
 * @param block holds the budget back for so many milliseconds
 */
export function watchSending(
  send: HttpSend,
  source: string,
  { sourceRequests }: Pick<Metrics, 'sourceRequests'>,
  block: (forMs: number) => Promise<void>,
): HttpSend {
  return async (request, options) => {
    const response = await send(request, options).catch((error: unknown) => {
      sourceRequests.inc({ source, status: 'none' });
      throw error;
    });
    const { status, headers } = response;
    sourceRequests.inc({ source, status: `${Math.floor(status / 100)}xx` });
    const forMs = status === 429 ? retryAfterMs(headers['retry-after'], Date.now()) : undefined;
    if (forMs !== undefined) {
      await block(forMs).catch((error: unknown) => {
        response.body.destroy();
        throw error;
      });
    }
    return response;
  };
}

/** However long the partner says. */
const LONGEST_MS = 60 * 60_000;

/**
 * How long a Retry-After (RFC 9110, 10.2.3: seconds, or an HTTP date) asks to wait, at most an hour; undefined where it
 * says nothing that can be read.
 */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\s*\d+\s*$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), LONGEST_MS);
}
