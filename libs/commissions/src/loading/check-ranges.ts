import type { Cursor } from '#libs/yaml-file';

/** Ranges of days: each ends behind its beginning, and begins when the one before has ended. */
export function checkRanges(list: Cursor, name: string): void {
  let before: { index: number; to: string | undefined } | undefined;
  for (const [index, range] of list.items().entries()) {
    const from = range.at('from').text;
    const to = range.at('to').text;
    if (from !== undefined && to !== undefined && to <= from) {
      range.at('to').wrong(`must be behind from: it is the day behind the last, and ${from} is the first`);
    }
    if (from !== undefined && before) {
      const { to: end } = before;
      if (end === undefined) {
        range.at('from').wrong(`must not begin while ${name}[${before.index}] runs, which has no to`);
      } else if (from < end) {
        range.at('from').wrong(`must be ${end} or later: ${name}[${before.index}] runs until then`);
      }
    }
    before = { index, to };
  }
}
