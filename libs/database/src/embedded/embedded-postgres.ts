import { postgresBinaries } from './binaries.js';
import { DATABASE, USER, dataFolder, passwordFile, protectHome } from './cluster.js';
import { addHolder, exclusively, hasLiveHolder } from './holders.js';
import { serverHome } from './server-account.js';
import { findServer, startServer, stopServer, type RunningServer } from './server.js';

/** A use of an embedded server; it runs at least until `close`. */
export interface EmbeddedPostgres {
  /** With user, password and database: `postgres://tributary:…@127.0.0.1:port/tributary`. */
  url: string;
  port: number;
  /** What a person types to look into it; names the password's file, not the password. */
  psql: string;
  /** Whether this call has started it (`false`: attached to a running one). */
  startedHere: boolean;
  /** Ends this use, and the server when it was the last one. May be called twice. */
  close(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** The project's data folder; the server keeps its things in `postgres` below it. Made when missing. */
  dataDir: string;
  /** `false` turns fsync off: several times faster, and the data does not survive a crash of the machine. */
  durable: boolean;
  log: EmbeddedPostgresLog;
}

/** Gets one line for each thing worth knowing: where it listens, where the data lies, a restart. pino fits. */
export interface EmbeddedPostgresLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * Opens a real PostgreSQL 18 on 127.0.0.1, for whoever has no server: started when none runs on this data
 * folder, attached to otherwise, whichever process has started it. It is stopped when the last process that
 * uses it closes; a server left by a killed process is attached to by the next one. When the server dies
 * under the process that has started it, it is started again on the same port.
 *
 * Works as root too (the server then runs as uid 65534, and its data lies under `/var/lib/tributary` if that
 * account cannot enter the data folder). Other users of the machine are kept out by a random password that
 * lies in the data folder, readable by its owner only. UTF-8, locale C, time zone UTC.
 *
 * @throws Error that says what PostgreSQL said
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { home, outside } = serverHome(options.dataDir);
  protectHome(home);
  const removeHolder = addHolder(home);
  let server: RunningServer;
  try {
    server = await exclusively(home, async () => {
      return (await findServer(home)) ?? (await startServer(home, options.durable));
    });
  } catch (error) {
    removeHolder();
    throw error;
  }
  const why = outside ? ' (root runs it as uid 65534, which may not enter the data folder)' : '';
  options.log.info(
    { port: server.port },
    `PostgreSQL ${postgresBinaries().version.split('.').slice(0, 2).join('.')} ${server.child ? 'listens' : 'runs already'} ` +
      `on 127.0.0.1:${server.port}, data in ${dataFolder(home)}${why}`,
  );
  let closing: Promise<void> | undefined;
  watch(server);
  return {
    url: server.url,
    port: server.port,
    psql: `PGPASSFILE=${passwordFile(home)} psql -h 127.0.0.1 -p ${server.port} -U ${USER} ${DATABASE}`,
    startedHere: server.child !== undefined,
    close: () => (closing ??= close()),
  };

  async function close(): Promise<void> {
    await exclusively(home, async () => {
      removeHolder();
      if (!hasLiveHolder(home)) await stopServer(home);
    });
  }

  function watch({ child, port }: RunningServer): void {
    child?.once('exit', (code, signal) => {
      if (closing !== undefined || code === 0) return; // 0: someone has stopped it in good order
      options.log.warn(
        { port },
        `PostgreSQL on port ${port} ended (${signal ?? `code ${code}`}); starting it again`,
      );
      void exclusively(home, async () => {
        if (closing !== undefined || (await findServer(home)) !== undefined) return;
        watch(await startServer(home, options.durable, port));
        options.log.warn({ port }, `PostgreSQL listens again on 127.0.0.1:${port}`);
      }).catch((err: Error) => options.log.error({ err, port }, 'PostgreSQL could not be started again'));
    });
  }
}
