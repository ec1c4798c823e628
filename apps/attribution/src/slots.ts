import { compareBytes } from '#libs/database';

/** Facts by slot: two of one slot become their join. */
export class Slots<Fact> {
  private readonly byKey = new Map<string, Fact>();

  constructor(
    private readonly keyOf: (fact: Fact) => string,
    private readonly join: (a: Fact, b: Fact) => Fact,
  ) {}

  add(fact: Fact): void {
    const key = this.keyOf(fact);
    const there = this.byKey.get(key);
    this.byKey.set(key, there === undefined ? fact : this.join(there, fact));
  }

  /** By key: writers that lock rows in one order do not deadlock. */
  sorted(): Fact[] {
    const keys = [...this.byKey.keys()];
    // JavaScript's own order is that of the bytes here, and comes without a call for every comparison.
    if (ASCII.test(keys.join(''))) keys.sort();
    else keys.sort(compareBytes);
    return keys.map((key) => this.byKey.get(key)!);
  }
}

const ASCII = /^[\0-~]*$/;
