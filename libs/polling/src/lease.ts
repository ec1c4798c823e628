/** The lease ran out, or a reset or a pause took it: what was read must not be recorded. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  constructor() {
    super('the lease is no longer held');
  }
}

/** A lease while it is held: it is renewed well before it runs out. */
export interface HeldLease {
  /** Aborted when the lease is lost, or when the process gives up. */
  signal: AbortSignal;
  /** Ends the renewing; the lease itself is given back by who writes last. */
  end(): void;
}

/**
 * Keeps a lease by renewing it three times in its life. Whether it is still held only the database knows: this one ends
 * the reading in time, and the token in every write makes sure of it.
 * @param renew whether the lease is still this one's
 * @param givingUp ends the reading as well
 */
export function holdLease(renew: () => Promise<boolean>, lifeMs: number, givingUp: AbortSignal): HeldLease {
  const reading = new AbortController();
  const giveUp = (): void => reading.abort(givingUp.reason);
  let goodUntil = performance.now() + lifeMs;
  let renewing = false;

  const beat = async (): Promise<void> => {
    if (performance.now() > goodUntil) reading.abort(new LeaseLostError());
    if (renewing || reading.signal.aborted) return;
    renewing = true;
    const from = performance.now();
    try {
      if (await renew()) goodUntil = from + lifeMs;
      else reading.abort(new LeaseLostError());
    } catch {
      // the database is away: the lease may last until it is back
    } finally {
      renewing = false;
    }
  };
  const timer = setInterval(() => void beat(), lifeMs / 3);
  givingUp.addEventListener('abort', giveUp, { once: true });
  if (givingUp.aborted) giveUp();
  return {
    signal: reading.signal,
    end() {
      clearInterval(timer);
      givingUp.removeEventListener('abort', giveUp);
    },
  };
}
