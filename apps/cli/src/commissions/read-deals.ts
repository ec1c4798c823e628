import { readFileSync } from 'node:fs';
import { parseDealFile, type Agreement, type DealFile, type NgrDefinition } from '#libs/commissions';
import { readAgreementsDir } from '#libs/runtime';
import { problemText } from '#libs/yaml-file';
import { messageOf } from '../error-message.js';
import { CommandFailed } from '../exit-code.js';
import { agreementsDir } from './agreements-dir.js';

/**
 * Every deal of AGREEMENTS_DIR.
 * @throws CommandFailed where one is wrong, with every problem, or where there is none
 */
export function readDeals(): DealFile[] {
  const dir = agreementsDir();
  const { agreements, ngrs, problems } = readAgreementsDir(dir);
  if (problems.length > 0) {
    throw new CommandFailed(
      `nothing is stored, as there are mistakes:\n${problems.map(problemText).join('\n')}`,
    );
  }
  if (agreements.length === 0) {
    throw new CommandFailed(`${dir} has no agreement; example-agreements has some to copy`);
  }
  return [...agreements, ...ngrs];
}

/**
 * An agreement that is tried, and the definitions of NGR of AGREEMENTS_DIR, but for those that are tried too.
 * @param files of any folder: one agreement, and definitions of NGR
 * @throws CommandFailed where one is wrong, with every problem, or where not one of them is an agreement
 */
export function readDealToTry(files: readonly string[]): { agreement: Agreement; ngrs: NgrDefinition[] } {
  const tried = files.map(readDeal);
  const agreements = tried.filter((deal) => 'agreement' in deal);
  const [agreement] = agreements;
  if (!agreement || agreements.length > 1) {
    throw new CommandFailed(`name one agreement's file, not ${agreements.length}`);
  }
  const own = tried.filter((deal) => 'ngr' in deal);
  const isTried = ({ brand, ngr }: NgrDefinition): boolean =>
    own.some((definition) => definition.brand === brand && definition.ngr === ngr);
  const others = readAgreementsDir(agreementsDir()).ngrs.filter((definition) => !isTried(definition));
  return { agreement, ngrs: [...own, ...others] };
}

function readDeal(path: string): DealFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandFailed(`${path} cannot be read: ${messageOf(error)}`);
  }
  const parsed = parseDealFile(text, path);
  if ('problems' in parsed) throw new CommandFailed(parsed.problems.map(problemText).join('\n'));
  return parsed.deal;
}
