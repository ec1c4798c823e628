import pRetry from 'p-retry';
import { isTransient } from '#libs/database';
import { PublishError } from '#libs/event-log';

/** Tries again for about a minute, often at first; then the consumer's own redelivery takes over. */
const POLICY = { retries: 40, minTimeout: 50, maxTimeout: 2_000, factor: 1.6, randomize: true };

/** Runs idempotent work again while what it needs is away: a database that restarts, a log that elects a leader.
 * @throws the last fault, or at once what is not passing */
export function retryTransient<T>(work: () => Promise<T>): Promise<T> {
  return pRetry(work, {
    ...POLICY,
    shouldRetry: (error) => isTransient(error) || error instanceof PublishError,
  });
}
