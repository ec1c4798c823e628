import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { attribution } from '#apps/attribution';
import { readStatus } from '#apps/console';
import { normalizer } from '#apps/normalizer';
import type { PollerTimes } from '#apps/http-poller';
import { registerStreams, setPaused, type SourceWindow, type StreamStatus } from '#libs/database';
import { Topic } from '#libs/events';
import { databaseOf, startProcess, type RunningProcess } from '#libs/runtime';
import type { HttpSourceDefinition, StreamDefinition, StreamState } from '#libs/sources';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { until } from '#test/until';
import { storedIn } from '../normalizer/log-probe.js';
import { PollerChild, hurryStream } from './polling-world.js';

/** Name of the one stream of every source here. */
export const STREAM = 'transactions';

const instant = (path: string) => ({ path, time: 'iso', timezone: 'UTC' });

/** Movements of money whose `updated_at` grows with every change. They stand in `data`. */
export const TRANSACTIONS = {
  name: STREAM,
  decoder: { type: 'json' },
  record_selector: { path: 'data' },
  primary_key: ['id'],
  cursor_field: 'updated_at',
  mapping: [
    {
      event: 'transaction',
      fields: {
        id: 'id',
        player_id: 'player_id',
        amount: { path: 'amount', money: 'USD' },
        status: 'status',
        dir: 'dir',
        created_at: instant('created_at'),
        updated_at: instant('updated_at'),
        comment: 'comment',
      },
    },
  ],
} satisfies Partial<StreamDefinition>;

/** A movement of money as the partner has it. */
export interface Transaction {
  id: string;
  player_id: string;
  /** A decimal without zeros at its end. */
  amount: string;
  status: 'New' | 'Process' | 'Success' | 'Fail';
  dir: 'IN' | 'OUT';
  /** Instants of ISO 8601 with milliseconds, in UTC. */
  created_at: string;
  updated_at: string;
  comment: string;
}

const ROWS = `SELECT id, player_id, trim_scale(amount)::text AS amount, status, dir, comment,
    to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at,
    to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS updated_at
  FROM tributary.transactions WHERE brand = $1 ORDER BY id`;

/**
 * A database with the real normalizer and attribution on it, and folders of definitions for pollers in processes of
 * their own. The brand of every source is its name.
 */
export class PartnerRiver {
  private readonly folders: string[] = [];
  private readonly pollers: PollerChild[] = [];

  private constructor(
    private readonly home: TestDatabase,
    private readonly definitions: readonly HttpSourceDefinition[],
    private running: RunningProcess | undefined,
  ) {}

  static async open(definitions: readonly HttpSourceDefinition[]): Promise<PartnerRiver> {
    const river = new PartnerRiver(await testDatabase(), definitions, undefined);
    river.running = await startProcess('test', [normalizer, attribution], {
      migrates: true,
      environment: river.environmentOf(definitions),
    });
    return river;
  }

  /** A poller of these sources, all of them unless named, in a process of its own. */
  poller(
    times: PollerTimes,
    { among, ...hooks }: { among?: readonly string[]; afterAcknowledgement?: string } = {},
  ): PollerChild {
    const definitions = this.definitions.filter(({ name }) => among?.includes(name) ?? true);
    const environment = { ...this.environmentOf(definitions), LOG_LEVEL: 'info' };
    const poller = new PollerChild({ environment, times, ...hooks });
    this.pollers.push(poller);
    return poller;
  }

  /** Makes the streams known, none of which is polled before it is resumed. */
  async pauseAll(): Promise<void> {
    const keys = this.definitions.map(({ name }) => ({ source: name, stream: STREAM, definitionHash: '' }));
    await registerStreams(this.pool, keys);
    for (const key of keys) await setPaused(this.pool, key, true, 'the test');
  }

  async setPaused(source: string, paused: boolean): Promise<void> {
    await setPaused(this.pool, { source, stream: STREAM }, paused, 'the test');
  }

  /** Makes a stream due, see `hurryStream`. */
  hurry(source: string): Promise<void> {
    return hurryStream(this.pool, source);
  }

  /** Makes streams due that wait after a failure. */
  async hurryFailed(): Promise<void> {
    await this.pool.query(
      'UPDATE tributary.source_state SET next_attempt_at = now() WHERE failures > 0 AND next_attempt_at > now()',
    );
  }

