import type { Command } from 'commander';
import type { ExchangeRecord, JsonObject } from '#libs/sources';
import { instantArgument } from '../arguments.js';
import { CommandFailed } from '../exit-code.js';
import { columns, print, printJson, strong } from '../print.js';
import { adviseOn } from '../sources/advice.js';
import { decodedBody, openPartner, type PartnerAccess } from '../sources/ask-partner.js';
import { decodeBody } from '../sources/decode-file.js';
import { describeFields } from '../sources/describe-fields.js';
import { exchangeText } from '../sources/exchange-text.js';
import { foundGa4 } from '../sources/ga4/found-ga4.js';
import { findHttpStream, httpSourceOf, openSource, type FoundStream } from '../sources/load-source.js';
import { sliceOf, sliceText, type Wanted } from '../sources/slice-of.js';
import { sourcesDir } from '../sources/sources-dir.js';
import { statedTotal } from '../sources/stated-total.js';
import { countOf, indented, rejectionText } from '../sources/trial-text.js';
import { compileTrial } from '../sources/try-records.js';

interface Options extends Wanted {
  showValues?: true;
  json?: true;
}

/** What one request has shown. */
interface Checked {
  source: string;
  stream: string;
  asked: string;
  requests: ExchangeRecord[];
  records: number;
  /** After the filter. */
  selected: number;
  stated_total: string | undefined;
  /** What would be asked next. */
  goes_on: boolean;
  first: { path: string; kind: string; value?: unknown }[];
  /** Records of the answer that the mapping refuses, and the first reason. */
  rejected: number;
  rejection: string | undefined;
}

/** `tributary sources check`: one authenticated request, and what came back. */
export function addSourcesCheck(sources: Command): void {
  sources
    .command('check')
    .description('send one request for the newest little and say what came back')
    .argument('<source>', 'name of the source')
    .argument('[stream]', 'name of the stream (default: each stream of the source)')
    .option('--from <instant>', 'beginning of the window (default: an hour before its end)', instantArgument)
    .option('--to <instant>', 'end of the window (default: now)', instantArgument)
    .option('--show-values', 'show the values of the first record, not only what they are')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
Where it does not succeed it says what the partner answered, and what to change in which line of the definition.
Of a Pub/Sub source: whether the subscription is there, may be pulled, and how it is set; no message is taken.
Of a GA4 source: the shards of the days (default: the last 7), and one page of the newest.

Examples:
  npx tributary sources check besitos
  npx tributary sources check besitos conversions --from 2026-11-20 --to 2026-11-21 --show-values`,
    )
    .action((source: string, stream: string | undefined, options: Options) => run(source, stream, options));
}

async function run(sourceName: string, streamName: string | undefined, options: Options): Promise<void> {
  const dir = sourcesDir();
  const file = openSource(dir, sourceName);
  if (file.source.type === 'pubsub') {
    const { checkPubsub } = await import('../sources/pubsub/check-pubsub.js');
    return checkPubsub(file, file.source, streamName, options);
  }
  if (file.source.type === 'ga4') {
    const { checkGa4 } = await import('../sources/ga4/check-ga4.js');
    return checkGa4(foundGa4(file, file.source, streamName), options);
  }
  const names = streamName === undefined ? httpSourceOf(file).streams.map((s) => s.name) : [streamName];
  const checked: Checked[] = [];
  const failed: string[] = [];
  for (const name of names) {
    const found = findHttpStream(dir, sourceName, name);
    try {
      const one = await check(found, options);
      checked.push(one);
      if (!options.json) print(`${textOf(one)}\n`);
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      failed.push(`${sourceName} ${name}: ${error.message}`);
    }
  }
  if (options.json) printJson(checked);
  if (failed.length > 0) throw new CommandFailed(failed.join('\n'));
}

async function check(found: FoundStream, { showValues, ...wanted }: Options): Promise<Checked> {
  const { source, stream } = found;
  const requests: ExchangeRecord[] = [];
  const partner = openPartner(found, { maxRetries: 0, onExchange: (exchange) => requests.push(exchange) });
  try {
    const asked = sliceOf(stream.incremental_sync, wanted, Date.now());
    const batches = partner.read(asked.slice, asked.bounds, 1);
    const tryRecord = compileTrial(found);
    const rejections: string[] = [];
    let rejected = 0;
    let selected = 0;
    let first: JsonObject | undefined;
    let next = await batches.next();
    for (; !next.done; next = await batches.next()) {
      selected += next.value.records.length;
      first ??= next.value.records[0];
      for (const record of next.value.records) {
        const tried = tryRecord(record, next.value.receivedAt);
        if (tried.rejections.length > 0) rejected++;
        rejections.push(...tried.rejections.slice(0, 1).map(rejectionText));
      }
    }
    const { read, envelope } = await latestBody(found, partner);
    return {
      source: source.name,
      stream: stream.name,
      asked: sliceText(asked),
      requests,
      records: read,
      selected,
      stated_total: statedTotal(stream, envelope),
      goes_on: next.value === undefined,
      first: describeFields(first ?? {}).map(({ value, ...field }) =>
        showValues ? { ...field, value } : field,
      ),
      rejected,
      rejection: rejections[0],
    };
  } catch (error) {
    throw new CommandFailed(
      [...requests.map((r, i) => exchangeText(i + 1, r)), adviseOn(error, found, partner.latest())].join(
        '\n',
      ),
    );
  } finally {
    await partner.close();
  }
}

/** The answer once more, for what stands beside its records; nothing where it is not of the kind that is expected. */
async function latestBody(
  { stream }: FoundStream,
  partner: PartnerAccess,
): Promise<Pick<Awaited<ReturnType<typeof decodeBody>>, 'read' | 'envelope'>> {
  const latest = partner.latest();
  if (!latest || latest.status !== 200) return { read: 0, envelope: null };
  const body = await decodedBody(latest);
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield body;
  }
  return decodeBody(stream, whole(), latest.headers['content-type']);
}

function textOf(c: Checked): string {
  const total = c.stated_total === undefined ? '' : `, ${c.stated_total} in all by the partner’s word`;
  const filtered = c.selected === c.records ? '' : `, ${c.selected} of them selected`;
  const further = c.goes_on ? 'another page would be asked for' : 'no further page';
  return [
    strong(`${c.source} ${c.stream}, ${c.asked}`),
    ...c.requests.map((request, i) => exchangeText(i + 1, request)),
    '',
    `${countOf(c.records, 'record')}${filtered}${total}; ${further}`,
    ...(c.first.length > 0 ? ['', 'the first record:', indented(fieldTable(c.first))] : [NOTHING]),
    ...(c.rejected > 0
      ? ['', `the mapping refuses ${countOf(c.rejected, 'record')}; the first: ${c.rejection}`]
      : []),
  ].join('\n');
}

const NOTHING =
  'Nothing came, so that nothing is known of the records: try an earlier window with --from and --to.';

function fieldTable(fields: Checked['first']): string {
  const rows = fields.map(({ path, kind, value }) => [
    path,
    kind,
    value === undefined ? '' : JSON.stringify(value),
  ]);
  return columns(['field', 'what it is', fields[0] && 'value' in fields[0] ? 'value' : ''], rows, 'lll');
}
