import { InvalidArgumentError, type Command } from 'commander';
import { instantToMs, type Instant } from '#libs/events';
import { readEnvironment, secretsOf } from '#libs/runtime';
import { signingText, type ExchangeRecord, type AuthenticatorDefinition } from '#libs/sources';
import { instantArgument } from '../arguments.js';
import { CommandFailed } from '../exit-code.js';
import { print, printJson, strong } from '../print.js';
import { adviseOn } from '../sources/advice.js';
import { openPartner, type PartnerAccess } from '../sources/ask-partner.js';
import { requestDetails } from '../sources/exchange-text.js';
import { findHttpStream, type FoundStream } from '../sources/load-source.js';
import { sliceOf, type AskedSlice } from '../sources/slice-of.js';
import { sourcesDir } from '../sources/sources-dir.js';
import { visible } from '../sources/visible-text.js';

interface Options {
  at?: Instant;
  nonce?: string;
  json?: true;
}

/** `tributary sources sign`: what is signed, to the last character. */
export function addSourcesSign(sources: Command): void {
  sources
    .command('sign')
    .description('show the request that would be sent now, and the text that is signed; sends nothing')
    .argument('<source>', 'name of the source')
    .argument('[stream]', 'name of the stream; may be left out where the source has one')
    .option('--at <instant>', 'as if it were this time', instantArgument)
    .option('--nonce <hex>', 'this nonce: 32 hexadecimal digits', nonceArgument)
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
Secrets are masked. In the text that is signed a space is ·, a line break ⏎, a tab ⇥; what is between the lines of
dashes is signed to the last character. Compare it with the partner's documentation: a digest that is refused is
almost always a text that differs.

Examples:
  npx tributary sources sign acme payouts
  npx tributary sources sign acme payouts --at 2026-11-21T10:00:00Z --nonce 00112233445566778899aabbccddeeff`,
    )
    .action((source: string, stream: string | undefined, options: Options) => run(source, stream, options));
}

async function run(source: string, streamName: string | undefined, options: Options): Promise<void> {
  const found = findHttpStream(sourcesDir(), source, streamName);
  const nowMs = options.at === undefined ? Date.now() : instantToMs(options.at);
  const digits = options.nonce ?? randomDigits();
  const asked = sliceOf(found.stream.incremental_sync, {}, nowMs);
  const exchanges: ExchangeRecord[] = [];
  const partner = openPartner(found, {
    now: () => nowMs,
    random: randomOf(digits),
    offline: true,
    onExchange: (exchange) => exchanges.push(exchange),
  });
  try {
    await prepare(partner, asked);
    const [exchange] = exchanges;
    const signed = signatureOf(found, partner, asked, nowMs, digits);
    if (options.json) return printJson({ request: exchange?.request, purpose: exchange?.purpose, signed });
    if (exchange) print(requestText(exchange));
    print(signed ? signedText(signed) : unsignedText(found, exchange));
  } catch (error) {
    throw new CommandFailed(adviseOn(error, found, undefined));
  } finally {
    await partner.close();
  }
}

async function prepare(partner: PartnerAccess, { slice, bounds }: AskedSlice): Promise<void> {
  for await (const batch of partner.read(slice, bounds)) void batch;
}

/** The text with secrets masked, and the digest of the text without. */
function signatureOf(
  found: FoundStream,
  { reader }: PartnerAccess,
  { slice, bounds }: AskedSlice,
  nowMs: number,
  digits: string,
): { algorithm: string; text: string; digest: string } | undefined {
  const definition = authenticatorOf(found);
  if (definition?.type !== 'signature') return undefined;
  const environment = readEnvironment();
  const sign = (masked: boolean): { text: string; signature: string } =>
    signingText(
      definition,
      reader.firstRequest(slice, bounds),
      {
        env: (name) => environment[name],
        secrets: secretsOf(environment),
        now: () => nowMs,
        random: randomOf(digits),
      },
      { masked },
    );
  return { algorithm: definition.algorithm, text: sign(true).text, digest: sign(false).signature };
}

function authenticatorOf({ source, stream }: FoundStream): AuthenticatorDefinition | undefined {
  return stream.authenticator ?? source.authenticator;
}

function requestText({ request, purpose }: ExchangeRecord): string {
  const what = purpose === 'token' ? 'a token is asked for first' : 'the request';
  const details = requestDetails(request);
  return [strong(what), `  ${request.method} ${request.url}`, ...details.map((line) => `  ${line}`)].join(
    '\n',
  );
}

function signedText({
  algorithm,
  text,
  digest,
}: {
  algorithm: string;
  text: string;
  digest: string;
}): string {
  const bytes = Buffer.byteLength(text);
  const length = text.includes('***') ? '' : `, ${bytes} bytes`;
  return [
    '',
    strong(`the text that is signed${length}`),
    '-'.repeat(40),
    visible(text),
    '-'.repeat(40),
    '',
    `${strong(algorithm)} of it, secrets in their places: ${digest}`,
  ].join('\n');
}

function unsignedText(found: FoundStream, exchange: ExchangeRecord | undefined): string {
  const type = authenticatorOf(found)?.type ?? 'none';
  const token = exchange?.purpose === 'token' ? ' The request for records follows with the token.' : '';
  return `\nNothing is signed: the authenticator is ${type}.${token}`;
}

function nonceArgument(text: string): string {
  if (!/^[0-9a-f]{32}$/.test(text))
    throw new InvalidArgumentError('It must be 32 hexadecimal digits in lower case.');
  return text;
}

function randomDigits(): string {
  return Array.from({ length: 4 }, () =>
    Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
}

/** Randomness that gives these digits, eight at a time, again and again. */
function randomOf(digits: string): () => number {
  let at = 0;
  return () => {
    const part = digits.slice(at, at + 8);
    at = (at + 8) % digits.length;
    return parseInt(part, 16) / 2 ** 32;
  };
}
