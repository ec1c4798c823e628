import { openDatabase, openEmbeddedPostgres, type Database } from '#libs/database';
import { installPostgresLog, openKafkaLog, openPostgresLog, type EventLog } from '#libs/event-log';
import type { Environment } from './environment.js';
import { Health } from './health.js';
import { createLogger, type Logger } from './logger.js';
import { Metrics } from './metrics.js';
import { PlatformSettings } from './platform-settings.js';
import { readSettings } from './settings.js';

/** What every app of a process shares: settings, logger, metrics, health, the event log, the database. */
export interface Platform {
  environment: Environment;
  settings: PlatformSettings;
  logger: Logger;
  metrics: Metrics;
  health: Health;
  eventLog: EventLog;
  /** Absent where the process was opened without one (an ingress on Kafka). */
  database: Database | undefined;
  /** Where the embedded PostgreSQL listens, when it is the one in use; the URL holds its password. */
  embedded: { url: string; port: number; psql: string; startedHere: boolean } | undefined;
  /** Where a PostgreSQL is to be had, also where `database` is absent, for what may do without. */
  databaseUrl?: string | undefined;
  /** Lets go of everything, the last opened first. */
  close(): Promise<void>;
}

/**
 * @param needs.logTo where log lines go; standard output unless said otherwise
 * @throws SettingsError, or what the database or the log answered
 */
export async function openPlatform(
  app: string,
  environment: Environment,
  needs: { database: boolean; logTo?: NodeJS.WriteStream },
): Promise<Platform> {
  const settings = readSettings(PlatformSettings, environment);
  const logger = createLogger(app, settings.LOG_LEVEL, needs.logTo);
  const metrics = new Metrics();
  const health = new Health();
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const onKafka = settings.KAFKA_BROKERS !== undefined;
    const embedded =
      settings.DATABASE_URL === undefined && (needs.database || !onKafka)
        ? await openEmbeddedPostgres({
            dataDir: settings.DATA_DIR,
            durable: true,
            log: logger,
          })
        : undefined;
    if (embedded) closers.push(() => embedded.close());
    const url = settings.DATABASE_URL ?? embedded?.url;

    const database = needs.database && url !== undefined ? openDatabase(url, app, logger) : undefined;
    if (database) {
      closers.push(() => database.close());
      health.addCheck('database', () => database.ping());
    }
    const eventLog = onKafka
      ? await openKafkaLog(kafkaOptions(app, settings, logger))
      : await openLogIn(url!, app, logger);
    closers.push(() => eventLog.close());
    health.addCheck('event-log', () => eventLog.ping(2_000));
    return {
      environment,
      settings,
      logger,
      metrics,
      health,
      eventLog,
      database,
      embedded,
      databaseUrl: url,
      close,
    };
  } catch (e) {
    await close();
    throw e;
  }
}

async function openLogIn(url: string, app: string, logger: Logger): Promise<EventLog> {
  await installPostgresLog(url);
  return openPostgresLog({ connectionString: url, applicationName: `tributary ${app} log`, logger });
}

function kafkaOptions(app: string, s: PlatformSettings, logger: Logger): Parameters<typeof openKafkaLog>[0] {
  return {
    brokers: s.KAFKA_BROKERS!.split(',').map((b) => b.trim()),
    clientId: `tributary-${app}`,
    ssl: s.KAFKA_SSL,
    ...(s.KAFKA_SASL_MECHANISM && {
      sasl: {
        mechanism: s.KAFKA_SASL_MECHANISM,
        username: s.KAFKA_SASL_USERNAME!,
        password: s.KAFKA_SASL_PASSWORD!,
      },
    }),
    topicPrefix: s.KAFKA_TOPIC_PREFIX,
    replication: s.KAFKA_REPLICATION,
    logger,
  };
}

/** The database of a platform that was opened with one. @throws where it was opened without */
export function databaseOf(platform: Platform): Database {
  if (!platform.database) throw new Error('this process was started without a database');
  return platform.database;
}
