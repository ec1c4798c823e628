import { confirm } from '@inquirer/prompts';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { missingSettings, neededSettings, readEnvironment, secretsOf } from '#libs/runtime';
import { parseSource } from '#libs/sources';
import { CommandFailed } from '../exit-code.js';
import { print, strong } from '../print.js';
import { ga4DefinitionOf, ga4Head, gatherGa4 } from '../sources/ga4/new-ga4.js';
import { GA4_QUESTIONS, GA4_QUESTION_NAMES, type Ga4Answers } from '../sources/ga4/new-questions.js';
import { gatherPubsub, pubsubHead } from '../sources/pubsub/new-pubsub.js';
import {
  PUBSUB_QUESTIONS,
  PUBSUB_QUESTION_NAMES,
  type PubsubAnswers,
} from '../sources/pubsub/new-questions.js';
import { askPerson } from '../sources/new/ask-person.js';
import { authenticatorOf, definitionOf, type Told } from '../sources/new/definition-of.js';
import {
  AnswersProblem,
  gatherAnswers,
  withoutAmount,
  type GetSample,
  type Given,
} from '../sources/new/gather-answers.js';
import { fetchSample } from '../sources/new/fetch-sample.js';
import { answersOf, answersTo, fieldsGiven, type FieldFlags } from '../sources/new/given-by-flags.js';
import type { Answers } from '../sources/new/question.js';
import { questions } from '../sources/new/questions.js';
import { lookAtSample, type Sample } from '../sources/new/sample.js';
import { writeDefinition } from '../sources/new/write-definition.js';
import { sourcesDir } from '../sources/sources-dir.js';

interface Options extends FieldFlags {
  type?: string;
  sampleFile?: string;
  fetch?: true;
  out?: string;
  force?: true;
}

const SCHEMA_FILE = 'libs/sources/source-definition.schema.json';

/** `tributary sources new`: a definition by questions. */
export function addSourcesNew(sources: Command): void {
  const command = sources
    .command('new')
    .description('write the definition of a partner: asks what it has to know, or takes it as flags')
    .argument('[name]', 'name of the source');
  command.addOption(
    new Option(
      '--type <type>',
      'http: an API; ga4: the export of a GA4 property; pubsub: a subscription of Google Pub/Sub',
    )
      .choices(['http', 'ga4', 'pubsub'])
      .default('http'),
  );
  for (const [name, question] of questions()) {
    const choices = question.choices ? ` (${Object.keys(question.choices).join(', ')})` : '';
    if (name !== 'name') command.option(question.flag, `${question.help}${choices}`);
  }
  for (const name of ['property', 'project', 'dataset', 'location', 'credentials', 'folder'] as const)
    command.option(GA4_QUESTIONS[name].flag, GA4_QUESTIONS[name].help);
  command.option(PUBSUB_QUESTIONS.subscription.flag, PUBSUB_QUESTIONS.subscription.help);
  command
    .option(
      '--map <field=path>',
      'a field of the event and where it stands in a record; repeatable',
      mapArgument,
      {},
    )
    .option('--currency <code|path>', 'currency of the amounts: its code, or the field that holds it')
    .option(
      '--minor-units [digits]',
      'amounts count smallest units, as cents; of a currency that is none of ISO 4217: how many digits it has',
    )
    .option(
      '--sample-file <file>',
      'a saved answer of the partner: fields, times and paging are taken from it',
    )
    .option('--fetch', 'ask the partner once now for the URL as it stands, instead of --sample-file')
    .option('--out <file>', 'the file to write (default: <name>.yaml in SOURCES_DIR)')
    .option('--force', 'overwrite the file')
    .addHelpText(
      'after',
      `
On a terminal it asks what the flags do not say. Elsewhere, or where the flags suffice, it asks nothing and takes
what is likely. The file is commented and valid at once; look it over.

Examples:
  npx tributary sources new
  npx tributary sources new acme --sample-file answer.json \\
    --url 'https://api.acme.example/v1/payouts?from=2026-01-01&to=2026-01-02&page=1&per_page=100' \\
    --auth api_key --event payout
  npx tributary sources new shop --type ga4 --property 123456789 --timezone Europe/Zurich --project my-project
  npx tributary sources new shop-events --type pubsub --subscription tributary-deposits --project my-project \\
    --event deposit --sample-file message.json`,
    )
    .action((name: string | undefined, options: Options) => run(name, options));
}

async function run(name: string | undefined, options: Options): Promise<void> {
  if (options.type === 'ga4') return runGa4(name, options);
  if (options.type === 'pubsub') return runPubsub(name, options);
  const given: Given = {
    answers: { ...answersOf(options), ...(name !== undefined && { name }) },
    ...fieldsGiven(options),
    year: new Date().getUTCFullYear(),
  };
  const told = await gather(given, sampleFrom(options));
  const file = options.out ?? join(sourcesDir(), `${told.answers.name}.yaml`);
  const text = textOf(told, file);
  check(text, file);
  await write(file, text, options.force ?? false);
  const { stream } = told.answers;
  const note = withoutAmount(told);
  print(
    [
      `wrote ${strong(file)}`,
      ...(note === '' ? [] : [note]),
      '',
      nextSteps(`${told.answers.name} ${stream}`, file, text),
    ].join('\n'),
  );
}

/** @throws CommandFailed where the file would not be one that can work */
function check(text: string, file: string): void {
  const parsed = parseSource(text, file);
  if (!('problems' in parsed)) return;
  const problems = parsed.problems.map(({ at, message }) => `  ${at}: ${message}`);
  throw new CommandFailed(`these answers do not fit together:\n${problems.join('\n')}`);
}

