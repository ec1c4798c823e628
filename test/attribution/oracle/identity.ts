import { isEntityEvent, playerOfRecord, type CanonicalEvent, type Instant } from '#libs/events';
import { greatest, groupsBy, least, leastBy, sortedBy, type Key } from './order.js';

export const KINDS = ['click', 'client', 'user', 'player'] as const;
export type Kind = (typeof KINDS)[number];

/** Over whom a name stands for a player where no event names both: of these kinds, in this order. */
const OVER: Record<Kind, readonly Kind[]> = {
  click: ['user', 'client'],
  client: ['user'],
  user: [],
  player: [],
};

/** A click, client, user or player. */
export interface Name {
  kind: Kind;
  id: string;
}

/** Two of them belong together. */
export interface Link {
  /** Two of the kinds. */
  ends: Partial<Record<Kind, string>>;
  occurred_at: Instant;
  registered_at: Instant | null;
  first_received_at: Instant;
}

/** Somebody who is part of a person, and since when that is known; `''`: of course. */
export interface Member extends Name {
  joined_at: Instant;
}

/** Who is whom in one brand. */
export interface Identity {
  /** Links of the name to names of a kind, the best first. */
  linksTo(name: Name, kind: Kind): Link[];
  /** The player that the name stands for. */
  playerOf(name: Name): string | null;
  /** The player, and the players and users that are the same person; then their clients; then the clicks of all. */
  personOf(player: string): Member[];
}

/** What the events of one brand say of who is whom. */
export function identityOf(events: readonly CanonicalEvent[]): Identity {
  const links = linksOf(events);

  const linksTo = (name: Name, kind: Kind): Link[] =>
    bestFirst(links.filter((l) => l.ends[name.kind] === name.id && l.ends[kind] !== undefined));

  const playerOf = (name: Name): string | null => {
    const direct = linksTo(name, 'player')[0]?.ends.player;
    if (direct !== undefined) return direct;
    return OVER[name.kind]
      .flatMap((kind) => linksTo(name, kind).map((l) => playerOf({ kind, id: l.ends[kind]! })))
      .reduce((first, player) => first ?? player, null);
  };

  const personOf = (player: string): Member[] => {
    let selves: Member[] = [{ kind: 'player', id: player, joined_at: '' }];
    for (let before = ''; before !== JSON.stringify(selves);) {
      before = JSON.stringify(selves);
      selves = joinedBy(selves, ['user', 'player']);
    }
    return joinedBy(joinedBy(selves, ['client']), ['click']);
  };

  /** These and those of some kinds that are linked to them: since the link and the member that it leads from are
   * known, by the earliest way. */
  const joinedBy = (members: readonly Member[], kinds: readonly Kind[]): Member[] => {
    const more = members.flatMap((member) =>
      kinds.flatMap((kind) =>
        linksTo(member, kind).map((l): Member => {
          const joined_at = greatest([member.joined_at, l.first_received_at]);
          return { kind, id: l.ends[kind]!, joined_at };
        }),
      ),
    );
    return groupsBy([...members, ...more], ({ kind, id }) => `${kind} ${id}`).map((ways) =>
      leastBy(ways, ({ joined_at }) => [joined_at]),
    );
  };

  return { linksTo, playerOf, personOf };
}

/** Registered with first, then the earlier, then by the ids. */
export function bestFirst(links: readonly Link[]): Link[] {
  return sortedBy(links, (l): Key => [
    l.registered_at === null ? 1 : 0,
    l.registered_at ?? l.occurred_at,
    ...KINDS.map((kind) => l.ends[kind] ?? ''),
  ]);
}

/** Every event that names two of them links each pair; a retraction names a conversion. */
function linksOf(events: readonly CanonicalEvent[]): Link[] {
  const telling = events.filter((e) => e.kind !== 'retraction');
  const told = telling.flatMap((e) => {
    const names = namesOf(e);
    const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const));
    return pairs.map(([a, b]): Link => ({
      ends: { [a.kind]: a.id, [b.kind]: b.id },
      occurred_at: e.occurred_at,
      registered_at: e.kind === 'registration' ? e.occurred_at : null,
      first_received_at: e.received_at,
    }));
  });
  return groupsBy(told, (l) => JSON.stringify(KINDS.map((kind) => l.ends[kind] ?? null))).map((same) => {
    const registered = same.flatMap((l) => l.registered_at ?? []);
    return {
      ends: same[0]!.ends,
      occurred_at: least(same.map((l) => l.occurred_at)),
      registered_at: registered.length === 0 ? null : least(registered),
      first_received_at: least(same.map((l) => l.first_received_at)),
    };
  });
}

function namesOf(e: CanonicalEvent): Name[] {
  const ids: Record<Kind, string | undefined> = {
    click: e.click_id,
    client: e.client_id,
    user: e.user_id,
    player: (isEntityEvent(e) ? playerOfRecord(e) : undefined) ?? e.player_id,
  };
  return KINDS.flatMap((kind) => (ids[kind] === undefined ? [] : [{ kind, id: ids[kind] }]));
}
