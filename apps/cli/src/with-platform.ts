import { setTimeout as sleep } from 'node:timers/promises';
import { assertMigrated, openPlatform, readEnvironment, type Platform } from '#libs/runtime';

const CLOSE_ON_SIGNAL_MS = 3_000;

/**
 * Opens the log and the database for one command and closes them in any case. Log lines go to standard error,
 * from `warn` up unless LOG_LEVEL says otherwise.
 * @param needs.migrated refuses to run where tables or topics of this version are missing
 * @throws SettingsError, NotMigratedError, what the log or the database answered, what `work` throws
 */
export async function withPlatform<T>(
  work: (platform: Platform) => Promise<T>,
  needs = { migrated: true },
): Promise<T> {
  const environment = readEnvironment();
  const platform = await openPlatform(
    'cli',
    { ...environment, LOG_LEVEL: environment['LOG_LEVEL'] || 'warn' },
    { database: true, logTo: process.stderr },
  );
  const onSignal = (signal: NodeJS.Signals): void => {
    const exit = (): never => process.exit(signal === 'SIGINT' ? 130 : 143);
    Promise.race([platform.close(), sleep(CLOSE_ON_SIGNAL_MS)]).then(exit, exit);
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    if (needs.migrated) await assertMigrated(platform);
    return await work(platform);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await platform.close();
  }
}
