import type { Command } from 'commander';
import { Topic } from '#libs/events';
import { databaseOf, migrate } from '#libs/runtime';
import { print, printJson } from '../print.js';
import { withPlatform } from '../with-platform.js';

/** `tributary migrate`: tables and topics. */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('create what is missing: tables and topics; safe at any time and by several at once')
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExample:\n  npx tributary migrate')
    .action((options: { json?: true }) => run(options.json ?? false));
}

async function run(json: boolean): Promise<void> {
  const done = await withPlatform(
    async (platform) => {
      const migrations = await databaseOf(platform).pendingMigrations();
      const topics = await platform.eventLog.missingTopics(Object.values(Topic));
      await migrate(platform);
      return { migrations, topics };
    },
    { migrated: false },
  );
  if (json) return printJson(done);
  for (const name of done.migrations) print(`ran migration ${name}`);
  for (const name of done.topics) print(`created topic ${name}`);
  if (done.migrations.length + done.topics.length === 0) print('nothing to do: tables and topics are there');
}
