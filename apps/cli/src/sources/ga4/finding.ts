/** What was found out of one question about an export. */
export interface Finding {
  question: string;
  /** `wrong`: something is missing that conversions or journeys need. */
  verdict: 'ok' | 'wrong' | 'cannot tell';
  /** What was seen. */
  why: string;
  /** What to do about it. */
  advice?: string;
}
