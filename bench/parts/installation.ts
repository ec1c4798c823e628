import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Database } from '#libs/database';
import type { EventLog } from '#libs/event-log';
import { databaseOf, migrate, openPlatform } from '#libs/runtime';
import { startKafka } from '#test/kafka-cluster';
import { durableServer, type DurableServer } from '#test/postgres';
import type { Closers } from './closers.js';
import { NodeProcess, type Line } from './node-process.js';
import { postmasterOf } from './process-usage.js';

/** Which engine carries the events. */
export type LogEngine = 'kafka' | 'postgres';

/** What the apps run on, thrown away at the end: a durable PostgreSQL (fsync on), and a Kafka broker. */
export interface Installation {
  engine: LogEngine;
  /** Settings of every app. */
  environment: Record<string, string>;
  postgres: DurableServer;
  postmasterPid: () => Promise<number>;
  /** Undefined without Kafka, or with brokers of your own. */
  brokerPid: number | undefined;
  database: Database;
  eventLog: EventLog;
}

/** Starts the servers, and makes tables and topics. */
export async function openInstallation(engine: LogEngine, closers: Closers): Promise<Installation> {
  const postgres = await durableServer();
  closers.add(() => postgres.drop());
  const kafka = engine === 'kafka' ? await startKafka({ heap: '1g', tuneFor: 'speed' }) : undefined;
  if (kafka) closers.add(() => kafka.close());
  const environment: Record<string, string> = {
    DATABASE_URL: postgres.url,
    ...(kafka && { KAFKA_BROKERS: kafka.brokers.join(',') }),
    ADMIN_HOST: '127.0.0.1',
    ADMIN_PORT: '0',
    LOG_LEVEL: 'info',
  };
  const platform = await openPlatform(
    'bench',
    { ...environment, LOG_LEVEL: 'error' },
    { database: true, logTo: process.stderr },
  );
  closers.add(() => platform.close());
  await migrate(platform);
  return {
    engine,
    environment,
    postgres,
    postmasterPid: () => postmasterOf(postgres.url),
    brokerPid: kafka?.nodes[0] && Number(readFileSync(join(kafka.nodes[0].folder, 'broker.pid'), 'utf8')),
    database: databaseOf(platform),
    eventLog: platform.eventLog,
  };
}

/** An app's own process, ready to work. */
export async function startApp(
  name: 'pixel-ingress' | 'http-poller' | 'pubsub-bridge' | 'normalizer' | 'attribution',
  installation: Installation,
  closers: Closers,
  options: {
    environment?: Record<string, string>;
    profileTo?: string | undefined;
    /** Is told every line from the first. */
    onLine?: (line: Line) => void;
  } = {},
): Promise<NodeProcess> {
  const app = NodeProcess.start(name, `apps/${name}/src/main.js`, closers, {
    environment: { ...installation.environment, ...options.environment },
    profileTo: options.profileTo,
  });
  if (options.onLine) app.onLine(options.onLine);
  await app.line((line) => line['msg'] === 'started');
  return app;
}

/** Runs statements on a connection of their own. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
