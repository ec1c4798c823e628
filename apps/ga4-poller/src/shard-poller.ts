import {
  beginShards,
  finishShard,
  forgetConversions,
  keepShardProgress,
  readShardRows,
  setStreamState,
  type SourceWindow,
  type StreamKey,
} from '#libs/database';
import { instantToMs, type Instant } from '#libs/events';
import { bestShards, shardVersion, type Shard, type ShardKind } from '#libs/ga4';
import {
  LeaseLostError,
  SliceFailedError,
  asSliceFailure,
  msUntilDue,
  takeTurn,
  type BackfillSlice,
  type NextTurn,
  type StreamTurn,
} from '#libs/polling';
import { GA4_STREAM } from '#libs/sources';
import { chooseShards, type DueShard } from './choose-shards.js';
import { LostCheckpointError } from './export.js';
import type { Ga4Parts } from './ga4-parts.js';
import { boundsOfDay, dayAt, dayOfDate, daysWithin, firstDay } from './property-days.js';
import { readShard, takeBackGone } from './read-shard.js';
import { SHARDS, watermarkBehind, type ShardsState } from './shards-state.js';
import { windowOfNoShard } from './window-of-no-shard.js';

type ShardsTurn = StreamTurn<ShardsState>;

/** Polls the shards of one source. */
export class ShardPoller {
  private readonly key: StreamKey;

  constructor(private readonly parts: Ga4Parts) {
    this.key = { source: parts.source.definition.name, stream: GA4_STREAM };
  }

  /** In how many milliseconds there may be something to do, as the table says; it may change any time. */
  msUntilDue(): Promise<number> {
    return msUntilDue(this.key, this.parts);
  }

  /**
   * Leases the stream, looks at the shards' metadata, and reads each that has changed, from where an earlier turn has
   * come. A failure is recorded and ends the poll, that of one shard alone when the others are read; so does the end of
   * the turn.
   * @throws what the database answered where not even the failure can be recorded
   */
  poll(): Promise<void> {
    const initialState = (): ShardsState => SHARDS;
    return takeTurn(this.key, this.parts, { initialState, read: (turn) => this.readDue(turn) });
  }

  /** The days of a stretch of history; each is read again whole, as it is then. */
  backfill(from: Instant, to: Instant): BackfillSlice[] {
    const { timezone } = this.parts.source.definition;
    return daysWithin(instantToMs(from), instantToMs(to), timezone).map((day) => {
      const end = boundsOfDay(day, timezone).to;
      return { to: end < to ? end : to, read: (task) => this.readDay(day, task) };
    });
  }

  private async readDue(turn: ShardsTurn): Promise<NextTurn> {
    if (turn.isNew) this.hold(await beginShards(this.parts.pool, this.key, turn.token, SHARDS));
    const { from, due } = await this.plan(turn);
    let failed: SliceFailedError | undefined;
    let hasRead = false;
    for (const [i, one] of due.entries()) {
      // A page at least is read in every turn, however long the look at the shards has taken
      const mayRead = i === 0 ? !this.parts.isStopping() : !turn.isOver();
      if (!mayRead && failed && !hasRead) break;
      try {
        const isRead = mayRead && (await this.readAndAdvance(turn, one, failed === undefined));
        if (!isRead) return 'now';
        hasRead = true;
      } catch (error) {
        if (!isOfShardAlone(error) || turn.signal.aborted || this.parts.isStopping()) throw error;
        if (failed) turn.report(error.window);
        failed ??= error;
      }
    }
    if (failed) throw failed;
    await this.noteReadFrom(turn, from);
    return { intervalMs: this.parts.source.pollIntervalMs };
  }

  /** What is to be read, and from which day on that is all. */
  private async plan(turn: ShardsTurn): Promise<{ from: string; due: DueShard[] }> {
    const { definition, export: ga4 } = this.parts.source;
    const today = dayAt(turn.startedMs, definition.timezone);
    const start = definition.start === undefined ? undefined : dayOfDate(definition.start);
    const { read_from: readFrom, watermark } = turn.state;
    const reached = watermark && dayAt(instantToMs(watermark), definition.timezone);
    const from = firstDay(today, { start, readFrom, reached });
    const shards = from > today ? [] : await ga4.listShards(from, today, turn.signal);
    return { from, due: chooseShards(shards, await readShardRows(this.parts.pool, this.key.source, from)) };
  }

  /**
   * @param isNext whether all before it is read: else the state stays where it is
   * @returns false where the turn was over before its end
   */
  private async readAndAdvance(turn: ShardsTurn, due: DueShard, isNext: boolean): Promise<boolean> {
    const { pool } = this.parts;
    const { token } = turn;
    const read = (begun: DueShard['begun']): Promise<SourceWindow | undefined> => {
      const shard = begun ? { ...due.shard, modifiedAt: begun.modified_at } : due.shard;
      return readShard(
        {
          ...{ shard, kind: due.isAgain ? 'lookback' : 'live', signal: turn.signal },
          ...{ attempt: turn.failures + 1, ...(begun && { begun }) },
          onPage: async (row) => {
            this.hold(await keepShardProgress(pool, this.key, token, row));
            return !turn.isOver();
          },
          onEnd: async (row, window, gone) => {
            const { timezone } = this.parts.source.definition;
            const state = isNext ? watermarkBehind(turn.state, shard, timezone) : turn.state;
            this.hold(await finishShard(pool, token, state, window, row, gone));
            turn.state = state;
            if (isNext) turn.failures = 0;
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
    if (window) turn.report(window);
    return window !== undefined;
  }

  /** All from this day on was read once: from now on the look-back is enough. */
  private async noteReadFrom(turn: ShardsTurn, from: string): Promise<void> {
    const { read_from: before } = turn.state;
    if (before !== undefined && before <= from) return;
    turn.state = { ...turn.state, read_from: from };
    this.hold(await setStreamState(this.parts.pool, this.key, turn.token, turn.state));
  }

  /** @throws LeaseLostError */
  private hold(isHeld: boolean): void {
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
        onEnd: async (_row, _window, gone) => {
          await forgetConversions(pool, this.key.source, gone);
          await this.takeBackSuperseded(shard);
        },
      },
      this.parts,
    );
    return window!;
  }

  /** Where a poll has read a later version of the day meanwhile: takes back what was told behind it and it has not. */
  private async takeBackSuperseded(shard: Shard): Promise<void> {
    const { pool } = this.parts;
    const rows = await readShardRows(pool, this.key.source, shard.day);
    const versions = rows
      .filter(({ day, finished_at }) => day === shard.day && finished_at !== null)
      .map((r): Shard => ({ day: r.day, kind: r.kind as ShardKind, modifiedAt: r.modified_at }));
    const [best] = bestShards(versions);
    if (!best || shardVersion(best) <= shardVersion(shard)) return;
    await forgetConversions(pool, this.key.source, await takeBackGone(best, this.parts));
  }
}

/** Whether only this shard cannot be read, as a damaged file, or a table that would bill too much; others may be. */
function isOfShardAlone(error: unknown): error is SliceFailedError {
  if (!(error instanceof SliceFailedError) || error.cause instanceof LeaseLostError) return false;
  const { reason, code } = error.failure;
  return reason !== 'transient_error' && code !== 'auth' && code !== 'secret';
}
