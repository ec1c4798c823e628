import type { Command } from 'commander';
import { readChangedPlayers, readPlayer } from '#apps/commissions';
import type { PlayerStatement, Statement } from '#libs/commissions';
import type { Database } from '#libs/database';
import { databaseOf } from '#libs/runtime';
import { changedText, type Changed } from '../commissions/changed-text.js';
import {
  addStatementOptions,
  needNames,
  openAgreements,
  type StatementOptions,
} from '../commissions/open-agreements.js';
import { partnerText } from '../commissions/partner-text.js';
import { playerText } from '../commissions/player-text.js';
import type { StoredAgreement } from '../commissions/read-agreements.js';
import { readPartnerLines } from '../commissions/read-partner-lines.js';
import { openStatement } from '../commissions/open-statement.js';
import { readSubjectLines } from '../commissions/read-subject-lines.js';
import { readTerms } from '../commissions/read-terms.js';
import { SHOWN_PLAYERS, statementText } from '../commissions/statement-text.js';
import { CommandFailed } from '../exit-code.js';
import { list } from '../explain/text.js';
import { print, printJson } from '../print.js';
import { withPlatform } from '../with-platform.js';

interface Options extends StatementOptions {
  player?: string;
  facts?: true;
  json?: true;
}

/** `tributary commissions show`: what is owed, and exactly why. */
export function addCommissionsShow(commissions: Command): void {
  addStatementOptions(
    commissions.command('show').description('what a partner is owed for a month, and exactly why'),
  )
    .option('--player <id>', 'the way from what a player did to what the partner earns by it')
    .option(
      '--facts',
      'with --player: every fact; of a closed month those that it was paid on, and what has changed since',
    )
    .option('--json', 'answer as JSON: an array, one member an agreement')
    .addHelpText(
      'after',
      `
A month that is not closed is shown as it would be if it were closed now, a closed one as it was paid; what has come to
light since is set apart, with the month that the difference is booked in. Amounts of players are exact; they are rounded
once, together, on their line. An install whose player is not known is told by --player click:<click id>.

Examples:
  npx tributary commissions show --partner acme --period 2026-10
  npx tributary commissions show --partner acme --period 2026-10 --player 1874552
  npx tributary commissions show --partner acme --period 2026-10 --player 1874552 --facts`,
    )
    .action((options: Options, command: Command) => {
      needNames(options, command);
      return run(options);
    });
}

async function run(options: Options): Promise<void> {
  await withPlatform(async (platform) => {
    const database = databaseOf(platform);
    const agreements = await openAgreements(database, options);
    if (options.player !== undefined) return showPlayer(database, agreements, options.player, options);
    const statements = await Promise.all(
      agreements.map(({ agreement }) => openStatement(database, agreement, options.period)),
    );
    const changes = options.facts
      ? await Promise.all(statements.map((statement) => changesOf(database, statement)))
      : [];
    if (options.json) {
      return printJson(statements.map((s, i) => ({ ...s, ...(options.facts && { since: changes[i] }) })));
    }
    for (const [i, statement] of statements.entries()) {
      const { agreement, period, currency } = statement;
      const subjects = await readSubjectLines(database, agreement, period, SHOWN_PLAYERS);
      const own = await readPartnerLines(database, agreement, period);
      const { plans } = await readTerms(database, agreement);
      if (i > 0) print('\n');
      print(statementText(statement, subjects, partnerText(own, plans, currency)));
      if (options.facts) print(`\n${changedText(statement, changes[i]!)}`);
    }
  });
}

/** Whose facts have changed since a month was closed, and what of them; of an open month nobody's. */
async function changesOf(database: Database, { agreement, period, status }: Statement): Promise<Changed> {
  if (status === 'open') return { kept: false, subjects: [], waits: false, players: [] };
  const changed = await readChangedPlayers(database, agreement, period);
  const players: PlayerStatement[] = [];
  for (const subject of changed.subjects.slice(0, SHOWN_PLAYERS)) {
    const player = await readPlayer(database, agreement, period, subject);
    if (player) players.push(player);
  }
  return { ...changed, players };
}

async function showPlayer(
  database: Database,
  agreements: readonly StoredAgreement[],
  player: string,
  { period, facts, json }: Options,
): Promise<void> {
  const read = await Promise.all(
    agreements.map(({ agreement }) => readPlayer(database, agreement, period, player, facts === true)),
  );
  const found = read.filter((breakdown) => breakdown !== undefined);
  if (found.length === 0) {
    throw new CommandFailed(
      `${list(agreements.map(({ agreement }) => agreement))} has nothing of player ${player} in ${period}: another ` +
        `agreement may cover them, or none; npx tributary explain ${player} tells which click they came by`,
    );
  }
  if (json) return printJson(found);
  for (const [i, breakdown] of found.entries()) {
    if (i > 0) print('\n');
    const { agreement, closed } = breakdown;
    print(playerText(breakdown, await readTerms(database, agreement, closed?.agreement_version)));
  }
}
