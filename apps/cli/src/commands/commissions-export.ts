import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import type { Statement } from '#libs/commissions';
import type { Database } from '#libs/database';
import { canonicalJson } from '#libs/events';
import { databaseOf } from '#libs/runtime';
import {
  addStatementOptions,
  needNames,
  openAgreements,
  type StatementOptions,
} from '../commissions/open-agreements.js';
import { openStatement } from '../commissions/open-statement.js';
import { readSubjectLines } from '../commissions/read-subject-lines.js';
import { playersCsv, statementsCsv, type StatementPlayers } from '../commissions/statement-csv.js';
import { statementsHtml } from '../commissions/statement-html.js';
import { messageOf } from '../error-message.js';
import { CommandFailed } from '../exit-code.js';
import { exportQuery } from '../export/export-query.js';
import { exportRows } from '../export/export-rows.js';
import { FORMATS as ROW_FORMATS } from '../export/formats.js';
import { EXPORTED_TABLES } from '../export/tables.js';
import { withPlatform } from '../with-platform.js';

interface Options extends StatementOptions {
  format: keyof typeof FORMATS;
  players?: true;
  facts?: true;
  out?: string;
}

/** Statements in every form that they have. */
const FORMATS = { csv: statementsCsv, json: jsonLines, html: statementsHtml } satisfies Record<
  string,
  (statements: readonly Statement[]) => string
>;

/** `tributary commissions export`: statements for others. */
export function addCommissionsExport(commissions: Command): void {
  addStatementOptions(
    commissions
      .command('export')
      .description('write the statements of a month: for a sheet, a program, or paper'),
  )
    .addOption(
      new Option('--format <format>', 'csv, json (one statement a line) or html (to be printed, A4)')
        .choices(Object.keys(FORMATS))
        .makeOptionMandatory(),
    )
    .option('--players', 'what each player comes to, exact, in place of the lines (csv and json)')
    .option('--facts', 'every fact that they rest on, of closed months, in place of the lines (csv and json)')
    .option('--out <file>', 'the file; absent: standard output')
    .addHelpText(
      'after',
      `
Decimals are text, never rounded but once a line. The same statement is the same bytes.

Examples:
  npx tributary commissions export --partner acme --period 2026-10 --format html --out acme-2026-10.html
  npx tributary commissions export --partner acme --period 2026-10 --format csv --players
  npx tributary commissions export --partner acme --period 2026-10 --format csv --facts --out acme-2026-10-facts.csv`,
    )
    .action((options: Options, command: Command) => {
      needNames(options, command);
      const { players, facts, format } = options;
      if (players && facts) command.error('error: --players or --facts, not both');
      if (players && format === 'html') command.error('error: --players is of csv and json');
      if (facts && format === 'html') command.error('error: --facts is of csv and json');
      return facts ? exportFacts(options) : run(options);
    });
}

async function run(options: Options): Promise<void> {
  const { format, period, players, out } = options;
  const text = await withPlatform(async (platform) => {
    const database = databaseOf(platform);
    const agreements = await openAgreements(database, options);
    const statements = await Promise.all(
      agreements.map(({ agreement }) => openStatement(database, agreement, period)),
    );
    return players ? playersText(database, statements, format) : FORMATS[format](statements);
  });
  if (out === undefined) {
    process.stdout.write(text);
    return;
  }
  await writeFile(out, text).catch((error: unknown) => {
    throw new CommandFailed(`${out} cannot be written: ${messageOf(error)}`);
  });
}

/** Streams the facts, as there may be millions. */
async function exportFacts(options: Options): Promise<void> {
  const { format, period, out } = options;
  await withPlatform(async (platform) => {
    const database = databaseOf(platform);
    const agreements = (await openAgreements(database, options)).map(({ agreement }) => agreement);
    for (const agreement of agreements) {
      const { status } = await openStatement(database, agreement, period);
      if (status === 'closed') continue;
      throw new CommandFailed(
        `${agreement} ${period} is open: its facts are kept when it is closed; show --player <id> --facts has a player's of now`,
      );
    }
    const only = { agreement: agreements, period: [period] };
    const table = EXPORTED_TABLES['statement_facts']!;
    const query = exportQuery(await database.dataSource(), 'statement_facts', table, {}, only);
    const rowFormat = ROW_FORMATS[format === 'csv' ? 'csv' : 'jsonl']!;
    if (out === undefined) return exportRows(database.pool, query, rowFormat, process.stdout);
    const file = createWriteStream(out);
    try {
      await exportRows(database.pool, query, rowFormat, file);
      await new Promise<void>((resolve, reject) => file.once('error', reject).end(resolve));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error; // of the database
      throw new CommandFailed(`${out} cannot be written: ${messageOf(error)}`);
    }
  });
}

async function playersText(
  database: Database,
  statements: readonly Statement[],
  format: Options['format'],
): Promise<string> {
  const all: StatementPlayers[] = [];
  for (const statement of statements) {
    const { lines } = await readSubjectLines(database, statement.agreement, statement.period);
    all.push({ statement, lines });
  }
  return format === 'csv' ? playersCsv(all) : playersJson(all);
}

function jsonLines(values: readonly object[]): string {
  return values.map((value) => `${canonicalJson(value)}\n`).join('');
}

function playersJson(all: readonly StatementPlayers[]): string {
  return jsonLines(
    all.flatMap(({ statement: { agreement, period, currency }, lines }) =>
      lines.map((line) => ({ agreement, period, currency, ...line })),
    ),
  );
}
