import type { Command } from 'commander';
import { addSourcesBackfill } from './sources-backfill.js';
import { addSourcesCheck } from './sources-check.js';
import { addSourcesList } from './sources-list.js';
import { addSourcesNew } from './sources-new.js';
import { addSourcesProbe } from './sources-probe.js';
import { addSourcesRead } from './sources-read.js';
import { addSourcesReset } from './sources-reset.js';
import { addSourcesSign } from './sources-sign.js';
import { addSourcesValidate } from './sources-validate.js';

/** `tributary sources …`: what partners deliver. */
export function addSources(program: Command): void {
  const sources = program
    .command('sources')
    .description("partners' APIs: define one, try it, read it again")
    .addHelpText(
      'after',
      `
A new partner, step by step:
  npx tributary sources new                              write its definition
  npx tributary sources validate sources/acme.yaml       what is wrong with it, by line
  npx tributary sources check acme                       one request, and what came back
  npx tributary sources read acme payouts --dry-run      records, events, rows; nothing is stored
  npx tributary sources probe acme payouts               does the API do what the definition says?`,
    );
  for (const add of [
    addSourcesNew,
    addSourcesList,
    addSourcesValidate,
    addSourcesSign,
    addSourcesCheck,
    addSourcesRead,
    addSourcesProbe,
    addSourcesBackfill,
    addSourcesReset,
  ])
    add(sources);
}
