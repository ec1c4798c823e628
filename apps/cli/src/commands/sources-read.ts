import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { instantFromMs, type Instant } from '#libs/events';
import type { ExchangeRecord } from '#libs/sources';
import { countArgument, instantArgument } from '../arguments.js';
import { CommandFailed } from '../exit-code.js';
import { print } from '../print.js';
import { decodedBody, openPartner, type PartnerAccess } from '../sources/ask-partner.js';
import { adviseOn } from '../sources/advice.js';
import { decodeFile } from '../sources/decode-file.js';
import { exchangeText } from '../sources/exchange-text.js';
import { foundGa4 } from '../sources/ga4/found-ga4.js';
import { findHttpStream, openSource, type FoundStream } from '../sources/load-source.js';
import { sliceOf, sliceText, type Wanted } from '../sources/slice-of.js';
import { sourcesDir } from '../sources/sources-dir.js';
import { bigintText, countOf, recordText, rowText, summaryText } from '../sources/trial-text.js';
import { compileTrial, rowsOf, waitingReturns, type TriedRecord } from '../sources/try-records.js';

interface Options extends Wanted {
  limit: number;
  dryRun?: true;
  fromFile?: string;
  record?: string | true;
  json?: true;
}

/** `tributary sources read`: real requests, and everything that would come of them. */
export function addSourcesRead(sources: Command): void {
  sources
    .command('read')
    .description('read a stream without storing anything: requests, records, events, rows')
    .argument('<source>', 'name of the source')
    .argument('[stream]', 'name of the stream; may be left out where the source has one')
    .option('--dry-run', 'nothing is stored (it is refused without)')
    .option('--from <instant>', 'beginning of the window (default: an hour before its end)', instantArgument)
    .option('--to <instant>', 'end of the window (default: now)', instantArgument)
    .option('--after-id <id>', 'of a stream that is read by ids: those above this one')
    .option('--cursor <cursor>', 'of a stream that is read by cursors: what follows this one')
    .option('--limit <n>', 'at most so many records', countArgument, 10)
    .option('--from-file <file>', 'read a saved answer instead of asking the partner')
    .option(
      '--record [file]',
      "save the partner's first answer, for --from-file; without a file as the stream's fixture, which validate maps",
    )
    .option('--json', 'answer as JSON lines')
    .addHelpText(
      'after',
      `
Secrets are masked in the requests. Records are shown as they are, on this terminal and nowhere else.
Reading into the event log is the poller's work; sources backfill asks it to read a stretch again.
Of a Pub/Sub source messages are looked at and given back at once; that counts as a delivery attempt.
Of a GA4 source: the newest day that is over, or that of --from, whole; what that bills, and what a month of polls would.

Examples:
  npx tributary sources read besitos conversions --dry-run --from 2026-11-20 --to 2026-11-21
  npx tributary sources read besitos conversions --dry-run --from-file sources/fixtures/besitos/conversions.json`,
    )
    .action((source: string, stream: string | undefined, options: Options) => run(source, stream, options));
}

async function run(source: string, streamName: string | undefined, options: Options): Promise<void> {
  const file = openSource(sourcesDir(), source);
  if (file.source.type === 'pubsub') {
    const { readPubsub } = await import('../sources/pubsub/read-pubsub.js');
    return readPubsub(file, file.source, streamName, options);
  }
  if (file.source.type === 'ga4') {
    const { readGa4 } = await import('../sources/ga4/read-ga4.js');
    return readGa4(foundGa4(file, file.source, streamName), options);
  }
  const found = findHttpStream(sourcesDir(), source, streamName);
  if (!options.dryRun) {
    throw new CommandFailed(
      `say --dry-run to look at what would come: nothing is stored. To have it read into the event log: ` +
        `npx tributary sources backfill ${source} ${found.stream.name} --from … --to …`,
    );
  }
  const show = options.json ? showJson : showText;
  const tried =
    options.fromFile === undefined
      ? await readPartner(found, options, show)
      : await readFile(found, options.fromFile, options, show);
  const events = tried.flatMap((t) => t.events);
  show.rows(rowsOf(events), waitingReturns(events));
  show.summary(tried);
}