async function runGa4(name: string | undefined, options: Options): Promise<void> {
  const given: Ga4Answers = {
    ...answersTo(GA4_QUESTION_NAMES, options),
    ...(name !== undefined && { name }),
  };
  const definition = ga4DefinitionOf(
    await asked((ask) => gatherGa4(given, ask && ((question, guess) => ask.ask(question, guess)))),
  );
  const file = options.out ?? join(sourcesDir(), `${definition.name}.yaml`);
  const text = writeDefinition(definition, [...ga4Head(definition), ...needsOf(definition)], schemaFor(file));
  check(text, file);
  await write(file, text, options.force ?? false);
  print(`wrote ${strong(file)}\n\n${nextSteps(definition.name, file, text)}`);
}

async function runPubsub(name: string | undefined, options: Options): Promise<void> {
  if (options.fetch)
    throw new CommandFailed('--fetch is for APIs over HTTP; save a message and name it by --sample-file');
  const answers: PubsubAnswers = {
    ...answersTo(PUBSUB_QUESTION_NAMES, options),
    ...(name !== undefined && { name }),
  };
  const sample = options.sampleFile === undefined ? undefined : await readSample(options.sampleFile);
  const definition = await asked((ask) => gatherPubsub({ answers, ...fieldsGiven(options) }, sample, ask));
  const file = options.out ?? join(sourcesDir(), `${definition.name}.yaml`);
  const head = [...pubsubHead(definition), ...needsOf(definition)];
  const text = writeDefinition(definition, head, schemaFor(file));
  check(text, file);
  await write(file, text, options.force ?? false);
  print(`wrote ${strong(file)}\n\n${nextSteps(definition.name, file, text)}`);
}

/** Asks only where the flags do not suffice, and somebody is there. */
function gather(given: Given, getSample: GetSample): Promise<Told> {
  return asked((ask) => gatherAnswers(given, getSample, ask));
}

/** Without asking where that suffices, else by asking, where somebody is there. */
async function asked<T>(answer: (ask: typeof askPerson | undefined) => Promise<T>): Promise<T> {
  try {
    return await answer(undefined);
  } catch (error) {
    if (!(error instanceof AnswersProblem)) throw error;
    if (process.stdin.isTTY && process.stderr.isTTY) return answer(askPerson);
    throw new CommandFailed(
      `more has to be known of this partner:\n${error.problems.map((p) => `  ${p}`).join('\n')}`,
    );
  }
}

/** From a file, or from the partner where that is wanted; looked at once. */
function sampleFrom({ sampleFile, fetch: isFetched }: Options): GetSample {
  let sample: Sample | undefined;
  return async (answers, isAsked) => {
    if (sample) return sample;
    if (sampleFile !== undefined) return (sample = await readSample(sampleFile));
    if (isFetched || (isAsked && (await wantsToFetch(answers)))) return (sample = await fetchSample(answers));
    return undefined;
  };
}

async function readSample(file: string): Promise<Sample> {
  const text = await readFile(file, 'utf8');
  try {
    return lookAtSample(text);
  } catch (error) {
    throw new CommandFailed(`${file} is no answer that can be understood: ${(error as Error).message}`);
  }
}

/** Offered where all that it needs is set. */
function wantsToFetch(answers: Answers): Promise<boolean> {
  const environment = readEnvironment();
  const missing = missingSettings(
    [authenticatorOf(answers), answers.url],
    environment,
    secretsOf(environment),
  );
  if (missing.length === 0) {
    return confirm(
      { message: 'Ask the partner once now, to see what it answers?' },
      { output: process.stderr },
    );
  }
  const names = missing.join(', ');
  process.stderr.write(`(with ${names} set, I could ask the partner once and offer you its fields)\n`);
  return Promise.resolve(false);
}

function textOf(told: Told, file: string): string {
  const definition = definitionOf(told);
  const [stream] = definition.streams;
  const head = [
    `${definition.name}: ${stream!.mapping[0]!.event} events from ${stream!.requester.url}`,
    ...needsOf(definition),
  ];
  return writeDefinition(definition, head, schemaFor(file));
}

function needsOf(definition: object): string[] {
  const needs = neededSettings(definition).join(', ');
  return needs === '' ? [] : [`Needs ${needs}.`];
}

/** Path of the schema for a file of this repository. */
function schemaFor(file: string): string | undefined {
  const isInside = !isAbsolute(file) && !relative('.', file).startsWith('..');
  return isInside ? relative(dirname(file), SCHEMA_FILE) : undefined;
}

async function write(file: string, text: string, force: boolean): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CommandFailed(`${file} is there already; --force overwrites it, --out names another file`);
  }
}

/** @param stream its source, and its own name where that is needed */
function nextSteps(stream: string, file: string, text: string): string {
  return [
    'Next:',
    ...neededSettings(text).map((setting) => `  put ${setting}=… into .env, or into the environment`),
    `  npx tributary sources validate ${file}`,
    `  npx tributary sources check ${stream}            one request, and what comes back`,
    `  npx tributary sources read ${stream} --dry-run   records, events, rows; nothing is stored`,
  ].join('\n');
}

function mapArgument(text: string, before: Record<string, string>): Record<string, string> {
  const [, field, path] = /^(\w+)=(.+)$/s.exec(text) ?? [];
  if (field === undefined || path === undefined) {
    throw new InvalidArgumentError('It must be field=path, as player_id=user.id.');
  }
  return { ...before, [field]: path };
}
