import { InvalidArgumentError, type Command } from 'commander';
import { instantToMs, type Instant } from '#libs/events';
import { durationMs } from '#libs/sources';
import { countArgument, instantArgument } from '../arguments.js';
import { CommandFailed } from '../exit-code.js';
import { print, printJson, strong } from '../print.js';
import { adviceText, adviseOn } from '../sources/advice.js';
import { openPartner } from '../sources/ask-partner.js';
import { foundGa4 } from '../sources/ga4/found-ga4.js';
import { findHttpStream, openSource, type FoundStream } from '../sources/load-source.js';
import { histogram, settlingTime } from '../sources/probe/lateness.js';
import { probe, type Probed } from '../sources/probe/run-probe.js';
import type { Verdict } from '../sources/probe/verdict.js';
import { sourcesDir } from '../sources/sources-dir.js';
import { countOf, indented } from '../sources/trial-text.js';

interface Options {
  maxRequests: number;
  from?: Instant;
  watch?: number;
  /** Of messages. */
  limit: number;
  json?: true;
}

/** `tributary sources probe`: does the partner do what the definition says? */
export function addSourcesProbe(sources: Command): void {
  sources
    .command('probe')
    .description('find out by asking whether an API behaves as the definition says; reads only')
    .argument('<source>', 'name of the source')
    .argument('[stream]', 'name of the stream; may be left out where the source has one')
    .option('--from <instant>', 'look here (default: at the newest windows with records)', instantArgument)
    .option('--max-requests <n>', 'at most so many requests', countArgument, 40)
    .option(
      '--watch <duration>',
      'look for so long which rows come and change late (PT10M, P1D)',
      durationArgument,
    )
    .option('--limit <n>', 'of Pub/Sub: look at so many messages', countArgument, 1_000)
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
It asks whether neighbouring windows tile, whether a window is stable, whether the time zone fits, how both ends are
read, in which order records come, whether the page size is honoured, and how late rows change. api_budget is kept.
Of a Pub/Sub source: duplicates, order, age and size of the messages that wait, and how many of them map.
Of a GA4 source: whether every day is there, how late days change, and what the rows of one day have and lack.
Exit code 1 where something is wrong.

Examples:
  npx tributary sources probe besitos conversions
  npx tributary sources probe besitos conversions --watch PT1H --max-requests 200`,
    )
    .action((source: string, stream: string | undefined, options: Options) => run(source, stream, options));
}

async function run(source: string, streamName: string | undefined, options: Options): Promise<void> {
  const { maxRequests, from, watch, json } = options;
  const file = openSource(sourcesDir(), source);
  if (file.source.type === 'pubsub') {
    const { probePubsub } = await import('../sources/pubsub/probe-pubsub.js');
    return probePubsub(file, file.source, streamName, options);
  }
  if (file.source.type === 'ga4') {
    const { probeGa4 } = await import('../sources/ga4/probe-ga4.js');
    return probeGa4(foundGa4(file, file.source, streamName), options);
  }
  const found = findHttpStream(sourcesDir(), source, streamName);
  process.stderr.write(`${planText(found, maxRequests)}\n`);
  const partner = openPartner(found);
  let probed: Probed;
  try {
    probed = await probe(found, partner, {
      maxRequests,
      ...(from !== undefined && { fromMs: instantToMs(from) }),
      ...(watch !== undefined && { watchMs: watch }),
      now: Date.now,
      onStep: (text) => void process.stderr.write(`  ${text}\n`),
    });
  } catch (error) {
    throw new CommandFailed(adviseOn(error, found, partner.latest()));
  } finally {
    await partner.close();
  }
  if (json) printJson({ verdicts: probed.verdicts, settle_delay: settlingTime(probed.delays) });
  else print(textOf(probed, found));
  const wrong = probed.verdicts.filter((v) => v.verdict === 'wrong').length;
  if (wrong > 0) throw new CommandFailed(`${countOf(wrong, 'answer')} of ${probed.verdicts.length} wrong`);
}

function planText({ source, stream }: FoundStream, maxRequests: number): string {
  const { api_budget: budget } = source;
  const pace = budget ? `; api_budget allows ${budget.requests} per ${budget.per}` : '';
  return `${source.name} ${stream.name}: up to ${maxRequests} requests${pace}`;
}

const SIGNS: Record<Verdict['verdict'], string> = { ok: '✓', wrong: '✗', 'cannot tell': '?' };

function textOf({ verdicts, delays }: Probed, found: FoundStream): string {
  const bars = histogram(delays);
  const settle = settlingTime(delays);
  return [
    ...verdicts.map(({ question, verdict, why, change }) =>
      [
        `${SIGNS[verdict]} ${strong(question)} ${verdict}`,
        indented(why),
        ...(change ? [indented(adviceText(change, found))] : []),
      ].join('\n'),
    ),
    ...(bars.length > 0
      ? ['', 'rows changed after they happened:', ...bars.map((bar) => indented(bar))]
      : []),
    ...(settle === undefined
      ? []
      : [`a settle_delay of ${settle} waits for nine of ten of those that change within an hour`]),
  ].join('\n');
}

function durationArgument(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined) throw new InvalidArgumentError('It must be an ISO 8601 duration, as PT10M or P1D.');
  return ms;
}
