import { distance } from 'fastest-levenshtein';

/**
 * ` (did you mean …?)` where a known word is near enough: letters of either case are the same, up to a third of the
 * word's letters may be others (two in any case). Empty where none is, or what was given is no text.
 */
export function suggestion(given: unknown, known: readonly string[]): string {
  if (typeof given !== 'string') return '';
  const [nearest] = known
    .map((word) => ({ word, far: distance(given.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, far }) => far <= Math.max(2, Math.floor(word.length / 3)))
    .sort((a, b) => a.far - b.far);
  return nearest ? ` (did you mean ${nearest.word}?)` : '';
}
