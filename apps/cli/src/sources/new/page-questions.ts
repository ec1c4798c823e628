import { paramProblem, pathProblem, wholeProblem } from './answer-rules.js';
import { addressOf, where, type Known, type Question } from './question.js';

/** How a long answer is divided. */
export const PAGE_QUESTIONS = {
  paging: {
    ask: 'How a long answer is divided into pages',
    flag: '--paging <type>',
    help: 'how a long answer is divided into pages',
    choices: {
      none: 'it is not',
      page: 'by page number',
      offset: 'by offset and limit',
      id: 'by the last id of the page before',
      cursor: 'by a cursor in the answer',
      link: 'by the URL of the next page in the answer',
    },
    guess: guessPaging,
    hint: ({ sample }) => (sample?.saysMore ? 'the answer says that more records follow' : undefined),
  },
  page_param: {
    ask: 'Parameter for the page, offset, id or cursor',
    flag: '--page-param <name>',
    help: 'parameter for the page, offset, id or cursor',
    when: where('paging', 'page', 'offset', 'id', 'cursor'),
    guess: (known) => {
      const { page, offset, sinceId, cursor } = addressOf(known);
      const own = known.answers.cursor_param;
      const type = known.answers.paging ?? '';
      const params: Record<string, string> = {
        page: page ?? 'page',
        offset: offset ?? 'offset',
        id: own ?? sinceId ?? 'since_id',
        cursor: cursor ?? own ?? 'cursor',
      };
      return params[type];
    },
    problem: paramProblem,
  },
  size_param: {
    ask: 'Parameter for the size of a page (empty: there is none)',
    flag: '--size-param <name>',
    help: 'parameter for the size of a page',
    when: where('paging', 'page', 'offset', 'id', 'cursor'),
    guess: (known) => addressOf(known).size?.name,
    problem: (text) => (text === '' ? undefined : paramProblem(text)),
    optional: true,
  },
  size: {
    ask: 'Records on a page',
    flag: '--size <n>',
    help: 'records on a page',
    when: ({ paging, size_param }) => paging === 'offset' || (paging !== 'none' && (size_param ?? '') !== ''),
    guess: (known) => {
      const { value = '' } = addressOf(known).size ?? {};
      return wholeProblem(value) === undefined ? value : '100';
    },
    problem: wholeProblem,
  },
  next_path: {
    ask: 'Where the answer says the URL of the next page (empty: in the header Link)',
    flag: '--next-path <path>',
    help: 'where the answer says the URL of the next page; empty: in the header Link',
    when: where('paging', 'link'),
    guess: ({ sample }) => (sample?.nextIsLink ? sample.paging.next : undefined),
    problem: pathProblem,
    optional: true,
  },
  total_path: {
    ask: 'Where the answer says how many records there are in all (empty: it does not)',
    flag: '--total-path <path>',
    help: 'where the answer says how many records there are in all',
    when: where('paging', 'page', 'offset'),
    guess: ({ sample }) => sample?.paging.total,
    problem: pathProblem,
    optional: true,
  },
} satisfies Record<string, Question>;

function guessPaging(known: Known): string | undefined {
  const { page, offset, cursor } = addressOf(known);
  const { sync } = known.answers;
  if (page !== undefined) return 'page';
  if (offset !== undefined) return 'offset';
  if (sync === 'id') return 'id';
  if (sync === 'cursor' || cursor !== undefined) return 'cursor';
  const { sample } = known;
  if (sample?.paging.cursor !== undefined) return 'cursor';
  if (sample?.nextIsLink) return 'link';
  return sample?.saysMore ? undefined : 'none';
}
