import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { Option, type Command } from 'commander';
import { readEcbCsv, readEcbXml, type FxRate, type ReadRates } from '#libs/commissions';
import { RatesContradict, upsertFxRates } from '#libs/database';
import { databaseOf } from '#libs/runtime';
import { CommandFailed } from '../exit-code.js';
import { count, print, printJson } from '../print.js';
import { withPlatform } from '../with-platform.js';

const FORMATS = { 'ecb-csv': readEcbCsv, 'ecb-xml': readEcbXml } satisfies Record<
  string,
  (text: string) => ReadRates
>;

interface Options {
  format?: keyof typeof FORMATS;
  replace?: true;
  json?: true;
}

/** So many wrong lines, or contradicted rates, are shown; the others are counted. */
const SHOWN = 20;

/** `tributary fx import`: rates that the ECB has published. */
export function addFxImport(fx: Command): void {
  fx.command('import')
    .description("take in the ECB's reference rates, from a file or a pipe")
    .argument('[file]', 'the file; - is standard input', '-')
    .addOption(
      new Option('--format <format>', 'form of the file (default: as it looks)').choices(
        Object.keys(FORMATS),
      ),
    )
    .option('--replace', 'replace rates that are stored with other values')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
Takes eurofxref.csv and eurofxref-hist.csv (unzipped), eurofxref-daily.xml, -hist-90d.xml and -hist.xml. Nothing is taken
in where a line is wrong. Rates that are stored already change nothing; one that is stored with another value is told, and
nothing is taken in without --replace: the ECB never revises a rate.

An amount is turned with the last rate that was published on or before the day (of the fact, or the last of its month, as
the agreement says), at most 7 days earlier. Where there is none the amount is not counted, and the month cannot be closed.

Examples:
  curl -s https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist-90d.xml | npx tributary fx import
  unzip -p eurofxref-hist.zip | npx tributary fx import`,
    )
    .action((path: string, options: Options, command: Command) => {
      if (path === '-' && process.stdin.isTTY) command.error('error: name a file, or pipe rates in');
      return run(path, options);
    });
}

async function run(path: string, { format, replace, json }: Options): Promise<void> {
  const rates = readRates(path === '-' ? await buffer(process.stdin) : await readFile(path), format);
  const changed = await withPlatform((platform) =>
    databaseOf(platform).transaction((client) =>
      upsertFxRates(client, rates, { source: 'ecb', now: new Date(), replace: replace ?? false }),
    ),
  ).catch((error: unknown) => {
    if (!(error instanceof RatesContradict)) throw error;
    tell(error.rates.map((r) => `${r.quote} ${r.day}: ${r.stored} is stored, the file says ${r.rate}`));
    throw new CommandFailed(`nothing is taken in: ${error.message} (--replace replaces it)`);
  });
  const days = rates.map((rate) => rate.day).sort();
  const [from, to] = [days[0]!, days.at(-1)!];
  const currencies = new Set(rates.map((rate) => rate.quote)).size;
  if (json) return printJson({ rates: rates.length, changed: changed.length, currencies, from, to });
  const span = from === to ? from : `${count(new Set(days).size)} days from ${from} to ${to}`;
  print(
    `${count(rates.length)} rates of ${count(currencies)} currencies for ${span}: ${count(changed.length)} new or changed`,
  );
}

/** @throws CommandFailed where a line is wrong */
function readRates(bytes: Buffer, format: Options['format']): FxRate[] {
  if (bytes.subarray(0, 2).toString() === 'PK') {
    throw new CommandFailed('this is a zip file: unzip -p eurofxref-hist.zip | npx tributary fx import');
  }
  const text = bytes.toString('utf8');
  const read = FORMATS[format ?? (/^\uFEFF?\s*</.test(text) ? 'ecb-xml' : 'ecb-csv')](text);
  if ('rates' in read) return read.rates;
  tell(read.problems.map(({ line, rule }) => `line ${line}: ${rule}`));
  const { length } = read.problems;
  throw new CommandFailed(
    `nothing is taken in: ${length === 1 ? 'a line is' : `${count(length)} lines are`} wrong`,
  );
}

function tell(lines: readonly string[]): void {
  for (const line of lines.slice(0, SHOWN)) process.stderr.write(`${line}\n`);
  if (lines.length > SHOWN) process.stderr.write(`and ${count(lines.length - SHOWN)} more\n`);
}
