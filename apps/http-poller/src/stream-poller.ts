import { advanceStream } from '#libs/database';
import { canonicalJson, instantFromMs, type Instant } from '#libs/events';
import { LeaseLostError, msUntilDue, takeTurn, type NextTurn, type StreamTurn } from '#libs/polling';
import { SliceError, type Slice, type StreamState } from '#libs/sources';
import { CursorMemory } from './cursor-memory.js';
import type { PolledStream } from './polled-stream.js';
import type { HttpPollerParts } from './http-poller-parts.js';
import { readSlice } from './read-slice.js';
import { isCutOff, isOfLookback, kindOfSlice, sliceKeyOf } from './slice-window.js';

/** Polls one stream. */
export class StreamPoller {
  private readonly cursors = new CursorMemory();
  /**
   * Slices that every poll reads, as a day that is not over and the look-back, by when they were read (epoch
   * milliseconds): where a turn is over before its plan, the next one goes on behind them. Else what takes as long as a
   * turn would be read by every one of them, and what is planned behind it by none.
   */
  private readThisPoll = new Map<string, number>();

  constructor(
    readonly stream: PolledStream,
    private readonly parts: HttpPollerParts,
  ) {}

  /** In how many milliseconds there may be something to do, as the table says; it may change any time. */
  msUntilDue(): Promise<number> {
    return msUntilDue(this.stream, this.parts);
  }

  /**
   * Leases the stream, plans its slices, reads each, publishes its records, and when the log has them records the slice
   * and advances the state, in one. A failure is recorded and ends the poll.
   * @throws what the database answered where not even the failure can be recorded
   */
  poll(): Promise<void> {
    const initialState = (): StreamState => this.stream.slices.initialState();
    return takeTurn(this.stream, this.parts, { initialState, read: (turn) => this.readDue(turn) });
  }

  private async readDue(turn: StreamTurn<StreamState>): Promise<NextTurn> {
    const plannedAt = instantFromMs(turn.startedMs);
    const slices = this.plan(turn.state, plannedAt);
    const isRecent = (ms: number): boolean => !turn.isNew && ms > turn.startedMs - this.stream.pollIntervalMs;
    const read = new Map([...this.readThisPoll].filter(([, ms]) => isRecent(ms)));
    this.readThisPoll.clear();
    for (const slice of slices) {
      const key = sliceKeyOf(slice);
      if (read.has(key)) continue;
      if (turn.isOver()) {
        this.readThisPoll = read;
        return 'now';
      }
      const isNewState = await this.readAndAdvance(turn, slice, plannedAt);
      if (!isNewState || isOfLookback(slice)) read.set(key, this.parts.now());
    }
    if (!isCutOff(slices)) return { intervalMs: this.stream.pollIntervalMs };
    this.readThisPoll = read;
    return 'now';
  }

  /** @throws SliceError where what is stored is of another kind than the definition asks for */
  private plan(state: StreamState, now: Instant): Slice[] {
    const { slices } = this.stream;
    const { type } = slices.initialState();
    if (state.type !== type) {
      const text = `incremental_sync.type: the stored state is of type ${state.type}, not ${type}: reset the stream`;
      throw new SliceError('config_error', 'definition', text);
    }
    return slices.plan(state, now);
  }

  /**
   * @param plannedAt the instant of the plan: what became due later is not counted as read
   * @returns whether it came to another state
   */
  private async readAndAdvance(
    turn: StreamTurn<StreamState>,
    slice: Slice,
    plannedAt: Instant,
  ): Promise<boolean> {
    const { slices } = this.stream;
    const kind = kindOfSlice(slice, turn.state);
    const task = { slice, kind, attempt: turn.failures + 1, signal: turn.signal };
    const { window, result } = await readSlice(this.stream, this.cursors, task, this.parts);
    const state = slices.advance(turn.state, slice, result, plannedAt);
    const behindSince = slices.behindSince(state, slice, plannedAt);
    const advanced = await advanceStream(this.parts.pool, turn.token, state, window, behindSince);
    if (!advanced) throw new LeaseLostError();
    turn.behindSinceMs = advanced.behindSinceMs;
    const isNewState = canonicalJson(state) !== canonicalJson(turn.state);
    if (isNewState) turn.failures = 0;
    turn.state = state;
    turn.report(window);
    return isNewState;
  }
}
