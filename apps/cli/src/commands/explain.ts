import type { Command } from 'commander';
import { CommandFailed } from '../exit-code.js';
import { readWay } from '../explain/read-way.js';
import { tellWay } from '../explain/tell-way.js';
import { print, printJson } from '../print.js';
import { withPlatform } from '../with-platform.js';

/** `tributary explain <id>`: the story of one id. */
export function addExplain(program: Command): void {
  program
    .command('explain')
    .description(
      'tell the whole story of one id: who said what, which rule chose what, its journey and credits',
    )
    .argument(
      '<id>',
      'of a click, transaction, refund, event, receipt, conversion, player, touch or dead letter; or a key',
    )
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
Exit code 1 where nothing is known of the id. Of persons it tells ids and nothing else.

Examples:
  npx tributary explain 123456789
  npx tributary explain fd3ba970-2330-4576-94ba-e1efc470bd56
  npx tributary explain tx:123456789 --json`,
    )
    .action((id: string, options: { json?: true }) => run(id.trim(), options.json ?? false));
}

async function run(id: string, json: boolean): Promise<void> {
  const way = await withPlatform((platform) => readWay(platform, id));
  if (json) printJson(way);
  if (way.found_as.length === 0) {
    throw new CommandFailed(
      `nothing is known of ${id}: it is no click, transaction, event, receipt, conversion or player here`,
    );
  }
  if (!json) print(tellWay(way));
}
