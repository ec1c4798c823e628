import fc from 'fast-check';
import { fairShare, type GroupPartition } from './fair-share.js';

/** Lets the members act one after the other until nobody moves anything; returns how many rounds it took. */
function settle(members: Map<number, string[]>, partitions: GroupPartition[]): number {
  const names = [...new Set([...members.values()].flat())];
  for (let round = 0; ; round++) {
    let moved = false;
    for (const name of names) {
      const topics = new Map([...members].filter(([, subscribers]) => subscribers.includes(name)));
      const share = fairShare(name, topics, partitions);
      for (const claimed of share.claim) claimed.owner = name;
      for (const [topicId, count] of share.surplus) {
        const mine = partitions.filter((each) => each.topicId === topicId && each.owner === name);
        for (const each of mine.slice(0, count)) each.owner = null;
      }
      moved ||= share.claim.length > 0 || share.surplus.size > 0;
    }
    if (!moved) return round;
    if (round > 10) throw new Error('partitions go round in circles');
  }
}

const topic = (topicId: number, partitions: number): GroupPartition[] =>
  Array.from({ length: partitions }, (_, partition) => ({ topicId, partition, owner: null }));

describe('fairShare', () => {
  it('gives a lone member everything', () => {
    const partitions = topic(1, 3);
    expect(fairShare('a', new Map([[1, ['a']]]), partitions).claim).toEqual(partitions);
  });

  it('gives nothing to a member that is not in the group', () => {
    const share = fairShare('gone', new Map([[1, ['a']]]), topic(1, 3));
    expect(share).toEqual({ claim: [], surplus: new Map() });
  });

  it('gives the odd partition of different topics to different members', () => {
    const partitions = [...topic(1, 1), ...topic(2, 1)];
    const both = new Map([
      [1, ['a', 'b']],
      [2, ['a', 'b']],
    ]);
    settle(both, partitions);
    expect(new Set(partitions.map((each) => each.owner))).toEqual(new Set(['a', 'b']));
  });

  it('moves no more than it must when a member comes', () => {
    const partitions = topic(1, 12);
    settle(new Map([[1, ['a', 'b']]]), partitions);
    const before = partitions.map((each) => each.owner);
    settle(new Map([[1, ['a', 'b', 'c']]]), partitions);
    expect(partitions.filter((each, index) => each.owner !== before[index])).toHaveLength(4);
  });

  it('settles with every partition owned and nobody more than one ahead, whoever comes and goes', () => {
    const groups = fc.array(
      fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd', 'e'), { minLength: 1 }),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 20 }), fc.nat(9), (generations, count, topicId) => {
        const partitions = topic(topicId, count);
        for (const members of generations) {
          for (const each of partitions) {
            if (each.owner !== null && !members.includes(each.owner)) each.owner = null; // they died
          }
          settle(new Map([[topicId, members]]), partitions);
          const owned = members.map((name) => partitions.filter((each) => each.owner === name).length);
          expect(owned.reduce((sum, each) => sum + each, 0)).toBe(count);
          expect(Math.max(...owned) - Math.min(...owned)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
