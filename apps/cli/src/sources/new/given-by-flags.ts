import { flagOf, type Given } from './gather-answers.js';
import type { Answers } from './question.js';
import { questions } from './questions.js';

/** What the flags of `sources new` say of the fields of an event; any other flag is the answer to a question. */
export interface FieldFlags {
  map: Record<string, string>;
  currency?: string;
  minorUnits?: string | true;
  [flag: string]: unknown;
}

/** What was said of the fields of an event. */
export function fieldsGiven({
  map,
  currency,
  minorUnits,
}: FieldFlags): Pick<Given, 'map' | 'currency' | 'minorUnits'> {
  return {
    map,
    ...(currency !== undefined && { currency }),
    ...(minorUnits !== undefined && { minorUnits: minorUnits === true ? 'yes' : minorUnits.trim() }),
  };
}

/** Answers by flags, by the names of their questions; a flag has the name of its question. */
export function answersTo<Name extends string>(
  names: readonly Name[],
  options: FieldFlags,
): Partial<Record<Name, string>> {
  const answers: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = options[name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())];
    if (typeof value === 'string') answers[name] = value.trim();
  }
  return answers;
}

/** Answers to the questions about an API. */
export function answersOf(options: FieldFlags): Answers {
  return Object.fromEntries(
    questions().flatMap(([name, question]) => {
      const flag = flagOf(question)
        .slice(2)
        .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      const value = options[flag];
      return typeof value === 'string' ? [[name, value.trim()]] : [];
    }),
  );
}