  /** The readings that have ended. */
  async ledger(source: string): Promise<LedgerLine[]> {
    const found = await this.pool.query<LedgerLine>(
      `SELECT * FROM tributary.source_windows WHERE source = $1 AND outcome <> 'unfinished' ORDER BY window_id`,
      [source],
    );
    return found.rows;
  }

  /** What is stored; null before the first window was read. */
  async state(source: string): Promise<Extract<StreamState, { type: 'datetime' }> | null> {
    const found = await this.pool.query<{ state: Extract<StreamState, { type: 'datetime' }> | null }>(
      'SELECT state FROM tributary.source_state WHERE source = $1',
      [source],
    );
    return found.rows[0]!.state;
  }

  /** From the end of the last reading to the next attempt. */
  async waitMs(source: string): Promise<number> {
    const found = await this.pool.query<{ ms: number }>(
      `SELECT extract(epoch FROM s.next_attempt_at - max(w.finished_at))::float8 * 1000 AS ms
        FROM tributary.source_state s JOIN tributary.source_windows w USING (source, stream)
        WHERE source = $1 GROUP BY s.next_attempt_at`,
      [source],
    );
    return found.rows[0]!.ms;
  }

  async status(source: string): Promise<StreamStatus> {
    const { sources } = await readStatus(this.running!.platform);
    return sources.streams.find((stream) => stream.source === source)!;
  }

  /** Natural keys and ids of what the log has of the source, in the log's order. */
  async logged(source: string): Promise<{ key: string; eventId: string }[]> {
    const records = await storedIn(this.running!.platform.eventLog, Topic.rawEvents);
    return records
      .filter(({ key }) => key.startsWith(`${source}|`))
      .map(({ key, value }) => ({ key: key.slice(source.length + 1), eventId: eventIdOf(value!) }));
  }

  /** The source's rows by id, when everything that was published has become rows. */
  async rows(source: string): Promise<Transaction[]> {
    for (let still = 0; still < 2;) {
      const { lag, unsettled_batches } = await readStatus(this.running!.platform);
      // twice: between two groups' lags a batch of the first may have become records for the second
      still = unsettled_batches === 0 && lag.every((group) => group.lag === 0) ? still + 1 : 0;
    }
    return (await this.pool.query<Transaction>(ROWS, [source])).rows;
  }

  async deadLetters(): Promise<object[]> {
    return (await this.pool.query<object>('SELECT reason, path, detail FROM tributary.dead_letters')).rows;
  }

  /** Waits for a condition on the source's readings. */
  async ledgerShows(
    what: string,
    source: string,
    condition: (lines: LedgerLine[]) => boolean,
  ): Promise<LedgerLine[]> {
    let lines: LedgerLine[] = [];
    await until(`${source}: ${what}`, async () => condition((lines = await this.ledger(source))));
    return lines;
  }

  async close(): Promise<void> {
    for (const poller of this.pollers) await poller.kill9();
    await this.running?.stop();
    for (const folder of this.folders) rmSync(folder, { recursive: true });
    await this.home.drop();
  }

  get database() {
    return databaseOf(this.running!.platform);
  }

  get pool() {
    return this.database.pool;
  }

  private environmentOf(definitions: readonly HttpSourceDefinition[]): Record<string, string> {
    const folder = mkdtempSync(join(tmpdir(), 'sources-'));
    this.folders.push(folder);
    for (const each of definitions) writeFileSync(join(folder, `${each.name}.yaml`), stringify(each));
    return {
      DATABASE_URL: this.home.url,
      SOURCES_DIR: folder,
      ADMIN_HOST: '127.0.0.1',
      ADMIN_PORT: '0',
      KAFKA_PARTITIONS: '3',
      LOG_LEVEL: 'silent',
      SECRET_CLIENT: 's3cret',
    };
  }
}

/** A line of the ledger as it is stored. */
export type LedgerLine = Pick<
  SourceWindow,
  | 'kind'
  | 'slice_key'
  | 'outcome'
  | 'attempt'
  | 'error_code'
  | 'error'
  | 'published'
  | 'changed'
  | 'pages'
  | 'paging_contradictions'
> &
  Record<'rows_read' | 'rows_selected' | 'monotone_violations', string> &
  Record<'slice_from' | 'slice_to' | 'started_at' | 'finished_at', Date>;

function eventIdOf(value: string): string {
  return (JSON.parse(value) as { id: string }).id;
}
