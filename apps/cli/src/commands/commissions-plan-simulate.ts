import type { Command } from 'commander';
import { readStatement, simulate } from '#apps/commissions';
import type { Period } from '#libs/commissions';
import { databaseOf } from '#libs/runtime';
import { periodArgument } from '../arguments.js';
import { compareMonth, simulationText } from '../commissions/simulation.js';
import { readDealToTry } from '../commissions/read-deals.js';
import { print, printJson } from '../print.js';
import { withPlatform } from '../with-platform.js';

interface Options {
  period: Period;
  json?: true;
}

/** `tributary commissions plan simulate`: what a month would have cost under another plan. */
export function addCommissionsPlanSimulate(plan: Command): void {
  plan
    .command('simulate')
    .description('what a month would have cost under another plan; reads only')
    .argument(
      '<files...>',
      'an agreement as it might be, by the name of the one it is set beside; definitions of NGR too',
    )
    .requiredOption('--period <month>', "a month in the agreement's zone, as 2026-10", periodArgument)
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
The file is a copy of the agreement in another folder than AGREEMENTS_DIR, with the plans that are tried. Definitions of NGR
are those of AGREEMENTS_DIR where no file has them.

Example:
  npx tributary commissions plan simulate /tmp/acme-share-30.yaml --period 2026-10`,
    )
    .action((files: string[], options: Options) => run(files, options));
}

async function run(files: string[], { period, json }: Options): Promise<void> {
  const deal = readDealToTry(files);
  await withPlatform(async (platform) => {
    const database = databaseOf(platform);
    const now = new Date();
    const stands = await readStatement(database, deal.agreement.agreement, period, now);
    const compared = compareMonth(stands, await simulate(database, deal, period, now));
    if (json) printJson(compared);
    else print(simulationText(compared));
  });
}
