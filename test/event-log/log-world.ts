import { randomUUID } from 'node:crypto';
import type {
  ConsumeOptions,
  Consumer,
  EventLog,
  LogRecord,
  RecordBatch,
  StoredRecord,
  TopicSpec,
} from '#libs/event-log';
import { ConsumerProcess, type ConsumerSettings, type EngineAddress } from '#test/consumer-process';
import { until } from '#test/until';

/** One engine as the contract suite needs it. */
export interface EngineUnderTest {
  address: EngineAddress;
  /** A log as another process would open it. */
  open(): Promise<EventLog>;
  /** Makes transactions of different publishers take differently long, where that can be done. */
  slowDown?(): Promise<void>;
  /** A log on an engine that may be taken down; absent where the engine is not ours to kill. */
  fragile?(): Promise<FragileEngine>;
  close: () => Promise<void>;
}

export interface FragileEngine {
  log: EventLog;
  kill9: () => Promise<void>;
  start: () => Promise<void>;
  close: () => Promise<void>;
}

export const SESSION_MS = 2_000;
export const HOUR_MS = 3_600_000;

/** A consumer that keeps what it was given. */
export interface Collector {
  consumer: Consumer;
  batches: RecordBatch[];
  records: StoredRecord[];
  values(): (string | null)[];
}

/** Topics, groups and consumers of one test; the consumers end with the test. */
export class LogWorld {
  private readonly consumers: Consumer[] = [];
  private readonly processes: ConsumerProcess[] = [];
  private readonly logs: EventLog[] = [];

  constructor(
    readonly engine: EngineUnderTest,
    readonly log: EventLog,
  ) {}

  /** A new topic. */
  async topic(partitions: number, spec: Partial<TopicSpec> = {}): Promise<string> {
    const name = `topic-${randomUUID()}`;
    await this.log.ensureTopics([{ name, partitions, retentionMs: HOUR_MS, compacted: false, ...spec }]);
    return name;
  }

  group(): string {
    return `group-${randomUUID()}`;
  }

  /** Runs a member of the group until the test ends or stops it. */
  async consume(options: ConsumeOptions, log = this.log): Promise<Consumer> {
    const consumer = await log.consume({ sessionTimeoutMs: SESSION_MS, ...options });
    this.consumers.push(consumer);
    return consumer;
  }

  async collect(
    topic: string,
    group: string,
    options: Partial<ConsumeOptions> = {},
    log = this.log,
  ): Promise<Collector> {
    const batches: RecordBatch[] = [];
    const records: StoredRecord[] = [];
    const handleBatch = async (batch: RecordBatch): Promise<void> => {
      await options.handleBatch?.(batch);
      batches.push(batch);
      records.push(...batch.records);
    };
    const consumer = await this.consume({ ...options, group, topics: [topic], handleBatch }, log);
    return { consumer, batches, records, values: () => records.map(({ value }) => value) };
  }

  /** A log of its own, as a member in another process has; closed when the test ends. */
  async openOther(): Promise<EventLog> {
    const log = await this.engine.open();
    this.logs.push(log);
    return log;
  }

  /** Waits until a collector has at least so many records. */
  async collected({ records }: Collector, count: number): Promise<void> {
    await until(`${count} records arrive`, () => records.length >= count);
  }

  async process(settings: Omit<ConsumerSettings, 'engine' | 'sessionTimeoutMs'>): Promise<ConsumerProcess> {
    const { address } = this.engine;
    const started = await ConsumerProcess.start({
      engine: address,
      sessionTimeoutMs: SESSION_MS,
      ...settings,
    });
    this.processes.push(started);
    return started;
  }

  /** What the group has committed on partition 0. */
  async committed(group: string, topic: string): Promise<bigint | null> {
    const lag = await this.log.lag(group, [topic]);
    return lag.find(({ partition }) => partition === 0)?.committed ?? null;
  }

  async end(): Promise<void> {
    for (const each of this.processes.splice(0)) await each.kill9();
    await Promise.all(this.consumers.splice(0).map((consumer) => consumer.stop()));
    await Promise.all(this.logs.splice(0).map((log) => log.close()));
  }
}

/** `count` records `0`, `1`, …, each under its own key or all under the one given. */
export function numbered(count: number, key?: string, from = 0): LogRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const value = String(from + index);
    return { key: key ?? value, value };
  });
}

/** The values of `numbered`. */
export function numbers(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => String(from + index));
}
