import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Hands on everything that a generator yields, one after another; while one is worked on, the next is asked for, and never
 * more than that one. What the generator throws is thrown when all before it was worked on; where `each` throws, what was
 * asked for is given up.
 * @param open is given a signal that is aborted with `signal`, or when nothing more is wanted
 * @returns what the generator returns
 */
export async function readAhead<T, R>(
  open: (signal: AbortSignal) => AsyncGenerator<T, R>,
  signal: AbortSignal,
  each: (value: T) => Promise<void>,
): Promise<R> {
  const unwanted = new AbortController();
  const stop = () => unwanted.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', stop);
  const generator = open(unwanted.signal);
  let finished = false;
  try {
    for (let asked = generator.next(); ;) {
      const next = await asked;
      if (next.done) {
        finished = true;
        return next.value;
      }
      asked = generator.next();
      asked.catch(() => {}); // told when its turn comes
      await nextTurn(); // the request goes out before the work begins
      await each(next.value);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    if (!finished) {
      unwanted.abort();
      await generator.return(undefined as R);
    }
  }
}
