import {
  checkDeals,
  parseDealFile,
  type Agreement,
  type DealFile,
  type NgrDefinition,
  type ReadDeal,
} from '#libs/commissions';
import type { FileProblem } from '#libs/yaml-file';
import type { Environment } from './environment.js';
import { SettingsError } from './settings.js';
import { isFolder, readTextFile, yamlFilesIn } from './yaml-dir.js';

/** What stands in the folder of agreements. */
export interface AgreementsDir {
  /** In the order of their files' names. */
  agreements: Agreement[];
  ngrs: NgrDefinition[];
  /** Of the files that are left out. */
  problems: FileProblem[];
}

/** A deal that can work. */
export interface LoadedDeal {
  deal: DealFile;
  /** Path of its file. */
  file: string;
}

/**
 * Reads every `*.yaml` and `*.yml` of a folder (`AGREEMENTS_DIR`), not of those below it. A deal that cannot work is left
 * out with all that is wrong with it; of two with one name both are, as either may be the stale one, and with a definition
 * of NGR the plans that need it. A folder that is not there has none.
 */
export function readAgreementsDir(dir: string): AgreementsDir {
  const { deals, problems } = readDealFiles(yamlFilesIn(dir));
  const all = deals.map(({ deal }) => deal);
  return {
    agreements: all.filter((deal) => 'agreement' in deal),
    ngrs: all.filter((deal) => 'ngr' in deal),
    problems,
  };
}

/** Reads files that belong together, each by itself and against the others. */
export function readDealFiles(files: readonly string[]): { deals: LoadedDeal[]; problems: FileProblem[] } {
  const read: ReadDeal[] = [];
  const problems: FileProblem[] = [];
  for (const file of files) {
    const text = readTextFile(file);
    const parsed =
      typeof text === 'object'
        ? { problems: [{ file, line: 1, column: 1, at: '', message: `the file ${text.problem}` }] }
        : parseDealFile(text, file);
    if ('problems' in parsed) problems.push(...parsed.problems);
    else read.push(parsed);
  }
  problems.push(...checkDeals(read));
  const wrong = new Set(problems.map(({ file }) => file));
  const deals = read.map(({ deal, yaml }) => ({ deal, file: yaml.path }));
  return { deals: deals.filter(({ file }) => !wrong.has(file)), problems };
}

/** A folder that is named is there; the usual one, `agreements`, need not be. @throws SettingsError */
export function checkAgreementsDir({ AGREEMENTS_DIR }: Environment): void {
  if (AGREEMENTS_DIR && !isFolder(AGREEMENTS_DIR)) {
    throw new SettingsError(['AGREEMENTS_DIR must be a folder that is there']);
  }
}
