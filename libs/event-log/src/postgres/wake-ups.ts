import { EventEmitter } from 'node:events';
import type { Pool, PoolClient } from 'pg';
import type { LogSink } from '../log-sink.js';

const CHANNEL = 'event_log';
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 1_000;

/** What can be news: records of a topic, members or free partitions of a group. */
export type News = `topic ${string}` | `group ${string}`;

/**
 * Tells consumers, here at once and in other processes by NOTIFY, that there is something to do. Only
 * a hint: whoever waits for it also looks by itself now and then. The NOTIFY is a transaction of its own
 * that writes nothing: inside the append it would hold PostgreSQL's one notify lock over the commit's fsync.
 */
export class WakeUps {
  private readonly listeners = new EventEmitter().setMaxListeners(0);
  private readonly unsent = new Set<News>();
  private sending: Promise<void> | undefined;
  private connection: PoolClient | undefined;
  private retry: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly pool: Pool,
    private readonly logger: LogSink,
  ) {}

  /** Calls `wake` at news of this name, and at `connected`: after a break, anything may have been missed. */
  on(news: News | 'connected', wake: () => void): () => void {
    this.listeners.on(news, wake);
    if (!this.connection && !this.retry) this.listenSoon(0, FIRST_RETRY_MS);
    return () => this.listeners.off(news, wake);
  }

  /** Spreads the news; never fails, never waits. */
  tell(news: News): void {
    this.listeners.emit(news);
    this.unsent.add(news);
    this.sending ??= this.send();
  }

  private async send(): Promise<void> {
    while (this.unsent.size > 0) {
      const payloads = [...this.unsent];
      this.unsent.clear();
      try {
        await this.pool.query({
          name: 'event_log_notify',
          text: `SELECT pg_notify('${CHANNEL}', payload) FROM unnest($1::text[]) AS payload`,
          values: [payloads],
        });
      } catch (error) {
        this.logger.debug({ error: String(error) }, 'consumers elsewhere were not woken');
      }
    }
    this.sending = undefined; // in the same step as the last look
  }

  private listenSoon(delayMs: number, nextDelayMs: number): void {
    if (this.closed) return;
    this.retry = setTimeout(() => {
      this.listen().catch((error: unknown) => {
        this.logger.debug({ error: String(error) }, 'cannot listen for wake-ups');
        this.listenSoon(nextDelayMs, Math.min(nextDelayMs * 2, MAX_RETRY_MS));
      });
    }, delayMs);
  }

  private async listen(): Promise<void> {
    const client = await this.pool.connect();
    if (this.closed) return client.release();
    const lost = (error?: Error): void => {
      if (this.connection !== client) return;
      this.connection = undefined;
      client.release(error ?? true);
      this.listenSoon(FIRST_RETRY_MS, FIRST_RETRY_MS * 2);
    };
    client.on('error', lost);
    client.on('end', () => lost());
    client.on('notification', ({ payload }) => this.listeners.emit(payload ?? ''));
    try {
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      client.release(true);
      throw error;
    }
    if (this.closed) return client.release(true);
    this.connection = client;
    this.retry = undefined;
    this.listeners.emit('connected');
  }

  /** Sends what is unsent and lets go of the connection. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    await this.sending;
    const connection = this.connection;
    this.connection = undefined;
    connection?.release(true);
  }
}
