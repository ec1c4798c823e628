import { confirm } from '@inquirer/prompts';
import type { Command } from 'commander';
import { closePeriod } from '#apps/commissions';
import type { Statement } from '#libs/commissions';
import { databaseOf } from '#libs/runtime';
import { askedBy } from '../asked-by.js';
import { closingText, refusalText } from '../commissions/closing-text.js';
import {
  addStatementOptions,
  needNames,
  openAgreements,
  type StatementOptions,
} from '../commissions/open-agreements.js';
import { openStatement } from '../commissions/open-statement.js';
import { CommandFailed } from '../exit-code.js';
import { print, printJson } from '../print.js';
import { withPlatform } from '../with-platform.js';

interface Options extends StatementOptions {
  yes?: true;
  json?: true;
}

/** `tributary commissions close`: the statement of a month, once and for all. */
export function addCommissionsClose(commissions: Command): void {
  addStatementOptions(
    commissions.command('close').description('close a month: its statement is written and never changes'),
  )
    .option('--yes', 'do not ask')
    .option('--json', 'answer as JSON: an array of the statements that were closed')
    .addHelpText(
      'after',
      `
What will be paid, or what stands in the way, is said before. What comes to light of a closed month stands as an
adjustment on the next one's statement. Who closed it is recorded in the statement.

Examples:
  npx tributary commissions close --partner acme --period 2026-10
  npx tributary commissions close --agreement acme-share --period 2026-10 --yes`,
    )
    .action((options: Options, command: Command) => {
      needNames(options, command);
      return run(options);
    });
}

async function run(options: Options): Promise<void> {
  const { period, yes, json } = options;
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY;
  await withPlatform(async (platform) => {
    const database = databaseOf(platform);
    const agreements = await openAgreements(database, options);
    const statements = await Promise.all(
      agreements.map(({ agreement }) => openStatement(database, agreement, period)),
    );
    const refusal = refusalText(statements);
    if (refusal !== undefined) throw new CommandFailed(refusal);
    const open = statements.filter(({ status }) => status === 'open');
    for (const statement of open) process.stderr.write(`${closingText(statement)}\n`);
    if (!yes && !isTerminal)
      throw new CommandFailed('nothing is closed: say --yes where nobody can be asked');
    if (!yes && !(await isConfirmed(open))) throw new CommandFailed('nothing is closed');
    const closed: Statement[] = [];
    try {
      for (const { agreement, manifest } of open) {
        const closing = { agreement, period, closedBy: askedBy(), now: new Date(), shown: manifest.hash };
        const statement = await closePeriod(database, closing);
        closed.push(statement);
        if (!json) print(closedText(statement));
      }
    } finally {
      // Also where one of several is refused: those before it are closed
      if (json) printJson(closed);
    }
  });
}

function closedText({ agreement, period, number, manifest }: Statement): string {
  return `${agreement} ${period} is closed: statement ${number}, manifest ${manifest.hash}`;
}

function isConfirmed(open: readonly Statement[]): Promise<boolean> {
  const what = open.length === 1 ? 'Close it for ever?' : `Close these ${open.length} for ever?`;
  return confirm({ message: what, default: false }, { output: process.stderr });
}
