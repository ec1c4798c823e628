import type { AnswerProblem } from './answer-rules.js';
import { readAddress, type Address } from './address.js';
import type { Sample } from './sample.js';

/** Every question, in the order in which they are put. */
export const QUESTION_NAMES = [
  'url',
  'name',
  'method',
  'auth',
  'auth_in',
  'auth_name',
  'token_url',
  'token_path',
  'format',
  'records',
  'sync',
  'from_param',
  'to_param',
  'window_format',
  'timezone',
  'step',
  'boundary',
  'start',
  'cursor_param',

  'paging',
  'cursor_path',
  'page_param',
  'size_param',
  'size',
  'next_path',
  'total_path',
  'event',
  'stream',
  'key',
  'id_path',
  'time_format',
  'poll_interval',
  'brand',
] as const;

export type QuestionName = (typeof QUESTION_NAMES)[number];

/** Answers by the names of their questions; a question that does not arise has none. */
export type Answers = { [Name in QuestionName]?: string };

/** What is known while a question is put. */
export interface Known {
  answers: Answers;
  /** One answer of the partner, where there is one. */
  sample: Sample | undefined;
  /** Of the calendar, for where history begins. */
  year: number;
}

/** One thing that has to be known of a partner's API. */
export interface Question {
  /** As a person is asked. */
  ask: string;
  /** For `--help`; the flag's placeholder stands in angle brackets. */
  flag: string;
  help: string;
  choices?: Readonly<Record<string, string>>;
  /** Whether the question arises. Absent: always. */
  when?: (answers: Answers) => boolean;
  /** What is likely; taken where nobody can be asked. */
  guess?: (known: Known) => string | undefined;
  /** What helps to answer it where there is no guess. */
  hint?: (known: Known) => string | undefined;
  /** What is wrong with an answer; the empty text is judged here too. */
  problem?: AnswerProblem;
  /** The empty text is an answer. */
  optional?: true;
}

/** What the URL tells by itself. */
export const addressOf = ({ answers }: Known): Address => readAddress(answers.url ?? '');

/** Arises where the answer to another question is one of these. */
export const where =
  (name: QuestionName, ...values: string[]): NonNullable<Question['when']> =>
  (answers) =>
    values.includes(answers[name] ?? '');
