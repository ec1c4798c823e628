import type { Ga4SourceDefinition } from '#libs/sources';
import { AnswersProblem } from '../new/gather-answers.js';
import { problemOf } from '../new/questions.js';
import type { Question } from '../new/question.js';
import { GA4_QUESTIONS, GA4_QUESTION_NAMES, type Ga4Answers } from './new-questions.js';

/** Puts a question to a person. @param guess stands there already */
export type AskGa4 = (question: Question, guess: string | undefined) => Promise<string>;

/**
 * Answers every question that arises: with what was given, else by asking, else by the likeliest.
 * @param ask absent: nobody can be asked
 * @throws AnswersProblem with everything that is missing or wrong
 */
export async function gatherGa4(given: Ga4Answers, ask: AskGa4 | undefined): Promise<Ga4Answers> {
  const answers: Ga4Answers = {};
  const problems: string[] = [];
  for (const name of GA4_QUESTION_NAMES) {
    const { when, guess, ...question } = GA4_QUESTIONS[name];
    if (when?.(answers) === false) continue;
    const likely = guess?.({ ...given, ...answers });
    const answer = given[name] ?? (ask ? (await ask(question, likely)).trim() : likely);
    const problem = answer === undefined ? 'is needed' : problemOf(question, answer);
    if (answer !== undefined) answers[name] = answer;
    const flag = name === 'from' ? '--project or --folder' : question.flag.split(' ')[0];
    if (problem !== undefined) problems.push(`${flag} ${problem}`);
  }
  if (problems.length > 0) throw new AnswersProblem(problems);
  return answers;
}

/** The source that the answers describe. */
export function ga4DefinitionOf(answers: Ga4Answers): Ga4SourceDefinition {
  const { project, dataset, location, credentials, folder } = answers;
  return {
    name: answers.name!,
    type: 'ga4',
    brand: answers.brand!,
    property: answers.property!,
    timezone: answers.timezone!,
    poll_interval: answers.poll_interval!,
    export:
      answers.from === 'files'
        ? { type: 'files', folder: folder! }
        : {
            type: 'bigquery',
            project: project!,
            ...(dataset && { dataset }),
            ...(location && { location }),
            ...(credentials && { credentials: `\${secret.${credentials}}` }),
          },
  };
}

/** What a person should know of the file, at its top. */
export function ga4Head({ name, property, export: place }: Ga4SourceDefinition): string[] {
  const where = place.type === 'files' ? `files of ${place.folder}` : `BigQuery, project ${place.project}`;
  return [
    `${name}: purchases and journeys of GA4 property ${property}, from ${where}`,
    'Conversions beside purchases are rules, as: conversions: [{ event: registration,',
    '  when: { event_name: { equals: sign_up } }, fields: { player_id: user_id } }]',
  ];
}
