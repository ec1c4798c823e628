import type { Command } from 'commander';
import { readAgreements } from '#apps/commissions';
import type { Agreement, Plan } from '#libs/commissions';
import { databaseOf, readAgreementsDir } from '#libs/runtime';
import { problemText } from '#libs/yaml-file';
import { agreementsDir } from '../commissions/agreements-dir.js';
import { planText } from '../commissions/plan-text.js';
import { messageOf } from '../error-message.js';
import { columns, print, printJson } from '../print.js';
import { withPlatform } from '../with-platform.js';

interface Options {
  offline?: true;
  json?: true;
}

/** `tributary commissions plan list`: what is paid to whom, when. */
export function addCommissionsPlanList(plan: Command): void {
  plan
    .command('list')
    .description('list the plans of all agreements: to whom, from when to when, what they pay')
    .option('--offline', 'look into no database')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
A plan begins with the day from and ends before the day to, in the agreement's zone. What is wrong with files that are
left out is told on standard error.

An agreement that is stored and whose file is gone, or cannot be used, is in force all the same: it is listed below the others. To end
it, write its file again, with the day behind the last as \`to\` of its last plan.

Examples:
  npx tributary commissions plan list
  AGREEMENTS_DIR=example-agreements npx tributary commissions plan list`,
    )
    .action((options: Options) => run(options));
}

async function run({ offline, json }: Options): Promise<void> {
  const dir = agreementsDir();
  const { agreements, problems } = readAgreementsDir(dir);
  const { stored = [], why } = offline ? {} : await readStored();
  const names = new Set(agreements.map(({ agreement }) => agreement));
  const plans = agreements.flatMap(listedPlans);
  const withoutFile = stored.filter(({ agreement }) => !names.has(agreement)).flatMap(listedPlans);
  if (json) return printJson({ plans, without_file: withoutFile, problems: problems.map(problemText) });
  if (plans.length === 0) print(`${dir} has no agreement; example-agreements has some to copy`);
  else print(tableOf(plans));
  if (withoutFile.length > 0) {
    print(`\nIn force as they are stored, without a file that can be used:\n${tableOf(withoutFile)}`);
  }
  if (why !== undefined) process.stderr.write(`what is stored is not known: ${why}\n`);
  for (const problem of problems) process.stderr.write(`${problemText(problem)}\n`);
}

/** The agreements that are stored; without a database, why they are not known. */
async function readStored(): Promise<{ stored?: Agreement[]; why?: string }> {
  try {
    return { stored: await withPlatform((platform) => readAgreements(databaseOf(platform))) };
  } catch (error) {
    return { why: `${messageOf(error).split('\n')[0]!.replace(/:$/, '')} (--offline does not ask)` };
  }
}

type Listed = ReturnType<typeof listed>;

function tableOf(plans: readonly Listed[]): string {
  const rows = plans.map((p) => [
    p.agreement,
    p.partner,
    p.brand,
    p.type,
    p.from,
    p.to ?? '–',
    p.pays,
    p.ngr ?? '–',
  ]);
  return columns(['agreement', 'partner', 'brand', 'plan', 'from', 'to', 'pays', 'ngr'], rows, 'llllllll');
}

function listedPlans(agreement: Agreement): Listed[] {
  return agreement.plans.map((plan) => listed(agreement, plan));
}

function listed({ agreement, partner, brand, currency, time_zone }: Agreement, plan: Plan) {
  const { type, from, to } = plan;
  return {
    ...{ agreement, partner, brand, type, from, to: to ?? null, time_zone },
    pays: planText(plan, currency),
    ngr: 'ngr' in plan ? plan.ngr : null,
  };
}
