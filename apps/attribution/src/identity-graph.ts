import {
  IDENTITY_KINDS,
  compareLinks,
  type Identity,
  type IdentityKind,
  type IdentityLinkFact,
} from '#libs/database';

/** One key for an identity. */
export const identityKey = ({ brand, kind, id }: Identity): string => `${brand}\0${kind}\0${id}`;

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
  selves: Identity[];
  /** Browsers and devices of theirs. */
  clients: Identity[];
  /** Clicks of theirs and of their clients. */
  clicks: Identity[];
  /** The links that say so. */
  links: IdentityLinkFact[];
}

/**
 * Who is who, by the links that are known. A user id joins the players it is linked to; a click or a client, which
 * several people may have used, joins nobody.
 */
export class IdentityGraph {
  private readonly links = new Map<string, IdentityLinkFact[]>();
  private readonly persons = new Map<string, Person>();

  /** @param links each once */
  constructor(links: readonly IdentityLinkFact[]) {
    for (const link of links) {
      for (const end of endsOf(link)) {
        const key = identityKey(end);
        const there = this.links.get(key);
        if (there) there.push(link);
        else this.links.set(key, [link]);
      }
    }
    for (const some of this.links.values()) if (some.length > 1) some.sort(compareLinks);
  }

  /** Links of an identity, the one that decides first. */
  linksOf(identity: Identity): readonly IdentityLinkFact[] {
    return this.links.get(identityKey(identity)) ?? [];
  }

  /** The identities of a kind that one is linked to, by the link that decides first. */
  linkedTo(identity: Identity, kind: IdentityKind): Identity[] {
    return this.linksOf(identity)
      .map((link) => otherEnd(link, identity))
      .filter((other) => other.kind === kind);
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
    const person = this.gather({ brand, kind: 'player', id: playerId });
    this.persons.set(key, person);
    return person;
  }

  /** The click that owns a player: of the player's own links the one that decides, else of the person's. */
  ownerClickOf(brand: string, playerId: string): string | null {
    const [own] = this.linkedTo({ brand, kind: 'player', id: playerId }, 'click');
    if (own) return own.id;
    const toClicks = this.personOf(brand, playerId).links.filter((l) => l.left_kind === 'click');
    return (
      toClicks.reduce<IdentityLinkFact | null>((a, b) => (a && compareLinks(a, b) <= 0 ? a : b), null)
        ?.left_id ?? null
    );
  }

  private gather(player: Identity): Person {
    const person: Person = { selves: [player], clients: [], clicks: [], links: [] };
    const seen = new Set([identityKey(player)]);
    const seenLinks = new Set<IdentityLinkFact>();
    const follow = (from: Identity, kinds: readonly IdentityKind[]): void => {
      for (const link of this.linksOf(from)) {
        const other = otherEnd(link, from);
        if (!kinds.includes(other.kind)) continue;
        if (!seenLinks.has(link)) {
          seenLinks.add(link);
          person.links.push(link);
        }
        const key = identityKey(other);
        if (seen.has(key)) continue;
        seen.add(key);
        if (other.kind === 'click') person.clicks.push(other);
        else (other.kind === 'client' ? person.clients : person.selves).push(other);
      }
    };
    for (let i = 0; i < person.selves.length; i++) follow(person.selves[i]!, OF_SELVES);
    for (const client of person.clients) follow(client, OF_CLIENTS);
    return person;
  }
}

const OF_SELVES: readonly IdentityKind[] = ['click', 'client', 'user', 'player'];
const OF_CLIENTS: readonly IdentityKind[] = ['click'];

/** What a link joins. */
export function endsOf(link: IdentityLinkFact): [Identity, Identity] {
  return [
    { brand: link.brand, kind: link.left_kind, id: link.left_id },
    { brand: link.brand, kind: link.right_kind, id: link.right_id },
  ];
}

/** The end of a link that is not this one. */
export function otherEnd(link: IdentityLinkFact, one: Identity): Identity {
  const isLeft = link.left_kind === one.kind && link.left_id === one.id;
  return isLeft
    ? { brand: link.brand, kind: link.right_kind, id: link.right_id }
    : { brand: link.brand, kind: link.left_kind, id: link.left_id };
}
