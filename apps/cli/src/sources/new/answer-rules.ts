import { TEXT_FORMATS } from '#libs/sources';

/** What is wrong with an answer, in words; undefined where nothing is. */
export type AnswerProblem = (text: string) => string | undefined;

export const durationProblem: AnswerProblem = TEXT_FORMATS.duration;
export const zoneProblem: AnswerProblem = TEXT_FORMATS['time-zone'];
export const timeProblem: AnswerProblem = TEXT_FORMATS['time-format'];
export const pathProblem: AnswerProblem = TEXT_FORMATS.path;
export const recordPathProblem: AnswerProblem = TEXT_FORMATS['record-path'];
export const startProblem: AnswerProblem = (text) =>
  /^\d+$/.test(text) ? undefined : TEXT_FORMATS['day-or-instant'](text);

export const nameProblem: AnswerProblem = (text) =>
  /^[a-z0-9][a-z0-9_-]{0,63}$/.test(text)
    ? undefined
    : 'must be lower-case letters, digits, _ and -, at most 64';

export const wholeProblem: AnswerProblem = (text) =>
  /^[1-9]\d{0,6}$/.test(text) ? undefined : 'must be a whole number from 1';

export const paramProblem: AnswerProblem = (text) =>
  text !== '' && !/[\s&=?#]/.test(text) ? undefined : 'must be the name of a parameter';

export const somePath: AnswerProblem = (text) => (text === '' ? 'must be a path' : pathProblem(text));

export const pathsProblem: AnswerProblem = (text) =>
  text
    .split(',')
    .map((path) => somePath(path.trim()))
    .find((problem) => problem !== undefined);

/** Of a URL in which `${env.NAME}` may stand. */
export const urlProblem: AnswerProblem = (text) => {
  const url = text.replaceAll(/\$\{env\.[A-Za-z_][A-Za-z0-9_]*\}/g, 'x').replace(/^x(?!:)/, 'http://x');
  if (TEXT_FORMATS['http-url'](url) !== undefined || !URL.canParse(url)) {
    return 'must be an absolute http or https URL';
  }
  const { username, password } = new URL(url);
  return username || password ? 'must hold no password; --auth basic is the place for it' : undefined;
};
