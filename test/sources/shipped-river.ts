import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { DateTime } from 'luxon';
import { attribution } from '#apps/attribution';
import { readStatus } from '#apps/console';
import { httpPoller } from '#apps/http-poller';
import { normalizer } from '#apps/normalizer';
import { pixelIngress } from '#apps/pixel-ingress';
import { hurry, type IntargetEntity, type IntargetRow } from '#apps/standalone';
import type { StreamStatus } from '#libs/database';
import { databaseOf, startProcess, type RunningProcess } from '#libs/runtime';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { until } from '#test/until';

/** Further back than this lies nothing that a stream has not read. */
const READ_UP_TO_S = 60;

function isRead({ last_window, watermark_lag_seconds }: StreamStatus): boolean {
  return last_window?.outcome === 'succeeded' && (watermark_lag_seconds ?? 0) < READ_UP_TO_S;
}

/** When the tests of a file began; partners' rows are of the hours before. */
export const NOW = DateTime.utc().startOf('second');
const START = NOW.minus({ days: 2 }).toISODate();

/** The rows of InTarget's fixtures, moved to three hours ago; CSV has texts alone. */
export function intargetRows(entity: IntargetEntity): IntargetRow[] {
  const text = readFileSync(`sources/fixtures/intarget-product-api/${entity}.csv`, 'utf8');
  const times = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g;
  const moved = NOW.minus({ hours: 3 }).toFormat('yyyy-MM-dd HH:mm:ss');
  return parse<IntargetRow>(text.replaceAll(times, moved), { columns: true });
}

/** Definitions that ship, asking partners that are played, and what takes all they tell to rows. */
export class ShippedRiver {
  private readonly folder = mkdtempSync(join(tmpdir(), 'tributary-shipped-'));
  private database: TestDatabase | undefined;
  private running: RunningProcess | undefined;

  constructor() {
    cpSync('sources/schemas', join(this.folder, 'schemas'), { recursive: true });
  }

  /** Writes a definition that ships into the folder, asking often. @param changes texts, each of which must be there */
  place(name: string, changes: readonly (readonly [string, string])[]): void {
    const shipped = hurry(readFileSync(`sources/${name}.yaml`, 'utf8'), 'spacevegas', START);
    const text = changes.reduce((all, [from, to]) => {
      expect(all).toContain(from);
      return all.replaceAll(from, to);
    }, shipped);
    writeFileSync(join(this.folder, `${name}.yaml`), text);
  }

  /** Polls, maps and stores until every stream is read and nothing is left on the log. */
  async takeIn(environment: Record<string, string>): Promise<void> {
    this.database = await testDatabase();
    this.running = await startProcess('shipped', [pixelIngress, httpPoller, normalizer, attribution], {
      migrates: true,
      environment: {
        ...{ DATABASE_URL: this.database.url, SOURCES_DIR: this.folder, KAFKA_PARTITIONS: '2' },
        ...{ ADMIN_HOST: '127.0.0.1', ADMIN_PORT: '0', LOG_LEVEL: 'silent' },
        ...{ PIXEL_HOST: '127.0.0.1', PIXEL_PORT: '0' },
        ...environment,
      },
    });
    const { platform } = this.running;
    await until('every stream is read', async () => {
      const { sources } = await readStatus(platform);
      expect(sources.refused).toEqual([]);
      // Before they are registered there are none, and the first window of several is not all of them
      return sources.streams.length > 0 && sources.streams.every(isRead);
    });
    await this.settled();
  }

  /** Waits until every record on the log is a row: looked at twice, as the first look may see a group before another one
   * has published for it. */
  async settled(): Promise<void> {
    for (const look of ['first', 'second']) {
      await until(`nothing is left on the log, at the ${look} look`, async () => {
        const { lag, unsettled_batches } = await readStatus(this.running!.platform);
        return lag.every((group) => group.lag === 0) && unsettled_batches === 0;
      });
    }
  }

  async rows(sql: string): Promise<Record<string, unknown>[]> {
    return (await databaseOf(this.running!.platform).pool.query<Record<string, unknown>>(sql)).rows;
  }

  deadLetters(): Promise<Record<string, unknown>[]> {
    return this.rows('SELECT reason, path, detail FROM tributary.dead_letters');
  }

  get pixelsUrl(): string {
    return this.running!.addresses.find((a) => a.label === 'pixels and clicks')!.url;
  }

  async close(): Promise<void> {
    await this.running?.stop();
    await this.database?.drop();
    rmSync(this.folder, { recursive: true });
  }
}
