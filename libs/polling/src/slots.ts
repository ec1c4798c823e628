/** One who waits for a slot. */
interface Waiting {
  source: string;
  start: () => void;
}

/**
 * Who may read now. Every source has one slot of its own, so that no partner, however slow, keeps another waiting; what
 * a source reads beside that takes one of the slots that all share, which go to the source that reads least.
 */
export class Slots {
  private readonly running = new Map<string, number>();
  private readonly waiting: Waiting[] = [];
  private readonly idle: Waiting[] = [];

  constructor(private readonly shared: number) {}

  /** Does the work when there is a slot. */
  async run<T>(source: string, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((start) => {
      this.waiting.push({ source, start });
      this.startWhoMay();
    });
    try {
      return await work();
    } finally {
      this.running.set(source, this.runningOf(source) - 1);
      this.startWhoMay();
      this.tellIdle();
    }
  }

  /** Resolves when nothing of the source runs or waits. */
  whenIdle(source: string): Promise<void> {
    return new Promise((start) => {
      this.idle.push({ source, start });
      this.tellIdle();
    });
  }

  private runningOf(source: string): number {
    return this.running.get(source) ?? 0;
  }

  private startWhoMay(): void {
    for (let next = this.next(); next; next = this.next()) {
      this.waiting.splice(this.waiting.indexOf(next), 1);
      this.running.set(next.source, this.runningOf(next.source) + 1);
      next.start();
    }
  }

  /** The one whose source reads least, of these the one that waits longest. */
  private next(): Waiting | undefined {
    const [first] = [...this.waiting].sort((a, b) => this.runningOf(a.source) - this.runningOf(b.source));
    if (!first || this.runningOf(first.source) === 0) return first;
    const sharedInUse = [...this.running.values()].reduce((sum, n) => sum + Math.max(0, n - 1), 0);
    return sharedInUse < this.shared ? first : undefined;
  }

  private tellIdle(): void {
    for (const each of [...this.idle]) {
      if (this.runningOf(each.source) > 0 || this.waiting.some((w) => w.source === each.source)) continue;
      this.idle.splice(this.idle.indexOf(each), 1);
      each.start();
    }
  }
}
