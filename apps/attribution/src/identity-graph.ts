import {
  IDENTITY_KINDS,
  compareLinks,
  type Identity,
  type IdentityKind,
  type IdentityLinkFact,
} from '#libs/database';
import type { Instant } from '#libs/events';

/** One key for an identity. */
export const identityKey = ({ brand, kind, id }: Identity): string => `${brand}\0${kind}\0${id}`;

/** An identity with its key, which is made once: a batch asks for the same ones again and again. */
export interface KeyedIdentity extends Identity {
  readonly key: string;
}

export function keyed({ brand, kind, id }: Identity): KeyedIdentity {
  return { brand, kind, id, key: identityKey({ brand, kind, id }) };
}

/** A link as one of its ends has it. */
export interface Tie {
  link: IdentityLinkFact;
  other: KeyedIdentity;
}

/** Each once. */
export function distinctIdentities(all: readonly Identity[]): Identity[] {
  return [...new Map(all.map((i) => [identityKey(i), i])).values()];
}

/** Whom a fact names; an empty id names nobody. */
export function namedBy(fact: { brand: string } & Record<`${IdentityKind}_id`, string | null>): Identity[] {
  const named: Identity[] = [];
  for (const kind of IDENTITY_KINDS) {
    const id = fact[`${kind}_id`];
    if (id !== null && id !== '') named.push({ brand: fact.brand, kind, id });
  }
  return named;
}

/** All that one person is known by. */
export interface Person {
  /** The player, and the players and users whom user ids join with it. */
  selves: KeyedIdentity[];
  /** Browsers and devices of theirs. */
  clients: KeyedIdentity[];
  /** Clicks of theirs and of their clients. */
  clicks: KeyedIdentity[];
  /** When it was first known of each of them, by key: the last of the links that lead there was received. The player
   * itself needs none: the empty text. */
  joinedAt: Map<string, Instant>;
}

/** A player and by what it was found. */
export interface FoundPlayer {
  playerId: string;
  through: Identity;
}

/**
 * Who is who, by the links that are known. A user id joins the players it is linked to; a click or a client, which
 * several people may have used, joins nobody.
 */
export class IdentityGraph {
  private readonly ties = new Map<string, Tie[]>();
  /** Those of `ties` that have grown since they were put in order. */
  private readonly unordered = new Set<Tie[]>();
  private readonly persons = new Map<string, Person>();

  /** @param links each once */
  constructor(links: readonly IdentityLinkFact[] = []) {
    for (const link of links) this.add(link, endsOf(link).map(keyed) as [KeyedIdentity, KeyedIdentity]);
  }

  /** Takes in a link that is not known yet. Whoever was looked at before may be more from now on. */
  add(link: IdentityLinkFact, [left, right]: readonly [KeyedIdentity, KeyedIdentity]): void {
    this.tie(left.key, { link, other: right });
    this.tie(right.key, { link, other: left });
    this.persons.clear();
  }

  private tie(key: string, tie: Tie): void {
    const there = this.ties.get(key);
    if (there === undefined) {
      this.ties.set(key, [tie]);
      return;
    }
    there.push(tie);
    this.unordered.add(there);
  }

  /** What the identity of a key is linked to, the link that decides first. */
  tiesOf(key: string): readonly Tie[] {
    const ties = this.ties.get(key);
    if (ties === undefined) return NO_TIES;
    if (ties.length > 1 && this.unordered.delete(ties)) ties.sort((a, b) => compareLinks(a.link, b.link));
    return ties;
  }

  /** Links of an identity, the one that decides first. */
  linksOf(identity: Identity): IdentityLinkFact[] {
    return this.tiesOf(identityKey(identity)).map((tie) => tie.link);
  }

  /** The identities of a kind that one is linked to, by the link that decides first. */
  linkedTo(identity: Identity, kind: IdentityKind): KeyedIdentity[] {
    return othersOf(this.tiesOf(identityKey(identity)), kind);
  }

