import type { HttpResponse } from '../http.js';

/** An answer while it comes in. */
export interface ArrivingAnswer {
  status: number;
  /** By lower-case name. */
  headers: Record<string, string>;
  /** As it came, still with its Content-Encoding. Read at most once. */
  body: HttpResponse['body'];
  bytes(): number;
  /** What broke the body off, once something has. */
  broken(): { cause: unknown } | undefined;
}

/** An answer that comes so slowly that it is not waited for any more. */
export class TooSlowError extends Error {
  override name = 'TimeoutError';
}

/** So many timeouts a body may take at any speed; what takes longer must come at this speed on average. */
const PATIENCE = 10;
const SLOWEST_BYTES_PER_SECOND = 1024;

/**
 * Watches the body of an answer. Each silence is bounded by whoever sends; a partner that sends a byte now and then is
 * given up here: after ten timeouts of waiting, less than 1 KiB a second has come. Time that its reader takes between two
 * chunks is not the partner's.
 */
export function watchAnswer(
  response: HttpResponse,
  { timeoutMs, signal, now }: { timeoutMs: number; signal: AbortSignal; now: () => number },
): ArrivingAnswer {
  let bytes = 0;
  let waitedMs = 0;
  let broken: { cause: unknown } | undefined;
  let isDone = false;

  async function* read(): AsyncGenerator<Uint8Array> {
    const chunks = response.body[Symbol.asyncIterator]();
    try {
      for (;;) {
        const askedMs = now();
        const next = await chunks.next();
        if (next.done) break;
        signal.throwIfAborted();
        waitedMs += now() - askedMs;
        bytes += next.value.byteLength;
        if (waitedMs > PATIENCE * timeoutMs && bytes < (SLOWEST_BYTES_PER_SECOND * waitedMs) / 1000) {
          throw new TooSlowError(`${bytes} bytes in ${Math.round(waitedMs / 1000)} seconds`);
        }
        yield next.value;
      }
      isDone = true;
    } catch (cause) {
      broken = { cause };
      throw cause;
    } finally {
      destroy();
    }
  }

  const destroy = () => {
    if (!isDone) response.body.destroy();
  };
  return {
    status: response.status,
    headers: response.headers,
    body: Object.assign(read(), { destroy }),
    bytes: () => bytes,
    broken: () => broken,
  };
}
