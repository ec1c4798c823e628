import {
  advanceStream,
  claimStream,
  failStream,
  lookAtStream,
  releaseStream,
  renewStreamLease,
  type ClaimedStream,
} from '#libs/database';
import { canonicalJson, instantFromMs, instantToMs, type Instant } from '#libs/events';
import {
  LeaseLostError,
  asSliceFailure,
  holdLease,
  reportFailure,
  reportLostLease,
  reportWindow,
  waitAfter,
  type HeldLease,
} from '#libs/polling';
import { SliceError, type Slice, type StreamState } from '#libs/sources';
import { CursorMemory } from './cursor-memory.js';
import type { PolledStream } from './polled-stream.js';
import type { HttpPollerParts } from './http-poller-parts.js';
import { readSlice } from './read-slice.js';
import { isCutOff, kindOfSlice } from './slice-window.js';

/** A lease of the stream, and how far it has come under it. */
interface StreamLease extends HeldLease {
  claimed: ClaimedStream;
  state: StreamState;
  failures: number;
  /** Since when there may be something that could be read and is not (epoch milliseconds); null where nobody knows. */
  behindSinceMs: number | null;
}

/** Polls one stream. */
export class StreamPoller {
  private readonly cursors = new CursorMemory();

  constructor(
    readonly stream: PolledStream,
    private readonly parts: HttpPollerParts,
  ) {}

  /** In how many milliseconds there may be something to do, as the table says; it may change any time. */
  async msUntilDue(): Promise<number> {
    const { pool, times } = this.parts;
    const look = await lookAtStream(pool, this.stream);
    if (typeof look?.lagSeconds === 'number') this.setLag(look.lagSeconds);
    return Math.min(look?.waitMs ?? times.lookMs, times.lookMs);
  }

  /**
   * Leases the stream, plans its slices, reads each, publishes its records, and when the log has them records the slice
   * and advances the state, in one. A failure is recorded and ends the poll.
   * @throws what the database answered where not even the failure can be recorded
   */
  async poll(): Promise<void> {
    const lease = await this.lease();
    if (!lease) return;
    try {
      const startedMs = this.parts.now();
      const slices = this.plan(lease, instantFromMs(startedMs));
      for (const slice of slices) {
        if (this.isOver(startedMs)) return await this.release(lease, 'now');
        await this.readAndAdvance(lease, slice, instantFromMs(startedMs));
      }
      await this.release(lease, isCutOff(slices) ? 'now' : { intervalMs: this.stream.pollIntervalMs });
    } catch (error) {
      await this.giveUp(lease, error);
    } finally {
      lease.end();
    }
  }

  /** Whether others are to have lease and slot before it goes on. */
  private isOver(startedMs: number): boolean {
    return this.parts.isStopping() || this.parts.now() > startedMs + this.parts.times.turnMs;
  }

  private async lease(): Promise<StreamLease | undefined> {
    const { pool, owner, times, givingUp } = this.parts;
    const claimed = await claimStream(pool, this.stream, { owner, lifeMs: times.leaseMs });
    if (!claimed) return undefined;
    const renew = (): Promise<boolean> => renewStreamLease(pool, this.stream, claimed.token, times.leaseMs);
    const state = (claimed.state as StreamState | null) ?? this.stream.slices.initialState();
    const { failures, behindSinceMs } = claimed;
    return { ...holdLease(renew, times.leaseMs, givingUp), claimed, state, failures, behindSinceMs };
  }

  /** @throws SliceError where what is stored is of another kind than the definition asks for */
  private plan({ state }: StreamLease, now: Instant): Slice[] {
    const { slices } = this.stream;
    const { type } = slices.initialState();
    if (state.type !== type) {
      const text = `incremental_sync.type: the stored state is of type ${state.type}, not ${type}: reset the stream`;
      throw new SliceError('config_error', 'definition', text);
    }
    return slices.plan(state, now);
  }

  /** @param plannedAt the instant of the plan: what became due later is not counted as read */
  private async readAndAdvance(lease: StreamLease, slice: Slice, plannedAt: Instant): Promise<void> {
    const task = {
      slice,
      kind: kindOfSlice(slice, lease.state),
      attempt: lease.failures + 1,
      signal: lease.signal,
    };
    const { window, result } = await readSlice(this.stream, this.cursors, task, this.parts);
    const state = this.stream.slices.advance(lease.state, slice, result, plannedAt);
    const { token } = lease.claimed;
    const { pool } = this.parts;
    const behindSince = this.stream.slices.behindSince(state, slice, plannedAt);
    const advanced = await advanceStream(pool, token, state, window, behindSince);
    if (!advanced) throw new LeaseLostError();
    lease.behindSinceMs = advanced.behindSinceMs;
    if (canonicalJson(state) !== canonicalJson(lease.state)) lease.failures = 0;
    lease.state = state;
    reportWindow(this.parts, window, this.measureLag(lease));
  }

  private async release(lease: StreamLease, next: { intervalMs: number } | 'now'): Promise<void> {
    await releaseStream(this.parts.pool, this.stream, lease.claimed.token, next);
    this.measureLag(lease);
  }

  /** Records why the poll ended early; who has lost the lease writes nothing. */
  private async giveUp(lease: StreamLease, error: unknown): Promise<void> {
    const { pool, now, random } = this.parts;
    const { token } = lease.claimed;
    const { window, failure, cause } = asSliceFailure(error);
    if (cause instanceof LeaseLostError || lease.signal.reason instanceof LeaseLostError) {
      return reportLostLease(this.parts, this.stream);
    }
    const lagSeconds = this.measureLag(lease);
    if (window) reportWindow(this.parts, window, lagSeconds, cause);
    else reportFailure(this.parts, this.stream, failure, cause);
    if (this.parts.isStopping()) return releaseStream(pool, this.stream, token, 'now', window);
    await failStream(pool, this.stream, token, waitAfter(failure, lease.failures, now(), random()), window);
  }

  /** Seconds for which there may have been something to read; undefined of a stream that is not read by time. */
  private measureLag({ state, behindSinceMs }: StreamLease): number | undefined {
    if (state.type !== 'datetime') return undefined;
    const seconds = (this.parts.now() - (behindSinceMs ?? instantToMs(state.watermark))) / 1000;
    this.setLag(seconds);
    return Math.max(0, Math.round(seconds));
  }

  private setLag(seconds: number): void {
    const { source, stream } = this.stream;
    this.parts.metrics.sourceWatermarkLag.set({ source, stream }, Math.max(0, seconds));
  }
}
