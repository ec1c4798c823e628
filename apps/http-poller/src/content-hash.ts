/** As many values as SHA-256 has. */
const MODULUS = 1n << 256n;

/**
 * One text for a set of records whatever their order: the sum of their hashes, so that a partner who tells the same
 * records in another order has changed nothing, and the same record told twice is not the same as once.
 */
export class ContentHash {
  private sum = 0n;
  private count = 0;

  /** @param eventId SHA-256 of the record and of what makes it that record (hex) */
  add(eventId: string): void {
    this.sum = (this.sum + BigInt(`0x${eventId}`)) % MODULUS;
    this.count++;
  }

  /** Hex of the sum, and how many there are. */
  toString(): string {
    return `${this.sum.toString(16).padStart(64, '0')}-${this.count}`;
  }
}
