import { Argument, Option, type Command } from 'commander';
import type { Instant } from '#libs/events';
import { databaseOf } from '#libs/runtime';
import { checkStretch, instantArgument } from '../arguments.js';
import { exportQuery } from '../export/export-query.js';
import { exportRows } from '../export/export-rows.js';
import { FORMATS } from '../export/formats.js';
import { EXPORTED_TABLES } from '../export/tables.js';
import { withPlatform } from '../with-platform.js';

interface Options {
  format: string;
  from?: Instant;
  to?: Instant;
}

/** `tributary export <table>`: canonical rows. */
export function addExport(program: Command): void {
  program
    .command('export')
    .description('write a table to standard output: sorted by key, the same bytes for the same facts')
    .addArgument(new Argument('<table>', 'which table').choices(Object.keys(EXPORTED_TABLES)))
    .addOption(
      new Option('--format <format>', 'form of the rows').choices(Object.keys(FORMATS)).default('jsonl'),
    )
    .option('--from <instant>', 'rows of this instant and later (ISO 8601)', instantArgument)
    .option('--to <instant>', 'rows before this instant', instantArgument)
    .addHelpText(
      'after',
      `
--from and --to are about occurred_at; of receipts about received_at, of dead_letters about failed_at, of
commission_entries about written_at, of statements about closed_at, of plans about stored_at, of fx_rates about
imported_at, of players and the other entities of a product about their last change (modified_at, updated_at; else
their first instant).
Left out is what the order of arrival decides (revision, raw_position).

Examples:
  npx tributary export conversions > conversions.jsonl
  npx tributary export conversions --format csv --from 2026-11-01 --to 2026-12-01
  npx tributary export receipts | head`,
    )
    .action((table: string, options: Options, command: Command) => run(table, options, command));
}

async function run(name: string, options: Options, command: Command): Promise<void> {
  const table = EXPORTED_TABLES[name]!;
  checkStretch(options, command);
  if (table.instant === undefined && (options.from !== undefined || options.to !== undefined)) {
    command.error(`error: rows of ${name} have no instant that --from and --to could be about`);
  }
  await withPlatform(async (platform) => {
    const database = databaseOf(platform);
    const query = exportQuery(await database.dataSource(), name, table, options);
    await exportRows(database.pool, query, FORMATS[options.format]!, process.stdout);
  });
}
