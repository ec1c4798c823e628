const RECEIPT = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * A receipt id: a UUID of version 7 (RFC 9562: 48 bits of epoch milliseconds, then random bits) whose last
 * 32 bits are a checksum of the rest. So an id that was never given is told from one that is still on its
 * way without asking a store. The checksum is no signature: receipts are shown to operators only.
 * @param random at least 6 random bytes
 */
export function newReceiptId(nowMs: number, random: Uint8Array): string {
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes.set(random.subarray(0, 6), 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  bytes.writeUInt32BE(checksum(bytes), 12);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Whether the text is an id that `newReceiptId` can have made; lower case only. */
export function isReceiptId(text: string): boolean {
  if (!RECEIPT.test(text)) return false;
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  return bytes.readUInt32BE(12) === checksum(bytes);
}

/** FNV-1a, 32 bits, over the first twelve bytes (http://www.isthe.com/chongo/tech/comp/fnv/). */
function checksum(bytes: Uint8Array): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < 12; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return h >>> 0;
}
