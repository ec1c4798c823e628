import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { FatalConsumerError } from '../errors.js';
import type { ConsumeOptions, Consumer } from '../event-log.js';
import type { LogSink } from '../log-sink.js';
import { Leases, type Lease } from './leases.js';
import { commitOffset, heartbeat, leave, release, type Member } from './membership.js';
import { fetchRecords, readEnds } from './records.js';
import type { Topic } from './topics.js';
import type { WakeUps } from './wake-ups.js';

const POLL_MS = 250;
const MAX_HEARTBEAT_MS = 2_000;
const HEARTBEAT_RETRY_MS = 250;
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 3_000;

/**
 * A member of a consumer group. Two loops: one keeps the membership and the leases (heartbeats), one looks
 * which leased partitions have records and works on them, in the order effects (the handler), then commit.
 * A commit is fenced by the lease's epoch, so a member that was taken for dead commits nothing.
 */
export class GroupMember implements Consumer {
  readonly finished: Promise<void>;
  private readonly member: Member;
  private readonly topics: Map<number, Topic>;
  private readonly leases = new Leases();
  private readonly work = new Set<Promise<void>>();
  private readonly unsubscribe: (() => void)[] = [];
  private readonly pollTimer: NodeJS.Timeout;
  private heartbeatTimer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private beatAgain = false;
  private looking = false;
  private lookAgain = false;
  private lastBeatAt = 0;
  private ending: Promise<void> | undefined;
  private settle!: { resolve: () => void; reject: (error: Error) => void };

  constructor(
    private readonly pool: Pool,
    private readonly wakeUps: WakeUps,
    private readonly options: ConsumeOptions,
    topics: readonly Topic[],
    private readonly logger: LogSink,
  ) {
    const sessionTimeoutMs = options.sessionTimeoutMs ?? 10_000;
    this.member = { id: randomUUID(), group: options.group, topics, sessionTimeoutMs };
    this.topics = new Map(topics.map((topic) => [topic.id, topic]));
    this.finished = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    // Whoever looks at it gets the rejection; nobody has to.
    this.finished.catch((error: unknown) => logger.error({ error, ...this.fields }, 'consumer ended'));
    this.pollTimer = setInterval(() => this.look(), POLL_MS);
  }

  private get fields(): object {
    return { group: this.options.group, topics: this.options.topics };
  }

  /** Resolves when the member has joined. @throws what PostgreSQL answers */
  async start(): Promise<void> {
    try {
      await this.beatOnce();
    } catch (error) {
      clearInterval(this.pollTimer);
      throw error;
    }
    const look = (): void => this.look();
    const beat = (): void => this.beat();
    for (const topic of this.options.topics) this.unsubscribe.push(this.wakeUps.on(`topic ${topic}`, look));
    this.unsubscribe.push(this.wakeUps.on(`group ${this.options.group}`, beat));
    this.unsubscribe.push(this.wakeUps.on('connected', () => this.reconnected()));
    this.wakeUps.tell(`group ${this.options.group}`); // the others have to share with us
    this.look();
  }

  isHealthy(): boolean {
    return !this.ending && Date.now() - this.lastBeatAt < this.member.sessionTimeoutMs;
  }

  async stop(): Promise<void> {
    await this.end(undefined);
  }

  private end(error: Error | undefined): Promise<void> {
    this.ending ??= this.finishAndLeave().then(
      () => (error ? this.settle.reject(error) : this.settle.resolve()),
      (leaving: Error) => this.settle.reject(error ?? leaving),
    );
    return this.ending;
  }

  private async finishAndLeave(): Promise<void> {
    clearInterval(this.pollTimer);
    for (const unsubscribe of this.unsubscribe) unsubscribe();
    while (this.work.size > 0) await Promise.all(this.work); // heartbeats go on meanwhile
    clearTimeout(this.heartbeatTimer);
    await this.beating;
    clearTimeout(this.heartbeatTimer);
    try {
      await leave(this.pool, this.member);
      this.wakeUps.tell(`group ${this.options.group}`);
    } catch (error) {
      this.logger.warn(
        { error, ...this.fields },
        'could not leave the group; others wait for the session to end',
      );
    }
    this.leases.loseAll();
  }

  // Membership -------------------------------------------------------------------------------------

  /** Shows itself now; asked again meanwhile, once more afterwards. */
  private beat(): void {
    if (this.beating) {
      this.beatAgain = true;
      return;
    }
    clearTimeout(this.heartbeatTimer);
    this.beating = this.beatOnce()
      .catch((error: unknown) => this.beatFailed(error))
      .finally(() => {
        this.beating = undefined;
        if (!this.beatAgain || this.ending) return;
        this.beatAgain = false;
        this.beat();
      });
  }

