import type { Command } from 'commander';
import { loadNamed, type AddCommand } from '../load-named.js';

/** Every subcommand, in the order of the help. */
const SUBCOMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  validate: async () => (await import('./commissions-plan-validate.js')).addCommissionsPlanValidate,
  list: async () => (await import('./commissions-plan-list.js')).addCommissionsPlanList,
  simulate: async () => (await import('./commissions-plan-simulate.js')).addCommissionsPlanSimulate,
};

/** `tributary commissions plan …`: deals as they are written down. */
export async function addCommissionsPlan(commissions: Command, argv: readonly string[]): Promise<void> {
  const plan = commissions.command('plan').description('deals with partners, as AGREEMENTS_DIR has them');
  const [, ...rest] = argv;
  for (const add of await loadNamed(SUBCOMMANDS, rest)) await add(plan, rest);
}
