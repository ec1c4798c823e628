import { newReceiptId } from '#libs/events';

/** Random bytes of one receipt. */
const BYTES = 6;
const RECEIPTS_PER_FILL = 1_024;

/** Makes receipt ids. Randomness is fetched for a thousand at once: a call for each costs as much as the rest. */
export class Receipts {
  private pool: Uint8Array = new Uint8Array(0);
  private at = 0;

  /** @param random gives that many random bytes */
  constructor(private readonly random: (sizeBytes: number) => Uint8Array) {}

  next(nowMs: number): string {
    if (this.at === this.pool.length) {
      this.pool = this.random(BYTES * RECEIPTS_PER_FILL);
      this.at = 0;
    }
    this.at += BYTES;
    return newReceiptId(nowMs, this.pool.subarray(this.at - BYTES, this.at));
  }
}
