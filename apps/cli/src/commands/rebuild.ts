import { Presets, SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { rebuild, type RebuildProgress } from '#apps/attribution';
import { databaseOf } from '#libs/runtime';
import { count, print, printJson } from '../print.js';
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
        const { onProgress, end } = progressBar();
        return rebuild(databaseOf(platform), platform.eventLog, onProgress).finally(end);
      });
      if (options.json) printJson({ rebuilt: done.done });
      else print(`made ${count(done.done)} conversions again`);
    });
}

/** A bar on a terminal, nothing elsewhere. */
function progressBar(): { onProgress: (p: RebuildProgress) => void; end: () => void } {
  if (!process.stderr.isTTY) return { onProgress: () => {}, end: () => {} };
  const bar = new SingleBar(
    {
      format: '{bar} {percentage}% | {value} of {total} conversions | {eta_formatted} left',
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  let started = false;
  return {
    onProgress: ({ done, total }) => {
      if (started) return bar.update(Math.min(done, total));
      started = true;
      bar.start(total, Math.min(done, total));
    },
    end: () => bar.stop(),
  };
}
