import type { Command } from 'commander';
import { rebuild, type RebuildProgress } from '#apps/attribution';
import { databaseOf } from '#libs/runtime';
import { count, print, printJson } from '../print.js';
import { progressBar } from '../progress-bar.js';
import { withPlatform } from '../with-platform.js';

/** `tributary rebuild`: every projection again from the facts. */
export function addRebuild(program: Command): void {
  program
    .command('rebuild')
    .description('make every conversion again from its facts; safe while the apps run, ends in the same rows')
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExample:\n  npx tributary rebuild')
    .action(async (options: { json?: true }) => {
      const done = await withPlatform((platform) => {
        const { onProgress, end } = progressBar('conversions');
        const tell = ({ done, total }: RebuildProgress): void => onProgress(done, total);
        return rebuild(databaseOf(platform), platform.eventLog, tell).finally(end);
      });
      if (options.json) printJson({ rebuilt: done.done });
      else print(`made ${count(done.done)} conversions again`);
    });
}
