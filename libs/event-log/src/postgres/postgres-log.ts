import type { Pool } from 'pg';
import type {
  ConsumeOptions,
  Consumer,
  EventLog,
  PublishedRecord,
  PartitionLag,
  RecordPosition,
  ResetTarget,
  StoredRecord,
  TopicSpec,
} from '../event-log.js';
import type { LogSink } from '../log-sink.js';
import { GroupMember } from './group-member.js';
import { groupLag, moveGroup } from './groups.js';
import { maintain } from './maintenance.js';
import { createPool } from './pool.js';
import { readRecord } from './records.js';
import { TopicAppender } from './topic-appender.js';
import { ensureTopics, missingTopics, Topics, type Topic } from './topics.js';
import { WakeUps } from './wake-ups.js';

export type PostgresLogOptions = (
  | { connectionString: string; applicationName?: string }
  /** The caller ends it, and listens to its `error`. One connection is kept as long as there are consumers. */
  | { pool: Pool }
) & { logger: LogSink };

/**
 * The event log in PostgreSQL (15 and later), in tables that `installPostgresLog` has made.
 * @throws Error when the database does not answer or the tables are missing
 */
export async function openPostgresLog(options: PostgresLogOptions): Promise<EventLog> {
  const log = new PostgresLog(options);
  try {
    await log.missingTopics([]);
  } catch (error) {
    await log.close();
    throw error;
  }
  return log;
}

class PostgresLog implements EventLog {
  readonly engine = 'postgres';
  private readonly pool: Pool;
  private readonly logger: LogSink;
  private readonly topics: Topics;
  private readonly wakeUps: WakeUps;
  private readonly appenders = new Map<string, TopicAppender>();
  private closing: Promise<void> | undefined;

  constructor(private readonly options: PostgresLogOptions) {
    this.logger = options.logger;
    this.pool =
      'pool' in options
        ? options.pool
        : createPool(options.connectionString, options.applicationName ?? 'tributary event log', (error) =>
            this.logger.debug({ error: error.message }, 'connection to PostgreSQL lost'),
          );
    this.topics = new Topics(this.pool);
    this.wakeUps = new WakeUps(this.pool, this.logger);
  }

  publish(topic: string, records: readonly PublishedRecord[]): Promise<RecordPosition[]> {
    let appender = this.appenders.get(topic);
    if (!appender) {
      appender = new TopicAppender(this.pool, this.topics, topic, () => this.wakeUps.tell(`topic ${topic}`));
      this.appenders.set(topic, appender);
    }
    return appender.append(records);
  }

  async consume(options: ConsumeOptions): Promise<Consumer> {
    const topics = await this.topicsOf(options.topics);
    const member = new GroupMember(this.pool, this.wakeUps, options, topics, this.logger);
    await member.start();
    return member;
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    await ensureTopics(this.pool, specs);
    this.topics.forget();
  }

  missingTopics(names: readonly string[]): Promise<string[]> {
    return missingTopics(this.pool, names);
  }

  async lag(group: string, topics: readonly string[]): Promise<PartitionLag[]> {
    const found = await this.topicsOf(topics);
    return (await Promise.all(found.map((topic) => groupLag(this.pool, group, topic)))).flat();
  }

  async resetOffsets(group: string, topic: string, target: ResetTarget): Promise<void> {
    await moveGroup(this.pool, group, await this.topics.get(topic), target);
  }

  async read(topic: string, position: RecordPosition): Promise<StoredRecord | undefined> {
    return readRecord(this.pool, await this.topics.get(topic), position);
  }

  async ping(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`PostgreSQL did not answer within ${timeoutMs} ms`)),
        timeoutMs,
      );
    });
    try {
      await Promise.race([this.pool.query('SELECT 1'), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  maintain(): Promise<void> {
    return maintain(this.pool);
  }

  close(): Promise<void> {
    return (this.closing ??= this.letGo());
  }

  private async letGo(): Promise<void> {
    await Promise.all(Array.from(this.appenders.values(), (appender) => appender.settled()));
    await this.wakeUps.close();
    if (!('pool' in this.options)) await this.pool.end();
  }

  private topicsOf(names: readonly string[]): Promise<Topic[]> {
    return Promise.all(names.map((name) => this.topics.get(name)));
  }
}
