import {
  beginShards,
  claimStream,
  failStream,
  finishShard,
  forgetConversions,
  keepShardProgress,
  lookAtStream,
  readShardRows,
  releaseStream,
  renewStreamLease,
  setStreamState,
  type ClaimedStream,
  type SourceWindow,
  type StreamKey,
} from '#libs/database';
import { instantToMs, type Instant } from '#libs/events';
import { bestShards } from '#libs/ga4';
import {
  LeaseLostError,
  asSliceFailure,
  holdLease,
  reportFailure,
  reportLostLease,
  reportWindow,
  waitAfter,
  type BackfillSlice,
  type HeldLease,
} from '#libs/polling';
import { GA4_STREAM } from '#libs/sources';
import { chooseShards, type DueShard } from './choose-shards.js';
import { LostCheckpointError } from './export.js';
import type { Ga4Parts } from './ga4-parts.js';
import { boundsOfDay, dayAt, dayOfDate, daysWithin, firstDay } from './property-days.js';
import { readShard } from './read-shard.js';
import { SHARDS, watermarkBehind, type ShardsState } from './shards-state.js';
import { windowOfNoShard } from './window-of-no-shard.js';

/** A lease of the stream, and how far it has come under it. */
interface StreamLease extends HeldLease {
  claimed: ClaimedStream;
  state: ShardsState;
  failures: number;
}

/** Polls the shards of one source. */
export class ShardPoller {
  private readonly key: StreamKey;

  constructor(private readonly parts: Ga4Parts) {
    this.key = { source: parts.source.definition.name, stream: GA4_STREAM };
  }

  /** In how many milliseconds there may be something to do, as the table says; it may change any time. */
  async msUntilDue(): Promise<number> {
    const { pool, times } = this.parts;
    const look = await lookAtStream(pool, this.key);
    if (typeof look?.lagSeconds === 'number') this.setLag(look.lagSeconds);
    return Math.min(look?.waitMs ?? times.lookMs, times.lookMs);
  }

  /**
   * Leases the stream, looks at the shards' metadata, and reads each that has changed, from where an earlier turn has
   * come. A failure is recorded and ends the poll; so does the end of the turn.
   * @throws what the database answered where not even the failure can be recorded
   */
  async poll(): Promise<void> {
    const lease = await this.lease();
    if (!lease) return;
    try {
      const startedMs = this.parts.now();
      await this.begin(lease);
      const { from, due } = await this.plan(lease, startedMs);
      for (const [i, one] of due.entries()) {
        // A page at least is read in every turn, however long the look at the shards has taken
        const mayRead = i === 0 ? !this.parts.isStopping() : !this.isOver(startedMs);
        const isRead = mayRead && (await this.readAndAdvance(lease, one, startedMs));
        if (!isRead) return await this.release(lease, 'now');
      }
      await this.noteReadFrom(lease, from);
      await this.release(lease, { intervalMs: this.parts.source.pollIntervalMs });
    } catch (error) {
      await this.giveUp(lease, error);
    } finally {
      lease.end();
    }
  }

  /** The days of a stretch of history; each is read again whole, as it is then. */
  backfill(from: Instant, to: Instant): BackfillSlice[] {
    const { timezone } = this.parts.source.definition;
    return daysWithin(instantToMs(from), instantToMs(to), timezone).map((day) => {
      const end = boundsOfDay(day, timezone).to;
      return { to: end < to ? end : to, read: (task) => this.readDay(day, task) };
    });
  }

  private async lease(): Promise<StreamLease | undefined> {
    const { pool, owner, times, givingUp } = this.parts;
    const claimed = await claimStream(pool, this.key, { owner, lifeMs: times.leaseMs });
    if (!claimed) return undefined;
    const renew = (): Promise<boolean> => renewStreamLease(pool, this.key, claimed.token, times.leaseMs);
    const state = (claimed.state as ShardsState | null) ?? SHARDS;
    return { ...holdLease(renew, times.leaseMs, givingUp), claimed, state, failures: claimed.failures };
  }

  /** A stream that is new, or was reset, knows of no shard. */
  private async begin({ claimed }: StreamLease): Promise<void> {
    if (claimed.state !== null) return;
    if (!(await beginShards(this.parts.pool, this.key, claimed.token, SHARDS))) throw new LeaseLostError();
  }

