import { GA4_QUESTIONS } from '../ga4/new-questions.js';
import { nameProblem, pathsProblem } from '../new/answer-rules.js';
import type { Known, Question } from '../new/question.js';
import { RECORD_QUESTIONS } from '../new/record-questions.js';

/** What has to be known of a subscription, in the order in which it is asked. */
export const PUBSUB_QUESTION_NAMES = [
  'subscription',
  'name',
  'project',
  'credentials',
  'event',
  'stream',
  'key',
  'time_format',
  'timezone',
  'brand',
] as const;
export type PubsubQuestionName = (typeof PUBSUB_QUESTION_NAMES)[number];

/** Answers by the names of their questions; the empty text: there is none. */
export type PubsubAnswers = { [Name in PubsubQuestionName]?: string };

/** As questions about an API, but for what is likely. */
export interface PubsubQuestion extends Omit<Question, 'when' | 'guess' | 'hint'> {
  guess?: (answers: PubsubAnswers, sample: Known['sample']) => string | undefined;
}

const { event, stream, key, time_format, brand } = RECORD_QUESTIONS;
const { credentials, timezone } = GA4_QUESTIONS;

/** `deposits` of `projects/p/subscriptions/deposits`. */
const shortName = ({ subscription = '' }: PubsubAnswers): string => subscription.replace(/^.*\//, '');

const asName = (text: string): string | undefined => (nameProblem(text) === undefined ? text : undefined);

export const PUBSUB_QUESTIONS: Record<PubsubQuestionName, PubsubQuestion> = {
  subscription: {
    ask: 'Name of the pull subscription',
    flag: '--subscription <name>',
    help: 'of Pub/Sub: name of the pull subscription',
    problem: (text) =>
      /^(?:projects\/[^/]+\/subscriptions\/)?[A-Za-z][A-Za-z0-9._~+%-]{2,254}$/.test(text)
        ? undefined
        : 'must be the name of a subscription, as deposits or projects/my-project/subscriptions/deposits',
  },
  name: {
    ask: 'Name of the source',
    flag: 'name',
    help: 'name of the source',
    guess: (answers) => asName(shortName(answers)),
    problem: nameProblem,
  },
  project: {
    ask: 'Google Cloud project of the subscription (empty: that of the credentials)',
    flag: '--project <project>',
    help: 'its project',
    guess: () => '',
    optional: true,
  },
  credentials: {
    ask: credentials.ask,
    flag: credentials.flag,
    help: credentials.help,
    guess: () => '',
    ...(credentials.problem && { problem: credentials.problem }),
    optional: true,
  },
  event: { ...event, ask: 'What a message is' },
  stream: {
    ...stream,
    ask: 'Name of this kind of message',
    guess: (answers) => `${answers.event ?? 'message'}s`,
  },
  key: {
    ask: 'Fields that together name what a message tells of (empty: each message is its own)',
    flag: key.flag,
    help: key.help,
    guess: (_, sample) =>
      sample?.fields.find((f) => f.isUnique && /(?:^|[._])(?:id|uuid|key)$|Id$/.test(f.path))?.path ?? '',
    problem: pathsProblem,
    optional: true,
  },
  time_format: {
    ask: time_format.ask,
    flag: time_format.flag,
    help: time_format.help,
    guess: (_, sample) => time_format.guess({ answers: {}, sample, year: 0 }),
    problem: time_format.problem,
  },
  timezone: {
    ask: 'Time zone of times that say none, as UTC or -05:00',
    flag: timezone.flag,
    help: timezone.help,
    guess: () => 'UTC',
    ...(timezone.problem && { problem: timezone.problem }),
  },
  brand: { ...brand, guess: () => 'default' },
};
