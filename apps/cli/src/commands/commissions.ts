import type { Command } from 'commander';
import { loadNamed, type AddCommand } from '../load-named.js';

/** Every subcommand, in the order of the help. */
const SUBCOMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  run: async () => (await import('./commissions-run.js')).addCommissionsRun,
  show: async () => (await import('./commissions-show.js')).addCommissionsShow,
  close: async () => (await import('./commissions-close.js')).addCommissionsClose,
  export: async () => (await import('./commissions-export.js')).addCommissionsExport,
  plan: async () => (await import('./commissions-plan.js')).addCommissionsPlan,
};

/** `tributary commissions …`: what partners are owed. */
export async function addCommissions(program: Command, argv: readonly string[]): Promise<void> {
  const commissions = program
    .command('commissions')
    .description('what partners are owed, and why')
    .addHelpText(
      'after',
      `
A month, step by step:
  npx tributary commissions plan validate                                  what is wrong with agreements, by line
  npx tributary commissions run                                            store them, reckon what changed
  npx tributary commissions show --partner acme --period 2026-10           what is owed
  npx tributary commissions show --partner acme --period 2026-10 --player 1874552
                                                                           why, step by step
  npx tributary commissions close --partner acme --period 2026-10          the statement, once and for all`,
    );
  const [, ...rest] = argv;
  for (const add of await loadNamed(SUBCOMMANDS, rest)) await add(commissions, rest);
}
