import { canonicalJson, isInstant, type ConversionRow } from '#libs/events';
import { SOME_INSTANT } from './expected-rows.js';

/** Where the rows are not what they must be, one line each; empty where they are. Both sorted by id. */
export function differences(rows: readonly ConversionRow[], expected: readonly ConversionRow[]): string[] {
  const byId = new Map(rows.map((r) => [r.conversion_id, r]));
  const wanted = new Set(expected.map((e) => e.conversion_id));
  return [
    ...expected.flatMap((e) => differencesOf(byId.get(e.conversion_id), e)),
    ...rows.filter((r) => !wanted.has(r.conversion_id)).map((r) => `${nameOf(r)}: must not be there`),
  ];
}

function differencesOf(row: ConversionRow | undefined, expected: ConversionRow): string[] {
  if (!row) return [`${nameOf(expected)}: is not there`];
  const columns = new Set([...Object.keys(expected), ...Object.keys(row)]) as Set<keyof ConversionRow>;
  return [...columns].flatMap((column) => {
    const [is, must] = [row[column], expected[column]];
    if (must === SOME_INSTANT && typeof is === 'string' && isInstant(is)) return [];
    const [isText, mustText] = [canonicalJson(is), canonicalJson(must)];
    return isText === mustText ? [] : [`${nameOf(expected)}: ${column} is ${isText}, must be ${mustText}`];
  });
}

function nameOf(r: ConversionRow): string {
  return `${r.type} ${r.conversion_key} of ${r.player_id}`;
}
