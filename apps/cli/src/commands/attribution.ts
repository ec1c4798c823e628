import { Option, type Command } from 'commander';
import { stringify } from 'csv-stringify/sync';
import {
  ATTRIBUTION_MODELS,
  CREDIT_KEYS,
  creditConversions,
  type AttributionModelName,
  type CreditKey,
  type CreditRow,
} from '#apps/attribution';
import type { Instant } from '#libs/events';
import { databaseOf } from '#libs/runtime';
import { checkStretch, countArgument, instantArgument } from '../arguments.js';
import { columns, print } from '../print.js';
import { withPlatform } from '../with-platform.js';

interface Options {
  model: AttributionModelName;
  by: CreditKey;
  format: keyof typeof FORMATS;
  from?: Instant;
  to?: Instant;
  brand?: string;
  lookBack?: number;
}

/** The answer in every form that it has. */
const FORMATS = { table: tableOf, csv: csvOf, jsonl: jsonLinesOf } satisfies Record<
  string,
  (rows: readonly CreditRow[], by: CreditKey) => string
>;

/** `tributary attribution`: who earned it. */
export function addAttribution(program: Command): void {
  program
    .command('attribution')
    .description('say who earned the approved conversions: their credits by source, campaign or click')
    .addOption(choice('--model <model>', 'who gets how much', ATTRIBUTION_MODELS, 'last_touch'))
    .addOption(choice('--by <key>', 'what credits are told by', CREDIT_KEYS, 'source'))
    .option('--from <instant>', 'conversions of this instant and later (ISO 8601)', instantArgument)
    .option('--to <instant>', 'conversions before this instant', instantArgument)
    .option('--brand <brand>', 'conversions of this brand')
    .option(
      '--look-back <days>',
      'how old a touch may be (default: what the brand has, else 30)',
      countArgument,
    )
    .addOption(choice('--format <format>', 'form of the answer', FORMATS, 'table'))
    .addHelpText(
      'after',
      `
Models: first_touch, last_touch, last_non_direct (the last that came from somewhere), linear (all alike), position
(40 % first, 40 % last, 20 % between), time_decay (half for every 7 days). A conversion counts 1 and its net amount;
shares add up exactly to both. Conversions that no touch led to stand apart.

Examples:
  npx tributary attribution --from 2026-11-01 --to 2026-12-01
  npx tributary attribution --model time_decay --by campaign --format csv`,
    )
    .action((options: Options, command: Command) => {
      checkStretch(options, command);
      return run(options);
    });
}

async function run({ model, by, format, from, to, brand, lookBack }: Options): Promise<void> {
  const question = { model, by, from, to, brand, lookBackDays: lookBack };
  const rows = await withPlatform((platform) => creditConversions(databaseOf(platform), question));
  const answer = FORMATS[format](rows, by);
  if (answer !== '') print(answer);
}

function choice(flags: string, description: string, of: object, standard: string): Option {
  return new Option(flags, description).choices(Object.keys(of)).default(standard);
}

function tableOf(rows: readonly CreditRow[], by: CreditKey): string {
  if (rows.length === 0) return 'no approved conversions';
  const name = ({ key, touched }: CreditRow): string => (touched ? (key ?? '(not set)') : '(no touch)');
  return columns(
    ['Type', by, 'conversions', 'net amount', ''],
    rows.map((r) => [r.type, name(r), r.conversions, r.amount ?? '', r.currency ?? '']),
    'llrrl',
  );
}

function csvOf(rows: readonly CreditRow[], by: CreditKey): string {
  const cells = rows.map((r) => [r.type, r.key, String(r.touched), r.conversions, r.amount, r.currency]);
  return stringify([['type', by, 'touched', 'conversions', 'net_amount', 'currency'], ...cells]).trimEnd();
}

function jsonLinesOf(rows: readonly CreditRow[], by: CreditKey): string {
  return rows
    .map(({ type, key, touched, conversions, amount, currency }) =>
      JSON.stringify({ type, [by]: key, touched, conversions, net_amount: amount, currency }),
    )
    .join('\n');
}
