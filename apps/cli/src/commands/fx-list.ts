import type { Command } from 'commander';
import { readFxCurrencies } from '#libs/database';
import { databaseOf } from '#libs/runtime';
import { columns, count, print, printJson } from '../print.js';
import { withPlatform } from '../with-platform.js';

/** `tributary fx list`: which rates there are. */
export function addFxList(fx: Command): void {
  fx.command('list')
    .description('list the currencies that there are rates of: for how many days, up to when, the last rate')
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExample:\n  npx tributary fx list')
    .action(({ json }: { json?: true }) => run(json));
}

async function run(json: true | undefined): Promise<void> {
  const stored = await withPlatform((platform) => readFxCurrencies(databaseOf(platform).pool));
  if (json) return printJson(stored);
  if (stored.length === 0) return print('there are no rates yet; fx import takes the rates of the ECB in');
  const rows = stored.map((s) => [
    `${s.base} → ${s.currency}`,
    count(s.days),
    s.first_day,
    s.last_day,
    s.last_rate,
    s.source,
  ]);
  print(columns(['currencies', 'days', 'first', 'last', 'last rate', 'source'], rows, 'lrllrl'));
}
