import { dirname, normalize } from 'node:path';
import type { Command } from 'commander';
import type { DealFile } from '#libs/commissions';
import { readDealFiles, yamlFilesIn } from '#libs/runtime';
import { problemText } from '#libs/yaml-file';
import { agreementsDir } from '../commissions/agreements-dir.js';
import { CommandFailed } from '../exit-code.js';
import { print, printJson } from '../print.js';
import { countOf } from '../sources/trial-text.js';

interface Options {
  json?: true;
}

/** `tributary commissions plan validate`: files against the schema and each other. */
export function addCommissionsPlanValidate(plan: Command): void {
  plan
    .command('validate')
    .description('check agreements and definitions of NGR')
    .argument('[files...]', 'agreements and definitions of NGR (default: all of AGREEMENTS_DIR)')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
Every problem is one line: file:line:column: key: what is wrong. A file that is named is also checked against the others
of its folder: does the NGR that it names exist for all days of the plan, is there an agreement of that name already?
Exit code 1 where anything is wrong.

Examples:
  npx tributary commissions plan validate
  npx tributary commissions plan validate agreements/acme.yaml`,
    )
    .action((files: string[], options: Options) => run(files, options));
}

function run(named: string[], { json }: Options): void {
  const dir = named.length === 0 ? agreementsDir() : undefined;
  const files = dir === undefined ? named.map(normalize) : yamlFilesIn(dir);
  const beside = files.flatMap((file) => yamlFilesIn(dirname(file)));
  const { deals, problems } = readDealFiles([...new Set([...files, ...beside])]);
  const checked = files.map((file) => ({
    file,
    deal: deals.find((loaded) => loaded.file === file)?.deal,
    problems: problems.filter((problem) => problem.file === file),
  }));
  if (json) {
    printJson(
      checked.map(({ file, deal, problems: own }) => ({ file, ...(deal && nameOf(deal)), problems: own })),
    );
  } else {
    for (const { file, deal, problems: own } of checked) {
      print(deal ? `${file}: ${dealText(deal)}` : own.map(problemText).join('\n'));
    }
    if (files.length === 0) print(`${dir} has no agreement; example-agreements has some to copy`);
  }
  const wrong = checked.filter(({ deal }) => !deal).length;
  if (wrong > 0) throw new CommandFailed(`${wrong} of ${countOf(checked.length, 'file')} wrong`);
}

function nameOf(deal: DealFile): Record<string, string> {
  return 'agreement' in deal ? { agreement: deal.agreement } : { ngr: deal.ngr, brand: deal.brand };
}

function dealText(deal: DealFile): string {
  return 'agreement' in deal
    ? `agreement ${deal.agreement} with ${deal.partner}, ${countOf(deal.plans.length, 'plan')}`
    : `NGR ${deal.ngr} of ${deal.brand}, ${countOf(deal.versions.length, 'version')}`;
}
