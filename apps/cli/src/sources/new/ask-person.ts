import { input, select } from '@inquirer/prompts';
import { currencyProblem, minorUnitsProblem, type Asker } from './gather-answers.js';
import { somePath, pathProblem } from './answer-rules.js';
import type { Question } from './question.js';
import { problemOf } from './questions.js';

/** Says that there is none, where an empty answer takes what is offered. */
const NONE = '-';
const CONTEXT = { output: process.stderr };

async function ask(question: Question, guess: string | undefined): Promise<string> {
  const { ask: message, choices, optional } = question;
  if (choices) {
    return select(
      {
        message,
        choices: Object.entries(choices).map(([value, meaning]) => ({
          value,
          name: `${value} – ${meaning}`,
        })),
        ...(guess !== undefined && { default: guess }),
        pageSize: 12,
      },
      CONTEXT,
    );
  }
  const mayBeNone = optional && guess !== undefined && guess !== '';
  const answer = await input(
    {
      message: mayBeNone ? `${message} (${NONE}: none)` : message,
      ...(guess !== undefined && { default: guess }),
      validate: checked((text) => (mayBeNone && text === NONE ? undefined : problemOf(question, text))),
    },
    CONTEXT,
  );
  return mayBeNone && answer.trim() === NONE ? '' : answer;
}

const askPath: Asker['askPath'] = (field, guess, paths) => {
  const message = `Field of the record that is ${field.name}${field.required ? '' : ' (empty: none)'}`;
  if (paths.length === 0) {
    const validate = checked(field.required ? somePath : pathProblem);
    return input({ message, ...(guess !== undefined && { default: guess }), validate }, CONTEXT);
  }
  const none = field.required ? [] : [{ value: '', name: '(none)' }];
  return select(
    {
      message,
      choices: [...paths.map((value) => ({ value, name: value })), ...none],
      ...(guess !== undefined && { default: guess }),
      pageSize: 12,
    },
    CONTEXT,
  );
};

const askCurrency: Asker['askCurrency'] = (guess) =>
  input(
    {
      message: 'Currency of the amounts: its code, as USD, or the field that holds it',
      ...(guess !== undefined && { default: guess }),
      validate: checked(currencyProblem),
    },
    CONTEXT,
  );

const askMinorUnits: Asker['askMinorUnits'] = (currency) =>
  input(
    {
      message: 'Do amounts count smallest units, as cents? (yes, no, or how many digits the unit has)',
      default: 'no',
      validate: checked((text) => minorUnitsProblem(text, currency)),
    },
    CONTEXT,
  ).then((answer) => answer.trim());

function checked(problem: (text: string) => string | undefined): (text: string) => string | true {
  return (text) => problem(text.trim()) ?? true;
}

/** Puts the questions on the terminal; they stand on standard error, so that the answer of the command stands alone. */
export const askPerson: Asker = { ask, askPath, askCurrency, askMinorUnits };
