import {
  claimStream,
  failStream,
  lookAtStream,
  releaseStream,
  renewStreamLease,
  type SourceWindow,
  type StreamKey,
} from '#libs/database';
import { instantToMs, type Instant } from '#libs/events';
import { waitAfter } from './failure.js';
import { LeaseLostError, holdLease, type HeldLease } from './lease.js';
import type { PollerParts } from './poller-parts.js';
import { reportFailure, reportLostLease, reportWindow } from './report-window.js';
import { asSliceFailure } from './slice-failed-error.js';

/** When a stream is due again: after its interval, or as soon as anybody has time. */
export type NextTurn = { intervalMs: number } | 'now';

/** What can be done with a stream under its lease, and how it ends. */
export interface StreamWork<State> {
  /** Of a stream that is new, or was reset. */
  initialState: () => State;
  /** Reads what is due, and stores it under the turn's token. @throws SliceFailedError, LeaseLostError */
  read: (turn: StreamTurn<State>) => Promise<NextTurn>;
}

/** In how many milliseconds there may be something to do, as the table says; it may change any time. */
export async function msUntilDue(stream: StreamKey, parts: PollerParts): Promise<number> {
  const { pool, times } = parts;
  const look = await lookAtStream(pool, stream);
  if (typeof look?.lagSeconds === 'number') setLag(stream, parts, look.lagSeconds);
  return Math.min(look?.waitMs ?? times.lookMs, times.lookMs);
}

/**
 * Leases a stream, has it read, and gives the lease back with the time of the next turn. A failure is recorded and ends the
 * turn; who has lost the lease writes nothing.
 * @throws what the database answered where not even the failure can be recorded
 */
export async function takeTurn<State extends object>(
  stream: StreamKey,
  parts: PollerParts,
  work: StreamWork<State>,
): Promise<void> {
  const { pool, owner, times, givingUp } = parts;
  const claimed = await claimStream(pool, stream, { owner, lifeMs: times.leaseMs });
  if (!claimed) return;
  const { token, failures, behindSinceMs } = claimed;
  const lease = holdLease(
    () => renewStreamLease(pool, stream, token, times.leaseMs),
    times.leaseMs,
    givingUp,
  );
  const state = (claimed.state as State | null) ?? work.initialState();
  const its = { token, state, isNew: claimed.state === null, failures, behindSinceMs };
  const turn = new StreamTurn(stream, parts, lease, its);
  try {
    await turn.release(await work.read(turn));
  } catch (error) {
    await turn.giveUp(error);
  } finally {
    lease.end();
  }
}

/** A turn at a stream under its lease, and how far it has come. */
export class StreamTurn<State> {
  /** Epoch milliseconds. */
  readonly startedMs: number;
  /** Of the lease: every write says it. */
  readonly token: string;
  /** Whether nothing was read since the stream is there, or was reset. */
  readonly isNew: boolean;
  state: State;
  /** In a row, up to now. */
  failures: number;
  /** Since when there may be something that could be read and is not (epoch milliseconds); null: see the state. */
  behindSinceMs: number | null;

  constructor(
    private readonly stream: StreamKey,
    private readonly parts: PollerParts,
    private readonly lease: HeldLease,
    its: Pick<StreamTurn<State>, 'token' | 'state' | 'isNew' | 'failures' | 'behindSinceMs'>,
  ) {
    this.startedMs = parts.now();
    this.token = its.token;
    this.isNew = its.isNew;
    this.state = its.state;
    this.failures = its.failures;
    this.behindSinceMs = its.behindSinceMs;
  }

  /** Aborted when the lease is lost, or when the process gives up. */
  get signal(): AbortSignal {
    return this.lease.signal;
  }

  /** Whether others are to have lease and slot before it goes on. */
  isOver(): boolean {
    return this.parts.isStopping() || this.parts.now() > this.startedMs + this.parts.times.turnMs;
  }

  /** Counts and says what was read and stored. */
  report(window: SourceWindow): void {
    reportWindow(this.parts, window, this.measureLag());
  }

  /** For `takeTurn`. */
  async release(next: NextTurn): Promise<void> {
    await releaseStream(this.parts.pool, this.stream, this.token, next);
    this.measureLag();
  }

  /** For `takeTurn`. */
  async giveUp(error: unknown): Promise<void> {
    const { pool, now, random } = this.parts;
    const { window, failure, cause } = asSliceFailure(error);
    if (cause instanceof LeaseLostError || this.signal.reason instanceof LeaseLostError) {
      return reportLostLease(this.parts, this.stream);
    }
    const lagSeconds = this.measureLag();
    if (window) reportWindow(this.parts, window, lagSeconds, cause);
    else reportFailure(this.parts, this.stream, failure, cause);
    if (this.parts.isStopping()) return releaseStream(pool, this.stream, this.token, 'now', window);
    const wait = waitAfter(failure, this.failures, now(), random());
    await failStream(pool, this.stream, this.token, wait, window);
  }

  /** Seconds for which there may have been something to read; undefined of a stream that is not read by time, or not yet. */
  private measureLag(): number | undefined {
    const { watermark } = this.state as { watermark?: Instant };
    if (watermark === undefined) return undefined;
    const seconds = (this.parts.now() - (this.behindSinceMs ?? instantToMs(watermark))) / 1000;
    setLag(this.stream, this.parts, seconds);
    return Math.max(0, Math.round(seconds));
  }
}

function setLag({ source, stream }: StreamKey, { metrics }: PollerParts, seconds: number): void {
  metrics.sourceWatermarkLag.set({ source, stream }, Math.max(0, seconds));
}
