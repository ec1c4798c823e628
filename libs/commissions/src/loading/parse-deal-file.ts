import { Cursor, YamlFile, problemsOfSchema, type FileProblem } from '#libs/yaml-file';
import type { DealFile } from '../agreement.js';
import { checkAgreement } from './check-agreement.js';
import { checkNgr } from './check-ngr.js';
import type { WrittenAgreement, WrittenNgr } from './deal-as-written.js';
import { DEAL_FILE_SCHEMA } from './deal-schema.js';
import { makeAgreement, makeNgr } from './make-deal.js';

/** A deal, with the file that it stands in for what other files have against it; or all that is wrong with it. */
export type ParsedDeal = { deal: DealFile; yaml: YamlFile } | { problems: FileProblem[] };

/**
 * Reads an agreement, or a definition of NGR where the file has the key `ngr`. Every problem is told, in the order of
 * the file, with the line and column of the key where the key is wrong, else of the value.
 * @param path how problems name the file
 */
export function parseDealFile(text: string, path: string): ParsedDeal {
  const yaml = YamlFile.read(text, path);
  if (Array.isArray(yaml)) return { problems: yaml };
  const problems = problemsOfSchema(yaml, DEAL_FILE_SCHEMA);
  const file = new Cursor(yaml.data, [], yaml, problems);
  const isNgr = file.at('ngr').isThere;
  if (isNgr) checkNgr(file);
  else checkAgreement(file);
  if (problems.length > 0) {
    return { problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
  }
  const deal = isNgr ? makeNgr(yaml.data as WrittenNgr) : makeAgreement(yaml.data as WrittenAgreement);
  return { deal, yaml };
}