  private async beatOnce(): Promise<void> {
    const startedAt = Date.now();
    const standing = await heartbeat(this.pool, this.member, this.leases.all());
    this.lastBeatAt = startedAt;
    const { given, news } = this.leases.follow(standing);
    if (given.length > 0) await this.giveUp(given);
    if (news) this.look();
    const regular = Math.min(this.member.sessionTimeoutMs / 4, MAX_HEARTBEAT_MS);
    // A member that dies is noticed at the moment its time runs out.
    this.beatIn(Math.min(regular, Math.max(10, (standing.nextExpiryMs ?? regular) + 5)));
  }

  private beatIn(delayMs: number): void {
    clearTimeout(this.heartbeatTimer);
    this.heartbeatTimer = setTimeout(() => this.beat(), delayMs);
  }

  private beatFailed(error: unknown): void {
    this.logger.warn({ error, ...this.fields }, 'heartbeat failed');
    if (Date.now() - this.lastBeatAt >= this.member.sessionTimeoutMs) this.leases.loseAll();
    this.beatIn(HEARTBEAT_RETRY_MS);
  }

  private async giveUp(leases: readonly Lease[]): Promise<void> {
    await release(this.pool, this.member, leases);
    this.leases.remove(leases);
    this.wakeUps.tell(`group ${this.options.group}`);
  }

  private reconnected(): void {
    this.leases.endBackoffs();
    this.beat();
    this.look();
  }

  // Work -------------------------------------------------------------------------------------------

  /** Looks for partitions with records, now; asked again meanwhile, once more afterwards. */
  private look(): void {
    if (this.looking) {
      this.lookAgain = true;
      return;
    }
    this.looking = true;
    this.lookOnce()
      .catch((error: unknown) => this.logger.debug({ error: String(error), ...this.fields }, 'cannot look'))
      .finally(() => {
        this.looking = false;
        if (!this.lookAgain) return;
        this.lookAgain = false;
        this.look();
      });
  }

  private async lookOnce(): Promise<void> {
    const { concurrency = 3 } = this.options;
    if (this.ending || this.work.size >= concurrency || this.leases.ready().length === 0) return;
    const ends = await readEnds(this.pool, [...this.topics.keys()]);
    if (this.ending) return;
    for (const lease of this.leases.ready()) {
      if (this.work.size >= concurrency) break;
      const end = ends.get(`${lease.topicId}/${lease.partition}`) ?? 0n;
      if (end <= lease.position) continue;
      const working = this.workOn(lease, end).finally(() => {
        this.work.delete(working);
        this.look();
      });
      this.work.add(working);
    }
  }

  /** One batch of one partition. Never rejects. */
  private async workOn(lease: Lease, end: bigint): Promise<void> {
    lease.working = true;
    try {
      const next = await this.handle(lease, end);
      if (next === undefined || lease.lost.signal.aborted) return;
      if (await commitOffset(this.pool, this.member, lease, next)) {
        lease.position = next;
        lease.failures = 0;
      } else {
        this.logger.warn({ ...this.fields, partition: lease.partition }, 'partition lost, nothing committed');
        this.leases.lose(lease);
        this.beat();
      }
    } catch (error) {
      if (error instanceof FatalConsumerError) void this.end(error);
      else this.failed(lease, error);
    } finally {
      lease.working = false;
      lease.servedAt = Date.now();
    }
    if (lease.releasing && !this.ending) await this.giveUp([lease]).catch(() => this.beat());
  }

  /** Returns the offset to commit. When nothing is left below `end` (compaction), that is `end`. */
  private async handle(lease: Lease, end: bigint): Promise<bigint | undefined> {
    const topic = this.topics.get(lease.topicId);
    if (!topic) throw new Error(`topic ${lease.topicId} is not ours`);
    const records = await fetchRecords(this.pool, topic, {
      partition: lease.partition,
      from: lease.position,
      maxRecords: this.options.maxBatchRecords ?? 1_000,
      maxBytes: this.options.maxBatchBytes ?? 4 * 1024 * 1024,
    });
    const last = records.at(-1);
    if (!last) return end;
    const { signal } = lease.lost;
    if (signal.aborted) return undefined;
    await this.options.handleBatch({ topic: topic.name, partition: lease.partition, records, signal });
    return last.offset + 1n;
  }

  private failed(lease: Lease, error: unknown): void {
    const delayMs = Math.min(FIRST_BACKOFF_MS * 2 ** lease.failures, MAX_BACKOFF_MS);
    lease.failures++;
    lease.notBefore = Date.now() + delayMs;
    this.logger.warn(
      { error, ...this.fields, partition: lease.partition, failures: lease.failures, delayMs },
      'batch failed, comes again',
    );
    setTimeout(() => this.look(), delayMs).unref();
  }
}
