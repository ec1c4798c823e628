import { MAX_SCALE, knownExponentOf, type EventKind } from '#libs/events';
import { KNOWN_CURRENCY_FIELDS, fieldsOfKind, likelyPath, type EventField } from './event-fields.js';
import { isCurrencyCode, type Told } from './definition-of.js';
import { pathProblem } from './answer-rules.js';
import type { Answers, Known, Question, QuestionName } from './question.js';
import { timeFieldOf } from './record-questions.js';
import { problemOf, questions } from './questions.js';
import type { Sample } from './sample.js';

/** What was given beforehand. */
export interface Given {
  answers: Answers;
  map: Readonly<Record<string, string>>;
  currency?: string;
  /** `yes`, `no`, or digits. */
  minorUnits?: string;
  year: number;
}

/** Puts a question to a person. */
export interface Asker {
  /** @param guess stands there already */
  ask(question: Question, guess: string | undefined): Promise<string>;
  /** Which field of the records this field of the event is; empty: none. */
  askPath(field: EventField, guess: string | undefined, paths: readonly string[]): Promise<string>;
  /** The code of a currency, or the path of one. */
  askCurrency(guess: string | undefined, paths: readonly string[]): Promise<string>;
  /** Whether amounts count smallest units: `yes`, `no`, or the digits of the unit. */
  askMinorUnits(currency: string): Promise<string>;
}

/**
 * Looks at one answer of the partner, as soon as enough is known to ask for it; undefined: there is none.
 * @param isAsked somebody is there who can be asked
 */
export type GetSample = (answers: Answers, isAsked: boolean) => Promise<Sample | undefined>;

/** Questions that can be answered before an answer of the partner was looked at. */
const LAST_BEFORE_SAMPLE: QuestionName = 'token_path';

/** What is missing or wrong; one line each. */
export class AnswersProblem extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/**
 * Answers every question that arises: with what was given, else by asking, else by the likeliest.
 * @param asker absent: nobody can be asked
 * @throws AnswersProblem with everything that is missing or wrong
 */
export async function gatherAnswers(
  given: Given,
  getSample: GetSample,
  asker: Asker | undefined,
): Promise<Told> {
  const problems: string[] = [];
  const known: Known = { answers: {}, sample: undefined, year: given.year };
  const { answers } = known;
  for (const [name, question] of questions()) {
    if (question.when?.(answers) !== false) {
      const answer = given.answers[name] ?? (await answerTo(question, known, asker));
      const problem = answer === undefined ? neededText(question, known) : problemOf(question, answer);
      if (answer !== undefined) answers[name] = answer;
      if (problem !== undefined) problems.push(`${flagOf(question)} ${problem}`);
    }
    if (name === LAST_BEFORE_SAMPLE && problems.length === 0) {
      known.sample = await getSample(answers, asker !== undefined);
    }
  }
  if (problems.length > 0) throw new AnswersProblem(problems);
  const told = await mapFields(given, known, asker);
  return known.sample ? { ...told, sample: known.sample } : told;
}

/** `--url`. */
export function flagOf({ flag }: Question): string {
  return flag.split(' ')[0]!;
}

async function answerTo(
  question: Question,
  known: Known,
  asker: Asker | undefined,
): Promise<string | undefined> {
  const guess = question.guess?.(known);
  if (asker) return (await asker.ask(question, guess)).trim();
  return guess ?? (question.optional && '');
}

function neededText({ choices, hint }: Question, known: Known): string {
  const more = [choices && Object.keys(choices).join(', '), hint?.(known)].filter(
    (text) => text !== undefined,
  );
  return `is needed${more.length === 0 ? '' : `: ${more.join('; ')}`}`;
}

/**
 * Which field of the records each field of the event is, and in what its amounts are.
 * @throws AnswersProblem with everything that is missing or wrong
 */
export async function mapFields(
  { map: given, currency: givenCurrency, minorUnits: givenUnits }: Omit<Given, 'answers' | 'year'>,
  { answers, sample }: Known,
  asker: Asker | undefined,
): Promise<Told> {
  const fields = fieldsOfKind(answers.event as EventKind);
  const paths = sample?.fields.map((f) => f.path) ?? [];
  const problems = problemsOfMap(given, fields, answers.event!);
  const has = paths.length === 0 ? '' : `; a record has ${paths.join(', ')}`;
  const map: Record<string, string> = {};
  for (const field of fields) {
    const path = given[field.name] ?? (await pathOf(field, answers, sample, asker));
    if (path !== undefined && path !== '') map[field.name] = path;
    else if (field.required) problems.push(`--map ${field.name}=<path> is needed${has}`);
  }
  if (problems.length > 0) throw new AnswersProblem(problems);
  const amounts = fields.filter(({ name, form }) => form === 'money' && name in map);
  if (amounts.length === 0) return { answers, map };
  const currency = givenCurrency ?? (await currencyOf(paths, asker));
  const mayCount = amounts.every(({ name }) => isWhole(map[name]!, sample));
  const units = givenUnits ?? (mayCount ? await asker?.askMinorUnits(currency) : undefined) ?? 'no';
  const problem = minorUnitsProblem(units, currency);
  if (problem !== undefined) throw new AnswersProblem([`--minor-units ${problem}`]);
  return { answers, map, currency, ...(units !== 'no' && { minorUnits: units === 'yes' || Number(units) }) };
}

