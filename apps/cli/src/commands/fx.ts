import type { Command } from 'commander';
import { loadNamed, type AddCommand } from '../load-named.js';

/** Every subcommand, in the order of the help. */
const SUBCOMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  import: async () => (await import('./fx-import.js')).addFxImport,
  list: async () => (await import('./fx-list.js')).addFxList,
};

/** `tributary fx …`: what currencies are worth. */
export async function addFx(program: Command, argv: readonly string[]): Promise<void> {
  const fx = program.command('fx').description('rates of currencies, that commissions are reckoned with');
  const [, ...rest] = argv;
  for (const add of await loadNamed(SUBCOMMANDS, rest)) await add(fx, rest);
}
