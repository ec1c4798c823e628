/** Room for records that are held back until it is known whether they are news; all slices of the process share it. */
export class HoldRoom {
  private free: number;

  constructor(characters: number) {
    this.free = characters;
  }

  /** @returns false where there is not so much left; nothing is taken then */
  take(characters: number): boolean {
    if (characters > this.free) return false;
    this.free -= characters;
    return true;
  }

  giveBack(characters: number): void {
    this.free += characters;
  }
}