/** How a reading is shown. */
interface Show {
  exchange(number: number, exchange: ExchangeRecord): void;
  record(number: number, tried: TriedRecord): void;
  rows(rows: ReturnType<typeof rowsOf>, waiting: readonly string[]): void;
  summary(tried: readonly TriedRecord[]): void;
  note(text: string): void;
}

const showText: Show = {
  exchange: (number, exchange) => print(exchangeText(number, exchange)),
  record: (number, tried) => print(`\n${recordText(number, tried)}`),
  rows: (rows, waiting) => {
    for (const row of rows) print(`\n${rowText(row)}`);
    if (waiting.length > 0) print(`\nwait for what they take back: ${waiting.join(', ')}`);
  },
  summary: (tried) => print(`\n${summaryText(tried)}. Nothing was stored.`),
  note: print,
};

const jsonLine = (type: string, more: object): void => print(JSON.stringify({ type, ...more }, bigintText));

const showJson: Show = {
  exchange: (number, exchange) => jsonLine('request', { number, ...exchange }),
  record: (number, { naturalKey, ...tried }) =>
    jsonLine('record', { number, natural_key: naturalKey, ...tried }),
  rows: (rows) => rows.forEach((row) => jsonLine('row', row)),
  summary: (tried) => jsonLine('summary', { text: summaryText(tried), records: tried.length }),
  note: (text) => void process.stderr.write(`${text}\n`),
};

async function readPartner(found: FoundStream, options: Options, show: Show): Promise<TriedRecord[]> {
  const asked = sliceOf(found.stream.incremental_sync, options, Date.now());
  show.note(`${found.source.name} ${found.stream.name}, ${sliceText(asked)}\n`);
  let number = 0;
  const partner = openPartner(found, { onExchange: (exchange) => show.exchange(++number, exchange) });
  try {
    const records: { record: Parameters<ReturnType<typeof compileTrial>>[0]; receivedAt: Instant }[] = [];
    const batches = partner.read(asked.slice, asked.bounds);
    let next = await batches.next();
    if (options.record !== undefined && partner.latest()) {
      await save(options.record === true ? fixtureOf(found) : options.record, partner, show);
    }
    for (; !next.done; next = await batches.next()) {
      const { receivedAt } = next.value;
      records.push(...next.value.records.map((record) => ({ record, receivedAt })));
      if (records.length > options.limit) break;
    }
    if (!next.done) await batches.return(undefined);
    return trial(found, records, options.limit, show);
  } catch (error) {
    throw new CommandFailed(adviseOn(error, found, partner.latest()));
  } finally {
    await partner.close();
  }
}

async function readFile(
  found: FoundStream,
  file: string,
  { limit }: Options,
  show: Show,
): Promise<TriedRecord[]> {
  const receivedAt = instantFromMs(Date.now());
  try {
    const { records } = await decodeFile(found.stream, file);
    return trial(
      found,
      records.map((record) => ({ record, receivedAt })),
      limit,
      show,
    );
  } catch (error) {
    throw new CommandFailed(adviseOn(error, found, undefined));
  }
}

function trial(
  found: FoundStream,
  records: readonly { record: TriedRecord['record']; receivedAt: Instant }[],
  limit: number,
  show: Show,
): TriedRecord[] {
  const tryRecord = compileTrial(found);
  const tried = records.slice(0, limit).map(({ record, receivedAt }) => tryRecord(record, receivedAt));
  tried.forEach((one, i) => show.record(i + 1, one));
  if (records.length > limit) show.note(`\nmore than ${countOf(limit, 'record')} came; --limit shows more`);
  return tried;
}

/** Where `validate` looks for the stream's recorded answer. */
function fixtureOf({ file, source, stream }: FoundStream): string {
  return join(dirname(file.path), 'fixtures', source.name, `${stream.name}.${stream.decoder.type}`);
}

/** As it was before any Content-Encoding, so that it can be looked at. */
async function save(file: string, partner: PartnerAccess, show: Show): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await decodedBody(partner.latest()!));
  show.note(`saved the answer as ${file}`);
}
