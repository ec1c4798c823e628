import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleDestroy, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval, SchedulerRegistry } from '@nestjs/schedule';
import { deleteSourceWindowsBefore } from '#libs/database';
import { BackfillRunner } from './backfill-runner.js';
import type { PollableStream } from './pollable-stream.js';
import type { PollerParts } from './poller-parts.js';

/** What the schedule polls, and with what. */
export interface Polling {
  /** Those that can be polled at once. */
  streams: readonly PollableStream[];
  /** Those that can be polled since it was asked last, or since the start. */
  lookForMore(): Promise<readonly PollableStream[]>;
  parts: PollerParts;
  /** Aborts `parts.stopping`. */
  beginStop(): void;
  /** Aborts `parts.givingUp`. */
  giveUp(): void;
}

/** Token of the `Polling` in Nest's module. */
export const POLLING = Symbol('Polling');

const BACKFILLS = 'backfills';
const DEFINITIONS = 'definitions';
const TEN_MINUTES_MS = 10 * 60_000;
/** Half a year of the ledger, to look up what was read when a partner's bill is in doubt. */
const WINDOW_RETENTION_MS = 180 * 24 * 60 * 60_000;

/** One timer a stream: no stream waits for another's. When a stream is due the table says, for all processes. */
@Injectable()
export class PollSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly running = new Set<Promise<void>>();
  private readonly streams: PollableStream[] = [];
  private readonly backfills: BackfillRunner;

  constructor(
    private readonly registry: SchedulerRegistry,
    @Inject(POLLING) private readonly polling: Polling,
  ) {
    this.backfills = new BackfillRunner(this.streams, polling.parts);
  }

  onApplicationBootstrap(): void {
    const { lookMs } = this.polling.parts.times;
    this.begin(this.polling.streams);
    this.repeat(BACKFILLS, 0, async () => {
      await this.backfills.beginDue();
      return lookMs;
    });
    this.repeat(DEFINITIONS, lookMs, async () => {
      this.begin(await this.polling.lookForMore());
      return lookMs;
    });
  }

  /** What is being read may end within the grace, and is given up after it; leases are given back. */
  async onModuleDestroy(): Promise<void> {
    this.polling.beginStop();
    for (const name of this.registry.getTimeouts()) this.registry.deleteTimeout(name);
    const ended = Promise.all([...this.running, this.backfills.settled()]);
    await Promise.race([ended, sleep(this.polling.parts.times.graceMs, undefined, { ref: false })]);
    this.polling.giveUp();
    await ended;
  }

  @Interval(TEN_MINUTES_MS)
  async forgetOldWindows(): Promise<void> {
    const { pool, now, logger } = this.polling.parts;
    try {
      await deleteSourceWindowsBefore(pool, new Date(now() - WINDOW_RETENTION_MS));
    } catch (error) {
      logger.warn({ error }, 'old lines of the ledger are still there; tried again in ten minutes');
    }
  }

  private begin(streams: readonly PollableStream[]): void {
    if (this.polling.parts.isStopping()) return;
    this.streams.push(...streams);
    for (const stream of streams) {
      this.repeat(`${stream.source}/${stream.stream}`, 0, () => this.pollWhenDue(stream));
    }
  }

  /** @returns in how many milliseconds to look again */
  private async pollWhenDue(stream: PollableStream): Promise<number> {
    const waitMs = await stream.msUntilDue();
    if (waitMs > 0) return waitMs;
    await this.polling.parts.slots.run(stream.source, async () => {
      if (!this.polling.parts.isStopping()) await stream.poll();
    });
    return 0;
  }

  /** Runs the work again and again, each time after as long as it has said; a failure is said and waited for. */
  private repeat(name: string, waitMs: number, work: () => Promise<number>): void {
    const { parts } = this.polling;
    const run = async (): Promise<void> => {
      const next = await work().catch((error: unknown) => {
        if (!parts.isStopping()) parts.logger.warn({ name, error }, 'not polled; tried again soon');
        return parts.times.lookMs;
      });
      this.running.delete(running);
      if (!parts.isStopping()) this.repeat(name, next, work);
    };
    let running: Promise<void>;
    const start = (): void => {
      if (this.registry.doesExist('timeout', name)) this.registry.deleteTimeout(name);
      running = run();
      this.running.add(running);
    };
    this.registry.addTimeout(name, setTimeout(start, waitMs + parts.random() * parts.times.jitterMs));
  }
}