/** What to say of conversions that get no amount, as nothing told where it stands; empty: there is nothing to say. */
export function withoutAmount({ answers, map, sample }: Told): string {
  const event = answers.event as EventKind;
  const amount = fieldsOfKind(event).find(({ name, form }) => name === 'amount' && form === 'money');
  if (!amount || amount.name in map) return '';
  const numbers = sample?.fields.filter((f) => f.values.length > 0 && fits(amount, f.path, sample)) ?? [];
  const has = numbers.length === 0 ? '' : `; numbers in a record: ${numbers.map((f) => f.path).join(', ')}`;
  return `its ${event} events have no amount: --map amount=<path> says where it stands${has}`;
}

/** Whether the amounts of a field may be cents; those that were not seen may. */
function isWhole(path: string, sample: Sample | undefined): boolean {
  const { values = [] } = sample?.fields.find((f) => f.path === path) ?? {};
  return values.every((value) => /^-?\d+$/.test(value));
}

/** What is wrong with an answer to whether amounts count smallest units. */
export function minorUnitsProblem(answer: string, currency: string): string | undefined {
  if (answer === 'no') return undefined;
  if (answer === 'yes') {
    const isKnown = !isCurrencyCode(currency) || knownExponentOf(currency) !== undefined;
    return isKnown ? undefined : `must be digits: ${currency} is no currency of ISO 4217`;
  }
  if (/^\d{1,2}$/.test(answer) && Number(answer) <= MAX_SCALE) return undefined;
  return `must be yes, no, or digits from 0 to ${MAX_SCALE}`;
}

/** The path of a field in a record; undefined or empty: none. A record that was not seen has what is required. */
async function pathOf(
  field: EventField,
  { key = '' }: Answers,
  sample: Sample | undefined,
  asker: Asker | undefined,
): Promise<string | undefined> {
  const paths = sample?.fields.map((f) => f.path) ?? [];
  const fitting = paths.filter((path) => fits(field, path, sample));
  const likely =
    likelyPath(field.known, fitting) ??
    (field.name === 'occurred_at' ? timeFieldOf(sample)?.path : undefined) ??
    (field.name === 'transaction_id' && field.required ? fitting.find((path) => path === key) : undefined);
  const guess = likely ?? (field.required && sample === undefined ? field.known[0] : undefined);
  const isAsked = field.required || sample === undefined || likely !== undefined;
  return asker && isAsked ? asker.askPath(field, guess, paths) : guess;
}

/** A time is no amount, and a text no time. */
function fits({ form, name }: EventField, path: string, sample: Pick<Sample, 'fields'> | undefined): boolean {
  const { time, values = [] } = sample?.fields.find((f) => f.path === path) ?? {};
  if (values.length === 0) return true;
  if (form === 'time') return time !== undefined;
  if (form === 'money') return values.every((value) => /^-?\d+(?:\.\d+)?$/.test(value));
  if (name === 'click_id')
    return values.some((value) => /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value));
  return true;
}

async function currencyOf(paths: readonly string[], asker: Asker | undefined): Promise<string> {
  const guess = likelyPath(KNOWN_CURRENCY_FIELDS, paths);
  const currency = asker ? await asker.askCurrency(guess, paths) : guess;
  if (currency === undefined) {
    throw new AnswersProblem([
      '--currency is needed: the code of the amounts’ currency, or the field that holds one',
    ]);
  }
  return currency;
}

function problemsOfMap(map: Given['map'], fields: readonly EventField[], event: string): string[] {
  return Object.entries(map).flatMap(([name, path]) => {
    if (!fields.some((field) => field.name === name)) {
      return [`--map ${name}: a ${event} has no such field; it has ${fields.map((f) => f.name).join(', ')}`];
    }
    const problem = pathProblem(path);
    return problem === undefined ? [] : [`--map ${name}: ${problem}`];
  });
}

/** What is wrong with a currency's code or path. */
export function currencyProblem(text: string): string | undefined {
  if (text === '') return 'must be the code of a currency, as USD, or the path of one';
  return isCurrencyCode(text) ? undefined : pathProblem(text);
}
