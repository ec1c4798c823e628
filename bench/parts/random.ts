/** Numbers from 0 to 1 that are the same on every run (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** A random-looking click id that the player's number decides. */
export function clickIdOf(player: number): string {
  const random = randomOf(player * 2_654_435_761);
  const hex = (digits: number): string =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(8)}${hex(4)}`;
}

/** Six bytes for a receipt's id. */
export function sixBytes(random: () => number): Uint8Array {
  return Uint8Array.from({ length: 6 }, () => Math.floor(random() * 256));
}
