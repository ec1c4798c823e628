import type { LeaseKey, Standing } from './membership.js';

/** A partition this member owns, and where it is with it. */
export interface Lease extends LeaseKey {
  /** The next offset to read. */
  position: bigint;
  /** A batch of it is in work. */
  working: boolean;
  /** To be given up when no batch is in work any more; no new one is begun. */
  releasing: boolean;
  /** Failed batches in a row. */
  failures: number;
  /** Epoch milliseconds before which no batch is begun. */
  notBefore: number;
  /** When its last batch ended; who waits longest comes first. */
  servedAt: number;
  /** Aborted when the partition is, or may be, another member's. */
  lost: AbortController;
}

const placeOf = ({ topicId, partition }: LeaseKey): string => `${topicId}/${partition}`;

/** The partitions of one member. */
export class Leases {
  private readonly byPlace = new Map<string, Lease>();
  /** Lost ones whose handler has not returned yet: until then nobody here begins on that partition. */
  private readonly lingering = new Set<Lease>();

  all(): Lease[] {
    return [...this.byPlace.values()];
  }

  /** Those on which a batch may be begun now, the longest waiting first. */
  ready(now = Date.now()): Lease[] {
    for (const lease of this.lingering) if (!lease.working) this.lingering.delete(lease);
    const busy = new Set(Array.from(this.lingering, placeOf));
    return this.all()
      .filter(
        (lease) => !lease.working && !lease.releasing && lease.notBefore <= now && !busy.has(placeOf(lease)),
      )
      .sort((a, b) => a.servedAt - b.servedAt);
  }

  /**
   * Makes this the picture that the tables give: what is no longer owned is lost, what is new begins at its
   * committed offset, and as many as are too many are marked to be released.
   * @returns those to be released at once, and whether there are new ones
   */
  follow({ owned, surplus }: Standing): { given: Lease[]; news: boolean } {
    const still = new Map(owned.map((each) => [placeOf(each), each]));
    for (const lease of this.all()) {
      if (still.get(placeOf(lease))?.epoch !== lease.epoch) this.lose(lease);
    }
    let news = false;
    for (const each of owned) {
      if (this.byPlace.has(placeOf(each))) continue;
      this.byPlace.set(placeOf(each), begin(each));
      news = true;
    }
    return { given: this.markSurplus(surplus), news };
  }

  private markSurplus(surplus: Standing['surplus']): Lease[] {
    const given: Lease[] = [];
    const leases = this.all();
    for (const lease of leases) lease.releasing = false;
    for (const [topicId, count] of surplus) {
      // Idle ones first: they can go without anybody waiting.
      const ofTopic = leases
        .filter((lease) => lease.topicId === topicId)
        .sort((a, b) => Number(a.working) - Number(b.working));
      for (const lease of ofTopic.slice(0, count)) {
        lease.releasing = true;
        if (!lease.working) given.push(lease);
      }
    }
    return given;
  }

  lose(lease: Lease): void {
    lease.lost.abort();
    if (lease.working) this.lingering.add(lease);
    this.remove([lease]);
  }

  loseAll(): void {
    for (const lease of this.all()) this.lose(lease);
  }

  /** Forgets them, unless the place has been taken by a newer lease. */
  remove(leases: readonly Lease[]): void {
    for (const lease of leases) {
      if (this.byPlace.get(placeOf(lease)) === lease) this.byPlace.delete(placeOf(lease));
    }
  }

  /** What waited because it failed may be tried again now. */
  endBackoffs(): void {
    for (const lease of this.all()) lease.notBefore = 0;
  }
}

function begin({ topicId, partition, epoch, committed }: Standing['owned'][number]): Lease {
  return {
    topicId,
    partition,
    epoch,
    position: committed ?? 0n,
    working: false,
    releasing: false,
    failures: 0,
    notBefore: 0,
    servedAt: 0,
    lost: new AbortController(),
  };
}
