import { Option, type Command } from 'commander';
import type { Period } from '#libs/commissions';
import type { Database } from '#libs/database';
import { periodArgument } from '../arguments.js';
import { chooseAgreements } from './choose-agreements.js';
import { readAgreements, type StoredAgreement } from './read-agreements.js';

/** Whose statements of which month a command is about. */
export interface StatementOptions {
  partner?: string;
  agreement?: string;
  period: Period;
}

/** Adds the options that say whose statements of which month are meant. */
export function addStatementOptions(command: Command): Command {
  return command
    .option('--partner <partner>', 'all agreements of a partner')
    .option('--agreement <agreement>', 'one agreement')
    .addOption(
      new Option('--period <month>', "a month in the agreement's zone, as 2026-10")
        .argParser(periodArgument)
        .makeOptionMandatory(),
    );
}

/**
 * The agreements that the options name.
 * @throws CommandFailed where there is none, with the name that was probably meant; wrong use where nothing is named
 */
export async function openAgreements(
  database: Database,
  { partner, agreement }: StatementOptions,
): Promise<StoredAgreement[]> {
  return chooseAgreements(await readAgreements(database), { partner, agreement });
}

/** Ends the command with wrong use where neither a partner nor an agreement is named. */
export function needNames({ partner, agreement }: StatementOptions, command: Command): void {
  if (partner === undefined && agreement === undefined) command.error('error: name --partner or --agreement');
}