  /** The player whom a click, client or user brought: itself, else through its users, else through a click's clients. */
  playerOf(identity: Identity): string | null {
    const [player] = this.linkedTo(identity, 'player');
    if (player) return player.id;
    const ways = [
      ...this.linkedTo(identity, 'user'),
      ...(identity.kind === 'click' ? this.linkedTo(identity, 'client') : []),
    ];
    for (const way of ways) {
      const found = this.playerOf(way);
      if (found !== null) return found;
    }
    return null;
  }

  /** All that a player is known by. */
  personOf(brand: string, playerId: string): Person {
    const key = `${brand}\0${playerId}`;
    const there = this.persons.get(key);
    if (there) return there;
    const person = this.gather(keyed({ brand, kind: 'player', id: playerId }));
    this.persons.set(key, person);
    return person;
  }

  /** The click that owns a player: of the player's own links the one that decides, else of the person's. */
  ownerClickOf(brand: string, playerId: string): string | null {
    const player: Identity = { brand, kind: 'player', id: playerId };
    const [own] = this.linkedTo(player, 'click');
    if (own) return own.id;
    const { selves, clients } = this.personOf(brand, playerId);
    const best = [...selves, ...clients]
      .flatMap((member) => this.tiesOf(member.key).find(({ other }) => other.kind === 'click')?.link ?? [])
      .sort(compareLinks)[0];
    return best?.left_id ?? null;
  }

  private gather(player: KeyedIdentity): Person {
    const person: Person = { selves: [player], clients: [], clicks: [], joinedAt: new Map() };
    person.joinedAt.set(player.key, '');
    for (let i = 0; i < person.selves.length; i++) {
      this.join(person, person.selves[i]!, SELVES, person.selves);
    }
    if (person.selves.length > 1) this.settle(person);
    for (const self of person.selves) this.join(person, self, CLIENTS, person.clients);
    for (const member of [...person.selves, ...person.clients]) {
      this.join(person, member, CLICKS, person.clicks);
    }
    return person;
  }

  /** Lets a member bring in those of some kinds that it is linked to. @param joined where those that are new are added */
  private join(
    { joinedAt }: Person,
    member: KeyedIdentity,
    kinds: readonly IdentityKind[],
    joined: KeyedIdentity[],
  ): void {
    const since = joinedAt.get(member.key)!;
    for (const { link, other } of this.tiesOf(member.key)) {
      if (!kinds.includes(other.kind)) continue;
      const at = since > link.first_received_at ? since : link.first_received_at;
      const before = joinedAt.get(other.key);
      if (before === undefined) joined.push(other);
      if (before === undefined || at < before) joinedAt.set(other.key, at);
    }
  }

  /** Finds the earliest ways among a person's selves where there are several. */
  private settle(person: Person): void {
    for (let changed = true; changed;) {
      const before = [...person.joinedAt.values()].join();
      for (const self of person.selves) this.join(person, self, SELVES, []);
      changed = [...person.joinedAt.values()].join() !== before;
    }
  }
}

const NO_TIES: readonly Tie[] = [];

function othersOf(ties: readonly Tie[], kind: IdentityKind): KeyedIdentity[] {
  return ties.filter(({ other }) => other.kind === kind).map(({ other }) => other);
}

const SELVES: readonly IdentityKind[] = ['user', 'player'];
const CLIENTS: readonly IdentityKind[] = ['client'];
const CLICKS: readonly IdentityKind[] = ['click'];

/** A link as far as what it joins. */
export type LinkEnds = Pick<IdentityLinkFact, 'brand' | 'left_kind' | 'left_id' | 'right_kind' | 'right_id'>;

/** What a link joins. */
export function endsOf(link: LinkEnds): [Identity, Identity] {
  return [
    { brand: link.brand, kind: link.left_kind, id: link.left_id },
    { brand: link.brand, kind: link.right_kind, id: link.right_id },
  ];
}
