import { Duration } from 'luxon';
import type { TextProblem } from '#libs/yaml-file';
import { PathError, parsePath, parseRecordPath } from '../path.js';
import { parseTimeFormat } from '../mapping/time-format.js';
import { timeZoneProblem } from '../mapping/time-zone.js';
import { windowFormatProblem } from './window-format.js';

/** Length of an ISO 8601 duration in milliseconds, a month as 30 days; undefined where it is none or not above 0. */
export function durationMs(text: string): number | undefined {
  const ms = /^P/.test(text) ? Duration.fromISO(text).toMillis() : NaN;
  return ms > 0 ? ms : undefined;
}

function pathProblem(parse: (text: string) => unknown): (text: string) => string | undefined {
  return (text) => {
    try {
      parse(text);
      return undefined;
    } catch (e) {
      if (e instanceof PathError) return `must be a path: ${e.message}`;
      throw e;
    }
  };
}

function regexProblem(text: string): string | undefined {
  try {
    new RegExp(text, 'u');
    return undefined;
  } catch (e) {
    return `must be a regular expression: ${(e as Error).message.replace(/^.*: /, '')}`;
  }
}

function timeProblem(text: string): string | undefined {
  const format = parseTimeFormat(text);
  return typeof format === 'object' && 'problem' in format ? format.problem : undefined;
}

const START = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/** Formats of texts in source definitions, by the names that their schema uses. */
export const TEXT_FORMATS = {
  duration: (text) =>
    durationMs(text) === undefined ? 'must be an ISO 8601 duration above 0, as PT5M or P1D' : undefined,
  // A settling time may be none
  'duration-or-none': (text) =>
    durationMs(text) === undefined && !(Duration.fromISO(text).toMillis() === 0)
      ? 'must be an ISO 8601 duration, as PT2M'
      : undefined,
  'time-zone': timeZoneProblem,
  'time-format': timeProblem,
  'window-format': windowFormatProblem,
  path: pathProblem(parsePath),
  'record-path': pathProblem(parseRecordPath),
  'regular-expression': regexProblem,
  'day-or-instant': (text) =>
    START.test(text) && !Number.isNaN(Date.parse(text))
      ? undefined
      : 'must be a day or an ISO 8601 instant, as 2024-01-01 or 2024-01-01T00:00:00Z',
  day: (text) =>
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))
      ? undefined
      : 'must be a day, as 2024-01-01',
  'http-url': (text) =>
    /^(?:https?:\/\/|\$\{)[^\s]+$/.test(text) ? undefined : 'must be an absolute http or https URL',
} satisfies Record<string, TextProblem>;
