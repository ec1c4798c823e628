import { Command, CommanderError } from 'commander';
import { SettingsError, VERSION } from '#libs/runtime';
import { addAttribution } from './commands/attribution.js';
import { addDeadLetters } from './commands/dead-letters.js';
import { addExplain } from './commands/explain.js';
import { addExport } from './commands/export.js';
import { addImport } from './commands/import.js';
import { addMigrate } from './commands/migrate.js';
import { addRebuild } from './commands/rebuild.js';
import { addSources } from './commands/sources.js';
import { addStatus } from './commands/status.js';
import { messageOf } from './error-message.js';
import { ExitCode } from './exit-code.js';

/**
 * Runs one command line: data on standard output, progress and errors on standard error.
 * @param argv without the program's own name
 * @returns the exit code
 */
export async function runCli(argv: readonly string[]): Promise<number> {
  const program = new Command('tributary')
    .description('Conversions from pixels become one attributed table: the tools of its operators')
    .version(VERSION)
    .exitOverride()
    .enablePositionalOptions() // a subcommand may have options of its parent's names
    .showHelpAfterError('(--help says more)')
    .addHelpText(
      'after',
      `
Settings come from the environment and from .env in the working directory: DATABASE_URL (unset: the embedded
PostgreSQL in DATA_DIR), KAFKA_BROKERS (unset: the event log in PostgreSQL), LOG_LEVEL (warn).

Exit codes: 0 done, 1 it did not succeed, 2 wrong use.`,
    );
  for (const add of [
    addMigrate,
    addStatus,
    addExplain,
    addAttribution,
    addExport,
    addImport,
    addDeadLetters,
    addRebuild,
    addSources,
  ])
    add(program);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return ExitCode.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.wrongUse;
    process.stderr.write(`tributary: ${messageOf(error)}\n`);
    return error instanceof SettingsError ? ExitCode.wrongUse : ExitCode.failed;
  }
}
