import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { deleteReceiptsBefore } from '#libs/database';
import { PLATFORM } from '#libs/nest';
import { databaseOf, type Platform } from '#libs/runtime';

const TEN_MINUTES_MS = 10 * 60_000;
/** As long as dead letters are kept on their topic. */
const RECEIPT_RETENTION_MS = 90 * 24 * 60 * 60_000;

/** What has to be done now and then: the log's retention and compaction where its engine leaves that to us, and
 * receipts that nobody asks for any more. Replicas may do it at once. */
@Injectable()
export class Maintenance {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Interval(TEN_MINUTES_MS)
  async run(): Promise<void> {
    try {
      await this.platform.eventLog.maintain();
      await deleteReceiptsBefore(databaseOf(this.platform).pool, new Date(Date.now() - RECEIPT_RETENTION_MS));
    } catch (error) {
      this.platform.logger.warn({ error }, 'maintenance did not finish; it runs again in ten minutes');
    }
  }
}
