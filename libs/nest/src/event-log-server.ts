import { Catch, type ArgumentsHost, type RpcExceptionFilter } from '@nestjs/common';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom, throwError, type Observable } from 'rxjs';
import { isTransient } from '#libs/database';
import { FatalConsumerError, PublishError, type Consumer, type RecordBatch } from '#libs/event-log';
import type { Platform } from '#libs/runtime';

/** What `@EventPattern(topic, { … } satisfies Subscription)` says besides the topic. */
export interface Subscription {
  group: string;
  maxBatchRecords?: number;
  concurrency?: number;
}

/** How often the gauge of the lag is set. */
const LAG_INTERVAL_MS = 10_000;

/**
 * Nest's transport over the event log: the handler of a topic gets whole batches, one call a batch, and its
 * offsets are committed when the call has resolved. (Nest's own Kafka server hands out one message at a time
 * and commits what no handler knew.)
 */
export class EventLogServer extends Server implements CustomTransportStrategy {
  override readonly propagatesEventHandlerErrors = true;
  private consumers: Consumer[] = [];
  private lagTimer: NodeJS.Timeout | undefined;

  constructor(private readonly platform: Platform) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    this.subscribeAll().then(() => callback(), callback);
    this.lagTimer = setInterval(() => void this.measureLag(), LAG_INTERVAL_MS).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.lagTimer);
    await Promise.all(this.consumers.splice(0).map((c) => c.stop()));
  }

  on(): void {
    throw new Error('the event log has no transport events to listen to');
  }

  unwrap<T>(): T {
    return this.platform.eventLog as T;
  }

  private async subscribeAll(): Promise<void> {
    for (const [topic, handler] of this.getHandlers()) {
      const { group, ...limits } = handler.extras as Subscription;
      const consumer = await this.platform.eventLog.consume({
        group,
        topics: [topic],
        ...limits,
        handleBatch: (batch) => this.deliver(group, handler, batch),
      });
      this.consumers.push(consumer);
      this.platform.health.addCheck(`consumer ${group}`, async () => {
        if (!consumer.isHealthy()) throw new Error('not in its group');
      });
      consumer.finished.catch((error: unknown) => {
        this.platform.logger.fatal({ group, error }, 'the consumer has ended');
        this.platform.health.fail(`consumer ${group} has ended`);
      });
    }
  }

  private async measureLag(): Promise<void> {
    const { eventLog, logger, metrics } = this.platform;
    for (const [topic, handler] of this.getHandlers()) {
      const { group } = handler.extras as Subscription;
      try {
        for (const { partition, lag } of await eventLog.lag(group, [topic])) {
          metrics.consumerLag.set({ group, topic, partition }, Number(lag));
        }
      } catch (error) {
        logger.warn({ group, error }, 'the lag cannot be read now');
      }
    }
  }

  private async deliver(group: string, handler: MessageHandler, batch: RecordBatch): Promise<void> {
    const { metrics } = this.platform;
    const labels = { group, topic: batch.topic };
    const endTimer = metrics.batchSeconds.startTimer(labels);
    try {
      const result: unknown = await handler(batch);
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    } catch (error) {
      endTimer({ outcome: 'failed' });
      throw isPassing(error)
        ? error
        : new FatalConsumerError('a batch failed for no passing reason', { cause: error });
    }
    endTimer({ outcome: 'ok' });
    metrics.batchRecords.observe(labels, batch.records.length);
    metrics.consumedRecords.inc(labels, batch.records.length);
  }
}

/** Whether the same batch may go through later; anything else is a bug, and the process ends with it. */
function isPassing(error: unknown): boolean {
  return error instanceof PublishError || error instanceof FatalConsumerError || isTransient(error);
}

/** Hands a handler's error to the transport as it is: Nest would put "Internal server error" in its place. */
@Catch()
export class PassErrorsOn implements RpcExceptionFilter {
  catch(error: unknown, _host: ArgumentsHost): Observable<never> {
    return throwError(() => error);
  }
}
