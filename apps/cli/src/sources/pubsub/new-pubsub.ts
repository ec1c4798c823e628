import type { PubsubSourceDefinition } from '#libs/sources';
import { isCurrencyCode, ruleOf, type Told } from '../new/definition-of.js';
import { AnswersProblem, mapFields, type Asker, type Given } from '../new/gather-answers.js';
import { problemOf } from '../new/questions.js';
import { UNPAGED, type Sample } from '../new/sample.js';
import { PUBSUB_QUESTIONS, PUBSUB_QUESTION_NAMES, type PubsubAnswers } from './new-questions.js';

/** What was given beforehand. */
export interface PubsubGiven extends Omit<Given, 'answers' | 'year'> {
  answers: PubsubAnswers;
}

/** A message that nobody has seen has no field that is known. */
const UNSEEN: Sample = { format: 'json', records: '', count: 0, fields: [], ...UNPAGED };

/**
 * The source that the answers describe: each question that was not answered beforehand is put, or takes the likeliest.
 * @param sample a message's data, or several
 * @param asker absent: nobody can be asked
 * @throws AnswersProblem with everything that is missing or wrong
 */
export async function gatherPubsub(
  given: PubsubGiven,
  sample: Sample = UNSEEN,
  asker?: Asker,
): Promise<PubsubSourceDefinition> {
  const answers: PubsubAnswers = {};
  const problems: string[] = [];
  for (const name of PUBSUB_QUESTION_NAMES) {
    const { guess, ...question } = PUBSUB_QUESTIONS[name];
    const likely = guess?.(answers, sample);
    const answer = given.answers[name] ?? (asker ? (await asker.ask(question, likely)).trim() : likely);
    const { choices, optional } = question;
    const problem =
      answer === undefined
        ? `is needed${choices ? `: ${Object.keys(choices).join(', ')}` : ''}`
        : answer === '' && optional
          ? undefined
          : problemOf(question, answer);
    if (answer !== undefined) answers[name] = answer;
    if (problem !== undefined) problems.push(`${question.flag.split(' ')[0]} ${problem}`);
  }
  if (problems.length > 0) throw new AnswersProblem(problems);
  const { event, time_format, timezone, name } = answers as Required<PubsubAnswers>;
  const known = { answers: { event, time_format, timezone, name }, sample, year: 0 };
  return definitionOf(
    answers as Required<PubsubAnswers>,
    inData(await mapFields(given, known, asker), sample),
  );
}

/** What was found in the sample stands in a message's `data`; other paths are as they were written. */
function inData(told: Told, { fields }: Sample): Told {
  const moved = (path: string): string => (fields.some((f) => f.path === path) ? dataPath(path) : path);
  const map = Object.entries(told.map).map(([field, path]) => [field, moved(path)] as const);
  return {
    ...told,
    map: Object.fromEntries(map),
    ...(told.currency !== undefined && {
      currency: isCurrencyCode(told.currency) ? told.currency : moved(told.currency),
    }),
    sample: { paging: {}, fields: fields.map((f) => ({ ...f, path: dataPath(f.path) })) },
  };
}

function dataPath(path: string): string {
  return path.startsWith('[') ? `data${path}` : `data.${path}`;
}

function definitionOf(answers: Required<PubsubAnswers>, told: Told): PubsubSourceDefinition {
  const { name, brand, project, credentials, subscription, stream, key } = answers;
  const seen = told.sample!.fields.map((f) => f.path);
  const paths = key
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '')
    .map((path) => (seen.includes(dataPath(path)) ? dataPath(path) : path));
  const version = told.map['version'];
  return {
    name,
    type: 'pubsub',
    brand,
    ...(project !== '' && { project }),
    ...(credentials !== '' && { credentials: `\${secret.${credentials}}` }),
    streams: [
      {
        name: stream,
        subscription,
        ...(paths.length > 0 && { primary_key: paths }),
        ...(version !== undefined && { cursor_field: version }),
        mapping: [ruleOf(told)],
      },
    ],
  };
}

/** What a person should know of the file, at its top. */
export function pubsubHead({ name, streams: [stream] }: PubsubSourceDefinition): string[] {
  return [
    `${name}: ${stream!.mapping[0]!.event} events from the subscription ${stream!.subscription} of Google Pub/Sub`,
    'Paths lead into data (the JSON of a message), attributes, message and event.',
  ];
}
