import { Command, CommanderError } from 'commander';
import { SettingsError, VERSION } from '#libs/runtime';
import { messageOf } from './error-message.js';
import { ExitCode } from './exit-code.js';
import { loadNamed, type AddCommand } from './load-named.js';

/** Every command, in the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  migrate: async () => (await import('./commands/migrate.js')).addMigrate,
  status: async () => (await import('./commands/status.js')).addStatus,
  explain: async () => (await import('./commands/explain.js')).addExplain,
  attribution: async () => (await import('./commands/attribution.js')).addAttribution,
  export: async () => (await import('./commands/export.js')).addExport,
  import: async () => (await import('./commands/import.js')).addImport,
  'dead-letters': async () => (await import('./commands/dead-letters.js')).addDeadLetters,
  rebuild: async () => (await import('./commands/rebuild.js')).addRebuild,
  sources: async () => (await import('./commands/sources.js')).addSources,
  commissions: async () => (await import('./commands/commissions.js')).addCommissions,
  fx: async () => (await import('./commands/fx.js')).addFx,
};

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
  for (const add of await loadNamed(COMMANDS, argv)) await add(program, argv);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return ExitCode.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.wrongUse;
    process.stderr.write(`tributary: ${messageOf(error)}\n`);
    return error instanceof SettingsError ? ExitCode.wrongUse : ExitCode.failed;
  }
}