  /** What is to be read, and from which day on that is all. */
  private async plan(lease: StreamLease, nowMs: number): Promise<{ from: string; due: DueShard[] }> {
    const { definition, export: ga4 } = this.parts.source;
    const today = dayAt(nowMs, definition.timezone);
    const start = definition.start === undefined ? undefined : dayOfDate(definition.start);
    const from = firstDay(today, start, lease.state.read_from);
    const shards = from > today ? [] : await ga4.listShards(from, today, lease.signal);
    return { from, due: chooseShards(shards, await readShardRows(this.parts.pool, this.key.source, from)) };
  }

  /** @returns false where the turn was over before its end */
  private async readAndAdvance(lease: StreamLease, due: DueShard, startedMs: number): Promise<boolean> {
    const { pool } = this.parts;
    const { token } = lease.claimed;
    const hold = (isHeld: boolean): void => {
      if (!isHeld) throw new LeaseLostError();
    };
    const read = (begun: DueShard['begun']): Promise<SourceWindow | undefined> => {
      const shard = begun ? { ...due.shard, modifiedAt: begun.modified_at } : due.shard;
      return readShard(
        {
          ...{ shard, kind: due.isAgain ? 'lookback' : 'live', signal: lease.signal },
          ...{ attempt: lease.failures + 1, ...(begun && { begun }) },
          onPage: async (row) => {
            hold(await keepShardProgress(pool, this.key, token, row));
            return !this.isOver(startedMs);
          },
          onEnd: async (row, window, gone) => {
            const state = watermarkBehind(lease.state, shard, this.parts.source.definition.timezone);
            hold(await finishShard(pool, token, state, window, row, gone));
            lease.state = state;
            lease.failures = 0;
          },
        },
        this.parts,
      );
    };
    const window = await read(due.begun).catch((error: unknown) => {
      if (!(asSliceFailure(error).cause instanceof LostCheckpointError)) throw error;
      this.parts.logger.info({ ...this.key, shard: due.shard.id }, 'a shard is read from its start again');
      return read(undefined);
    });
    if (window) reportWindow(this.parts, window, this.measureLag(lease));
    return window !== undefined;
  }

  /** Whether others are to have lease and slot before it goes on. */
  private isOver(startedMs: number): boolean {
    return this.parts.isStopping() || this.parts.now() > startedMs + this.parts.times.turnMs;
  }

  /** All from this day on was read once: from now on the look-back is enough. */
  private async noteReadFrom(lease: StreamLease, from: string): Promise<void> {
    const { read_from: before } = lease.state;
    if (before !== undefined && before <= from) return;
    lease.state = { ...lease.state, read_from: from };
    const isHeld = await setStreamState(this.parts.pool, this.key, lease.claimed.token, lease.state);
    if (!isHeld) throw new LeaseLostError();
  }

  private async readDay(
    day: string,
    task: { attempt: number; backfillId: string; signal: AbortSignal },
  ): Promise<SourceWindow> {
    const { pool, source } = this.parts;
    const [shard] = bestShards(await source.export.listShards(day, day, task.signal));
    if (!shard) return windowOfNoShard(day, task, this.parts);
    const window = await readShard(
      {
        ...{ ...task, shard, kind: 'backfill' },
        onPage: async () => true,
        onEnd: (_row, _window, gone) => forgetConversions(pool, this.key.source, gone),
      },
      this.parts,
    );
    return window!;
  }

  private async release(lease: StreamLease, next: { intervalMs: number } | 'now'): Promise<void> {
    await releaseStream(this.parts.pool, this.key, lease.claimed.token, next);
    this.measureLag(lease);
  }

  /** Records why the poll ended early; who has lost the lease writes nothing. */
  private async giveUp(lease: StreamLease, error: unknown): Promise<void> {
    const { pool, now, random } = this.parts;
    const { token } = lease.claimed;
    const { window, failure, cause } = asSliceFailure(error);
    if (cause instanceof LeaseLostError || lease.signal.reason instanceof LeaseLostError) {
      return reportLostLease(this.parts, this.key);
    }
    if (window) reportWindow(this.parts, window, this.measureLag(lease), cause);
    else reportFailure(this.parts, this.key, failure, cause);
    if (this.parts.isStopping()) return releaseStream(pool, this.key, token, 'now', window);
    await failStream(pool, this.key, token, waitAfter(failure, lease.failures, now(), random()), window);
  }

  /** Seconds from the watermark to now, where there is one. */
  private measureLag({ state }: StreamLease): number | undefined {
    if (state.watermark === undefined) return undefined;
    const seconds = (this.parts.now() - instantToMs(state.watermark)) / 1000;
    this.setLag(seconds);
    return Math.round(seconds);
  }

  private setLag(seconds: number): void {
    this.parts.metrics.sourceWatermarkLag.set({ ...this.key }, Math.max(0, seconds));
  }
}
