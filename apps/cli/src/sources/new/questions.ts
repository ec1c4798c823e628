import { ACCESS_QUESTIONS } from './access-questions.js';
import { PAGE_QUESTIONS } from './page-questions.js';
import { QUESTION_NAMES, type Question, type QuestionName } from './question.js';
import { RECORD_QUESTIONS } from './record-questions.js';
import { SYNC_QUESTIONS } from './sync-questions.js';

const QUESTIONS: Record<QuestionName, Question> = {
  ...ACCESS_QUESTIONS,
  ...SYNC_QUESTIONS,
  ...PAGE_QUESTIONS,
  ...RECORD_QUESTIONS,
};

/** The questions, by name, in the order in which they are put. */
export function questions(): [QuestionName, Question][] {
  return QUESTION_NAMES.map((name) => [name, QUESTIONS[name]]);
}

/** What is wrong with an answer. */
export function problemOf(question: Question, text: string): string | undefined {
  if (question.choices) {
    const known = Object.keys(question.choices);
    return known.includes(text) ? undefined : `must be one of ${known.join(', ')}`;
  }
  if (text === '') return question.optional ? undefined : (question.problem?.(text) ?? 'must not be empty');
  return question.problem?.(text);
}
