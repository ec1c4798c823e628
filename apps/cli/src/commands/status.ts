import type { Command } from 'commander';
import { readStatus, type Status } from '#apps/console';
import { columns, count, print, printJson, strong } from '../print.js';
import { withPlatform } from '../with-platform.js';
import { sourceTables } from './status-of-sources.js';

/** `tributary status`: one screen. */
export function addStatus(program: Command): void {
  program
    .command('status')
    .description('one screen: lag per group, dead letters by reason, totals, streams of partners')
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExamples:\n  npx tributary status\n  npx tributary status --json | jq .lag')
    .action(async (options: { json?: true }) => {
      const status = await withPlatform(readStatus);
      if (options.json) printJson(status);
      else print(statusScreen(status));
    });
}

/** The status as people read it. */
export function statusScreen(s: Status): string {
  const engine = `event log in ${s.event_log.engine === 'kafka' ? 'Kafka' : 'PostgreSQL'}`;
  const database = `PostgreSQL ${s.database.version}${s.database.embedded ? ' (embedded)' : ''}`;
  return [
    `${strong('Tributary')} ${s.version} · ${engine} · ${database} · Node ${s.node}`,
    '',
    lagTable(s),
    '',
    totalsTable(s),
    '',
    deadLetterTable(s),
    ...sourceTables(s.sources).flatMap((table) => ['', table]),
    ...(s.unsettled_batches > 0
      ? [
          '',
          `${count(s.unsettled_batches)} unsettled batches: their facts are stored, their rows are being made`,
        ]
      : []),
    ...(s.commissions_set_aside > 0
      ? [
          '',
          `${count(s.commissions_set_aside)} set aside, as their commissions cannot be reckoned: npx tributary commissions run names them`,
        ]
      : []),
  ].join('\n');
}

function lagTable(s: Status): string {
  const rows = s.lag.map((g) => [
    g.group,
    g.topic,
    count(g.lag),
    g.worst ? `partition ${g.worst.partition}: ${count(g.worst.lag)}` : '–',
  ]);
  return columns(['Group', 'reads', 'behind', 'worst'], rows, 'llrl');
}

function totalsTable({ clicks, conversions: c }: Status): string {
  const rows = [
    ['clicks', approximate(clicks.total, clicks.estimated), ''],
    ['conversions', approximate(c.total, c.estimated), ''],
    ...Object.entries(c.by_type)
      .filter(([, n]) => n > 0)
      .map(([type, n]) => [`  ${type}`, approximate(n, c.estimated), '']),
    ['  unattributed', approximate(c.unattributed, c.estimated), 'wait for their click'],
    ['  in conflict', approximate(c.conflicts, c.estimated), 'their sources disagree'],
  ];
  const estimated = clicks.estimated || c.estimated;
  return columns(['Stored', 'rows', ''], rows, 'lrl') + (estimated ? '\n~ estimated from a sample' : '');
}

function deadLetterTable({ dead_letters: d }: Status): string {
  if (d.total === 0) return `${strong('Dead letters')}  none`;
  const rows = Object.entries(d.by_reason).map(([reason, n]) => [
    reason,
    approximate(n.open, d.estimated),
    approximate(n.total - n.open, d.estimated),
  ]);
  return columns(['Dead letters', 'open', 'replayed'], rows, 'lrr');
}

function approximate(n: number, estimated: boolean): string {
  return `${estimated ? '~' : ''}${count(n)}`;
}
