/** Time stamps and a nonce of one request, as placeholders name them; a nonce has 32 hexadecimal digits. */
export function signingMoment({ now, random }: { now: () => number; random: () => number }) {
  const ms = now();
  const digits = () =>
    Math.floor(random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0');
  return {
    timestamp: String(Math.floor(ms / 1000)),
    timestamp_ms: String(Math.floor(ms)),
    nonce: digits() + digits() + digits() + digits(),
  };
}
