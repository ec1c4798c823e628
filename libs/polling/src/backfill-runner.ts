import {
  advanceBackfill,
  claimBackfill,
  failBackfill,
  releaseBackfill,
  renewBackfillLease,
  type ClaimedBackfill,
} from '#libs/database';
import { SliceError } from '#libs/sources';
import { waitAfter } from './failure.js';
import { LeaseLostError, holdLease, type HeldLease } from './lease.js';
import type { BackfillSlice, PollableStream } from './pollable-stream.js';
import type { PollerParts } from './poller-parts.js';
import { reportFailure, reportLostLease, reportWindow } from './report-window.js';
import { asSliceFailure } from './slice-failed-error.js';

/** So many backfills run at once in one process. */
const MAX_AT_ONCE = 3;

/**
 * Reads history that somebody asked for, beside the live polls and behind them: one backfill of a source at a time, each
 * window when no live poll of the source runs or waits here. Always publishes; never touches the state of a stream.
 */
export class BackfillRunner {
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly streams: readonly PollableStream[],
    private readonly parts: PollerParts,
  ) {}

  /** Begins what is due, as much as may run here. */
  async beginDue(): Promise<void> {
    const { pool, owner, times } = this.parts;
    while (this.running.size < MAX_AT_ONCE && !this.parts.isStopping()) {
      const among = this.streams.filter((s) => !this.running.has(s.source));
      const claimed = await claimBackfill(pool, among, { owner, lifeMs: times.leaseMs });
      if (!claimed) return;
      const { source } = claimed;
      const run = this.run(claimed)
        .catch((error: unknown) => {
          this.parts.logger.warn(
            { source, backfill: claimed.id, error },
            'the backfill stands still for now',
          );
        })
        .finally(() => this.running.delete(source));
      this.running.set(source, run);
    }
  }

  /** Resolves when nothing runs any more. */
  async settled(): Promise<void> {
    await Promise.all(this.running.values());
  }

  private async run(backfill: ClaimedBackfill): Promise<void> {
    const { pool, times, givingUp } = this.parts;
    const stream = this.streams.find((s) => s.source === backfill.source && s.stream === backfill.stream)!;
    const renew = (): Promise<boolean> =>
      renewBackfillLease(pool, backfill.id, backfill.token, times.leaseMs);
    const lease = holdLease(renew, times.leaseMs, givingUp);
    const progress = { failures: backfill.failures };
    try {
      for (const slice of slicesOf(stream, backfill)) {
        await this.parts.slots.whenIdle(stream.source);
        if (this.parts.isStopping()) return await releaseBackfill(pool, backfill.id, backfill.token);
        await this.readAndAdvance(backfill, slice, lease, progress);
      }
    } catch (error) {
      await this.giveUp(stream, backfill, lease, progress.failures, error);
    } finally {
      lease.end();
    }
  }

  private async readAndAdvance(
    { id, token }: ClaimedBackfill,
    slice: BackfillSlice,
    { signal }: HeldLease,
    progress: { failures: number },
  ): Promise<void> {
    const window = await slice.read({ attempt: progress.failures + 1, backfillId: id, signal });
    if (!(await advanceBackfill(this.parts.pool, id, token, slice.to, window))) throw new LeaseLostError();
    progress.failures = 0;
    reportWindow(this.parts, window, undefined);
  }

  private async giveUp(
    stream: PollableStream,
    { id, token }: ClaimedBackfill,
    { signal }: HeldLease,
    failures: number,
    error: unknown,
  ): Promise<void> {
    const { pool, now, random } = this.parts;
    const { window, failure, cause } = asSliceFailure(error);
    if (cause instanceof LeaseLostError || signal.reason instanceof LeaseLostError) {
      return reportLostLease(this.parts, stream);
    }
    if (window) reportWindow(this.parts, window, undefined, cause);
    else reportFailure(this.parts, stream, failure, cause);
    if (this.parts.isStopping()) return releaseBackfill(pool, id, token);
    await failBackfill(pool, id, token, waitAfter(failure, failures, now(), random()), window);
  }
}

/** @throws SliceError where the stream has no history by time */
function slicesOf(stream: PollableStream, { position, to }: ClaimedBackfill): BackfillSlice[] {
  const slices = stream.backfill(position, to);
  if (slices.length > 0) return slices;
  throw new SliceError('config_error', 'definition', 'incremental_sync: the stream cannot be read by time');
}
