/** Bytes as Snappy's block format, nothing of them shortened: their length, then literals. */
export function snappyLiteral(bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [];
  const head: number[] = [];
  let length = bytes.length;
  for (; length > 0x7f; length = Math.floor(length / 128)) head.push((length & 0x7f) | 0x80);
  head.push(length);
  parts.push(Uint8Array.from(head));
  for (let at = 0; at < bytes.length; at += 65_536) {
    const piece = bytes.subarray(at, at + 65_536);
    const last = piece.length - 1;
    parts.push(Uint8Array.of(61 << 2, last & 0xff, last >> 8), piece);
  }
  return Buffer.concat(parts);
}
