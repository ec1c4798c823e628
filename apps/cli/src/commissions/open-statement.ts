import { readStatement } from '#apps/commissions';
import type { Period, Statement } from '#libs/commissions';
import type { Database } from '#libs/database';
import { CommandFailed } from '../exit-code.js';

/** The statement of a month, closed or as it would be now. @throws CommandFailed where there is none */
export async function openStatement(
  database: Database,
  agreement: string,
  period: Period,
): Promise<Statement> {
  const statement = await readStatement(database, agreement, period, new Date());
  if (!statement) throw new CommandFailed(`${agreement} has no statement of ${period}`);
  return statement;
}
