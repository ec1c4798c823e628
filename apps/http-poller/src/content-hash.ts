/** As many values as SHA-256 has. */
const MODULUS = 1n << 256n;
const WORDS = 8;
/** So many words of 32 bits add up to less than 2^53. */
const MOST_ADDED = 2 ** 20;

/**
 * One text for a set of records whatever their order: the sum of their hashes, so that a partner who tells the same
 * records in another order has changed nothing, and the same record told twice is not the same as once.
 */
export class ContentHash {
  private readonly bytes = Buffer.alloc(4 * WORDS);
  /** What is not in `sum` yet, by words, the highest first. */
  private readonly words = new Float64Array(WORDS);
  private added = 0;
  private sum = 0n;
  private count = 0;

  /** @param eventId SHA-256 of the record and of what makes it that record (hex) */
  add(eventId: string): void {
    this.bytes.write(eventId, 'hex');
    for (let i = 0; i < WORDS; i++) this.words[i]! += this.bytes.readUInt32BE(4 * i);
    this.count++;
    if (++this.added === MOST_ADDED) this.addUp();
  }

  /** Hex of the sum, and how many there are. */
  toString(): string {
    this.addUp();
    return `${this.sum.toString(16).padStart(64, '0')}-${this.count}`;
  }

  private addUp(): void {
    let sum = 0n;
    for (const word of this.words) sum = (sum << 32n) + BigInt(word);
    this.sum = (this.sum + sum) % MODULUS;
    this.words.fill(0);
    this.added = 0;
  }
}
