import type { Command } from 'commander';
import { loadNamed, type AddCommand } from '../load-named.js';

/** Every subcommand, in the order of the help. */
const SUBCOMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  new: async () => (await import('./sources-new.js')).addSourcesNew,
  list: async () => (await import('./sources-list.js')).addSourcesList,
  validate: async () => (await import('./sources-validate.js')).addSourcesValidate,
  sign: async () => (await import('./sources-sign.js')).addSourcesSign,
  check: async () => (await import('./sources-check.js')).addSourcesCheck,
  read: async () => (await import('./sources-read.js')).addSourcesRead,
  probe: async () => (await import('./sources-probe.js')).addSourcesProbe,
  backfill: async () => (await import('./sources-backfill.js')).addSourcesBackfill,
  pause: async () => (await import('./sources-pause.js')).addSourcesPause,
  resume: async () => (await import('./sources-pause.js')).addSourcesResume,
  reset: async () => (await import('./sources-reset.js')).addSourcesReset,
};

/** `tributary sources …`: what partners deliver. */
export async function addSources(program: Command, argv: readonly string[]): Promise<void> {
  const sources = program
    .command('sources')
    .description("partners' APIs: define one, try it, read it again")
    .addHelpText(
      'after',
      `
A new partner, step by step:
  npx tributary sources new                              write its definition
  npx tributary sources validate sources/acme.yaml       what is wrong with it, by line
  npx tributary sources check acme                       one request, and what came back
  npx tributary sources read acme payouts --dry-run      records, events, rows; nothing is stored
  npx tributary sources probe acme payouts               does the API do what the definition says?`,
    );
  const [, ...rest] = argv;
  for (const add of await loadNamed(SUBCOMMANDS, rest)) await add(sources, rest);
}
