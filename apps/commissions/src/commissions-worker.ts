import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { countMarks, countSetAside } from '#libs/database';
import { lastBegun } from '#libs/commissions';
import { PLATFORM } from '#libs/nest';
import { databaseOf, type Platform } from '#libs/runtime';
import { runCommissions } from './commissions.js';

const EVERY_MS = 2_000;

/** Looks every two seconds whether anybody is marked. Several processes take turns. */
@Injectable()
export class CommissionsWorker implements OnModuleDestroy {
  private running: Promise<void> | undefined;
  private isStopping = false;
  private failure: string | undefined;
  private setAside = 0;
  /** Whoever starts a process may have mended what made it set somebody aside. */
  private isFirst = true;

  constructor(@Inject(PLATFORM) private readonly platform: Platform) {
    platform.health.addRemark('commissions', () => this.failure ?? this.remark());
  }

  @Interval(EVERY_MS)
  async work(): Promise<void> {
    if (this.running || this.isStopping) return;
    this.running = this.workOnce().finally(() => (this.running = undefined));
    await this.running;
  }

  /** What is being reckoned ends with its chunk; what is left waits in the tables. */
  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  private remark(): string | undefined {
    if (this.setAside === 0) return undefined;
    return `${this.setAside} set aside, as they cannot be reckoned: "tributary commissions run" names them`;
  }

  private tellSetAside(count: number): void {
    this.setAside = count;
    this.platform.metrics.commissionSetAside.set(count);
  }

  private async workOnce(): Promise<void> {
    const { logger, metrics } = this.platform;
    const database = databaseOf(this.platform);
    try {
      const waiting = await countMarks(database.pool, lastBegun(new Date()));
      const marks = waiting.marks + waiting.subjects + waiting.periods;
      metrics.commissionMarks.set(marks);
      const aside = await countSetAside(database.pool);
      this.tellSetAside(aside.all);
      const retry = this.isFirst;
      if (marks + (retry ? aside.all : aside.due) > 0) {
        const startedAt = performance.now();
        const { subjects, months, entries, missingRates, contested, setAside } = await runCommissions(
          database,
          { now: new Date(), retry, isStopping: () => this.isStopping },
        );
        const ms = Math.round(performance.now() - startedAt);
        metrics.commissionSubjects.inc(subjects);
        metrics.commissionSeconds.observe(ms / 1_000);
        const counts = { subjects, months, entries, missingRates: missingRates.length, contested };
        logger.info({ ...counts, setAside: setAside.length, ms }, 'commissions reckoned');
        this.tellSetAside(setAside.length);
      }
      this.failure = undefined;
      this.isFirst = false;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
      if (!this.isStopping) logger.warn({ error }, 'commissions are not reckoned; tried again soon');
    }
  }
}
