import {
  durationProblem,
  paramProblem,
  somePath,
  startProblem,
  timeProblem,
  zoneProblem,
} from './answer-rules.js';
import { addressOf, where, type Answers, type Question } from './question.js';

/** How new records are asked for. */
export const SYNC_QUESTIONS = {
  sync: {
    ask: 'How new records are asked for',
    flag: '--sync <type>',
    help: 'how new records are asked for',
    choices: {
      datetime: 'by windows of time',
      id: 'by ids above the last one',
      cursor: 'by a cursor that the answer hands out',
      full_refresh: 'everything, each time',
    },
    guess: (known) => {
      const { window, sinceId } = addressOf(known);
      return window ? 'datetime' : sinceId === undefined ? undefined : 'id';
    },
  },
  from_param: {
    ask: 'Parameter for the beginning of the window',
    flag: '--from-param <name>',
    help: 'parameter for the beginning of the window',
    when: where('sync', 'datetime'),
    guess: (known) => addressOf(known).window?.from ?? 'from',
    problem: paramProblem,
  },
  to_param: {
    ask: 'Parameter for its end',
    flag: '--to-param <name>',
    help: 'parameter for its end',
    when: where('sync', 'datetime'),
    guess: (known) => addressOf(known).window?.to ?? 'to',
    problem: paramProblem,
  },
  window_format: {
    ask: "How these times are written: iso, epoch_seconds, epoch_ms, or Luxon's tokens, as yyyy-MM-dd HH:mm:ss",
    flag: '--window-format <format>',
    help: "how they are written: iso, epoch_seconds, epoch_ms, or Luxon's tokens",
    when: where('sync', 'datetime'),
    guess: (known) => addressOf(known).window?.time.format ?? 'iso',
    problem: timeProblem,
  },
  timezone: {
    ask: 'Time zone of the partner: UTC, an offset as -05:00, or a name as America/New_York',
    flag: '--timezone <zone>',
    help: "time zone of the partner's times: UTC, -05:00 or America/New_York",
    guess: () => 'UTC',
    problem: zoneProblem,
  },
  step: {
    ask: 'Length of one window (PT1H: an hour, P1D: a day)',
    flag: '--step <duration>',
    help: 'length of one window',
    when: where('sync', 'datetime'),
    guess: ({ answers }) => (tellsHours(answers) ? 'PT1H' : 'P1D'),
    problem: durationProblem,
  },
  boundary: {
    ask: 'Which ends of the window the partner includes',
    flag: '--boundary <ends>',
    help: 'which ends of the window the partner includes',
    choices: {
      half_open: 'the first, not the last (from <= t < to)',
      closed: 'both (from <= t <= to)',
      open: 'neither (from < t < to)',
    },
    when: where('sync', 'datetime'),
    guess: ({ answers }) => (tellsHours(answers) ? 'half_open' : 'closed'),
  },
  start: {
    ask: 'Where history begins',
    flag: '--start <day|id>',
    help: 'where history begins: a day, or the id above which to begin',
    when: where('sync', 'datetime', 'id'),
    guess: ({ answers, year }) => (answers.sync === 'id' ? '0' : `${year}-01-01`),
    problem: startProblem,
  },
  cursor_param: {
    ask: 'Parameter for the id or cursor to go on after',
    flag: '--cursor-param <name>',
    help: 'parameter for the id or cursor to go on after',
    when: where('sync', 'id', 'cursor'),
    guess: (known) => {
      const { sinceId, cursor } = addressOf(known);
      return known.answers.sync === 'id' ? (sinceId ?? 'since_id') : (cursor ?? 'cursor');
    },
    problem: paramProblem,
  },
  cursor_path: {
    ask: 'Where the answer says the cursor to go on with',
    flag: '--cursor-path <path>',
    help: 'where the answer says the cursor to go on with',
    when: ({ sync, paging }) => sync === 'cursor' || paging === 'cursor',
    guess: ({ sample }) => sample?.paging.cursor ?? 'next_cursor',
    problem: somePath,
  },
} satisfies Record<string, Question>;

/** Whether the ends of windows tell the time of day. */
export function tellsHours({ window_format: format = 'iso' }: Answers): boolean {
  return /[Hhx]|X|iso|epoch/.test(format);
}
