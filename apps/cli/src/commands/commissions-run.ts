import type { Command } from 'commander';
import { runCommissions, storeDeals, type RunReport, type StoredDeals } from '#apps/commissions';
import { databaseOf } from '#libs/runtime';
import { setAsideTexts } from '../commissions/set-aside-text.js';
import { readDeals } from '../commissions/read-deals.js';
import { list } from '../explain/text.js';
import { count, print, printJson } from '../print.js';
import { progressBar } from '../progress-bar.js';
import { countOf } from '../sources/trial-text.js';
import { withPlatform } from '../with-platform.js';

/** `tributary commissions run`: agreements are stored, and what they concern is reckoned. */
export function addCommissionsRun(commissions: Command): void {
  commissions
    .command('run')
    .description('store the agreements of AGREEMENTS_DIR, and reckon all that waits for it')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
What is reckoned is what has changed since the last run: a player's facts, an agreement, a rate. It may run at any time,
also beside the process "commissions", which does the same without end. An agreement that would change what a closed
month was paid by is refused, and nothing is stored. One whose file is gone stays in force as it was stored, and is named: only a
file that gives its last plan a \`to\` ends it. A player, or a partner, whose sums cannot be reckoned is set aside, and
each run tries them again; what was reckoned of them before stands until then.

Example:
  npx tributary commissions run`,
    )
    .action((options: { json?: true }) => run(options));
}

async function run({ json }: { json?: true }): Promise<void> {
  const deals = readDeals();
  await withPlatform(async (platform) => {
    const database = databaseOf(platform);
    const stored = await storeDeals(database, deals, new Date());
    const { onProgress, end } = progressBar('players');
    const report = await runCommissions(database, {
      now: new Date(),
      retry: true,
      onProgress: ({ subjects, of }) => onProgress(subjects, of),
    }).finally(end);
    const { missingRates, setAside, ...counts } = report;
    const { withoutFile, ...files } = stored;
    const lacking = { missing_rates: missingRates, set_aside: setAside, without_file: withoutFile };
    if (json) printJson({ ...files, ...counts, ...lacking });
    else print(reportText(stored, report));
  });
}

/** What was stored and reckoned, and what somebody should look at. */
function reportText({ changed, unchanged, withoutFile }: StoredDeals, report: RunReport): string {
  const { subjects, months, entries, missingRates, contested, setAside } = report;
  return [
    changed.length === 0
      ? `nothing new to store: ${countOf(unchanged.length, 'definition')} as before`
      : `stored ${list(changed)}; ${count(unchanged.length)} as before`,
    ...(withoutFile.length === 0
      ? []
      : [
          `in force without a file: ${list(withoutFile)}; a file that gives the last plan a \`to\` ends one (commissions plan list)`,
        ]),
    subjects === 0 && entries === 0
      ? 'nothing waits to be reckoned'
      : `reckoned ${countOf(subjects, 'player')}: ${countOf(months, 'month')} changed, ${entries === 1 ? '1 entry' : `${count(entries)} entries`} in the ledger`,
    ...(contested === 0
      ? []
      : [
          `${countOf(contested, 'player')} fit more than one agreement that ran when they came; the one that names them most closely has them`,
        ]),
    ...(missingRates.length === 0
      ? []
      : [
          `not counted, for want of a rate: ${missingRates.join(', ')}`,
          'npx tributary fx import brings rates in, and the next run counts them',
        ]),
    ...setAsideTexts(setAside),
  ].join('\n');
}
