/** A partition as the group's tables show it. */
export interface GroupPartition {
  topicId: number;
  partition: number;
  /** A running member, or `null`. */
  owner: string | null;
}

/** What one member does now; the others do theirs, and together every partition gets an owner. */
export interface Share {
  claim: GroupPartition[];
  /** How many of its partitions of each topic it has to give up. */
  surplus: Map<number, number>;
}

/**
 * Decides what a member claims and gives up, so that the members of a topic own equally many of its
 * partitions, give or take one, and no more of them move than must. Which members get the odd ones differs
 * from topic to topic. Every member comes to the same quotas from the same tables, so no leader is needed.
 *
 * @param subscribers running members by topic, in any order
 */
export function fairShare(
  member: string,
  subscribers: ReadonlyMap<number, readonly string[]>,
  partitions: readonly GroupPartition[],
): Share {
  const share: Share = { claim: [], surplus: new Map() };
  for (const [topicId, members] of subscribers) {
    const ofTopic = partitions.filter((each) => each.topicId === topicId);
    const quota = quotaOf(member, members, ofTopic.length, topicId);
    const owned = ofTopic.filter((each) => each.owner === member).length;
    const free = ofTopic.filter((each) => each.owner === null);
    if (owned > quota) share.surplus.set(topicId, owned - quota);
    share.claim.push(...free.slice(0, Math.max(0, quota - owned)));
  }
  return share;
}

function quotaOf(member: string, members: readonly string[], partitions: number, turn: number): number {
  const sorted = members.toSorted();
  const index = sorted.indexOf(member);
  if (index < 0) return 0;
  const rank = (index + turn) % sorted.length;
  return Math.floor(partitions / sorted.length) + (rank < partitions % sorted.length ? 1 : 0);
}
