const EPOCH_SECONDS_FROM = 1_000_000_000;
const EPOCH_MS_FROM = 1_000_000_000_000;
const DEFAULT_HEADERS = ['retry-after', 'x-ratelimit-reset', 'ratelimit-reset'];

/**
 * How long a partner wants to be left alone, in milliseconds from now; 0 where its time has passed. The header holds
 * seconds to wait, an HTTP date (RFC 9110, 10.2.3), or epoch seconds or milliseconds.
 * @param header the one to read; absent: Retry-After, then X-RateLimit-Reset, then RateLimit-Reset
 * @returns undefined where no header says it
 */
export function statedWaitMs(
  headers: Readonly<Record<string, string>>,
  nowMs: number,
  header?: string,
): number | undefined {
  for (const name of header === undefined ? DEFAULT_HEADERS : [header.toLowerCase()]) {
    const atMs = momentOf(headers[name]?.trim() ?? '', nowMs);
    if (atMs !== undefined) return Math.max(0, Math.ceil(atMs - nowMs));
  }
  return undefined;
}

/**
 * The header that says how long to wait after a status; undefined: all of them. When a quota begins anew, which many
 * partners say with every answer, is no word on how long they are out of order.
 */
export function waitHeaderOf(status: number): 'retry-after' | undefined {
  return status === 429 ? undefined : 'retry-after';
}

/** Epoch milliseconds. */
function momentOf(text: string, nowMs: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    if (number >= EPOCH_MS_FROM) return number;
    return number >= EPOCH_SECONDS_FROM ? number * 1000 : nowMs + number * 1000;
  }
  const date = /[a-z]/i.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : date;
}
