/** Room for records that are held back until it is known whether they are news; all slices of the process share it. */
export class HoldRoom {
  private free: number;

  constructor(bytes: number) {
    this.free = bytes;
  }

  /** @returns false where there is not so much left; nothing is taken then */
  take(bytes: number): boolean {
    if (bytes > this.free) return false;
    this.free -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.free += bytes;
  }
}
