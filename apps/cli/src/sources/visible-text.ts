const SIGNS: Readonly<Record<string, string>> = { ' ': '·', '\n': '⏎\n', '\t': '⇥', '\r': '␍' };

/** The text with everything that cannot be seen shown: spaces, line breaks, tabs, and other characters by their codes. */
export function visible(text: string): string {
  return text.replaceAll(
    /[\s\p{Cc}\p{Cf}\p{Cs}]/gu,
    (character) => SIGNS[character] ?? `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
