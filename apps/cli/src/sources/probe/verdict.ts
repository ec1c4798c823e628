import type { Advice } from '../advice.js';

/** What was found out of one question. */
export interface Verdict {
  question: string;
  verdict: 'ok' | 'wrong' | 'cannot tell';
  /** What was seen. */
  why: string;
  /** What to change in the definition. */
  change?: Advice;
}

export function ok(question: string, why: string): Verdict {
  return { question, verdict: 'ok', why };
}

export function wrong(question: string, why: string, change: Advice): Verdict {
  return { question, verdict: 'wrong', why, change };
}

export function cannotTell(question: string, why: string, change?: Advice): Verdict {
  return { question, verdict: 'cannot tell', why, ...(change && { change }) };
}
