import { endsOf, identityKey, type Destination, type IdentityGraph } from '#apps/attribution';
import { compareLinks, type Identity, type IdentityKind, type IdentityLinkFact } from '#libs/database';
import type { Instant } from '#libs/events';
import { at, facts, item, list, reasoned, section } from './text.js';

/** Who the person behind a conversion is, and by which links. */
export interface PersonStory {
  player_id: string | null;
  players: string[];
  users: string[];
  clients: string[];
  clicks: string[];
  links: LinkStory[];
  /** The click that owns the player; null: the player has none. */
  owner_click: { click_id: string; because: string } | null;
}

/** Two ids that belong together. */
export interface LinkStory {
  left_kind: IdentityKind;
  left_id: string;
  right_kind: IdentityKind;
  right_id: string;
  /** The earliest event that carries both. */
  occurred_at: Instant;
  /** The earliest registration that does. */
  registered_at: Instant | null;
  /** When the first event that carries both was received. */
  first_received_at: Instant;
  /** Sources whose standing words carry both; an earlier word of theirs, or a link by itself, is in no table. */
  said_by: string[];
}

/** Something that names several ids at once. */
export interface Naming extends Record<`${IdentityKind}_id`, string | null> {
  brand: string;
  source: string;
}

/** @param namings the words by which it is known who said that two ids belong together */
export function personStory(
  graph: IdentityGraph,
  c: Omit<Destination, 'occurred_at'>,
  namings: readonly Naming[],
): PersonStory {
  const { brand, player_id } = c;
  const person = player_id === null ? withoutPlayer(graph, c) : membersOf(graph, brand, player_id);
  const idsOf = (all: readonly Identity[], kind: IdentityKind): string[] =>
    all.filter((i) => i.kind === kind).map((i) => i.id);
  const owner = player_id === null ? null : graph.ownerClickOf(brand, player_id);
  return {
    player_id,
    players: idsOf(person.selves, 'player'),
    users: idsOf(person.selves, 'user'),
    clients: idsOf(person.clients, 'client'),
    clicks: idsOf(person.clicks, 'click'),
    links: [...person.links].sort(compareLinks).map((link) => linkStory(link, namings)),
    owner_click:
      owner === null || player_id === null
        ? null
        : { click_id: owner, because: whyOwner(graph, brand, player_id, owner) },
  };
}

/** Whom a person consists of, and the links that say so. */
interface Members {
  selves: Identity[];
  clients: Identity[];
  clicks: Identity[];
  links: IdentityLinkFact[];
}

function membersOf(graph: IdentityGraph, brand: string, player: string): Members {
  const { selves, clients, clicks } = graph.personOf(brand, player);
  const keys = new Set([...selves, ...clients, ...clicks].map(identityKey));
  const links = [...selves, ...clients].flatMap((member) =>
    graph.linksOf(member).filter((link) => endsOf(link).every((end) => keys.has(identityKey(end)))),
  );
  return { selves, clients, clicks, links: [...new Set(links)] };
}

/** What a conversion of an unknown player is linked to: clicks of its own user and client. */
function withoutPlayer(
  graph: IdentityGraph,
  { brand, user_id, client_id, click_id }: Omit<Destination, 'occurred_at'>,
): Members {
  const selves: Identity[] = user_id === null ? [] : [{ brand, kind: 'user', id: user_id }];
  const clients: Identity[] = client_id === null ? [] : [{ brand, kind: 'client', id: client_id }];
  const links = [...selves, ...clients].flatMap((own) =>
    graph.linksOf(own).filter((l) => l.left_kind === 'click'),
  );
  const clicks = new Set([...(click_id === null ? [] : [click_id]), ...links.map((l) => l.left_id)]);
  return { selves, clients, clicks: [...clicks].map((id) => ({ brand, kind: 'click', id })), links };
}

function linkStory({ brand, ...link }: IdentityLinkFact, namings: readonly Naming[]): LinkStory {
  const { left_kind, left_id, right_kind, right_id, occurred_at, registered_at, first_received_at } = link;
  const carries = (n: Naming): boolean =>
    n.brand === brand && n[`${left_kind}_id`] === left_id && n[`${right_kind}_id`] === right_id;
  return {
    ...{ left_kind, left_id, right_kind, right_id, occurred_at, registered_at, first_received_at },
    said_by: [...new Set(namings.filter(carries).map((n) => n.source))].sort(),
  };
}

/** By which link the click owns the player: registrations go first, then what was seen first. */
function whyOwner(graph: IdentityGraph, brand: string, player: string, click: string): string {
  const own = graph.linksOf({ brand, kind: 'player', id: player }).filter((l) => l.left_kind === 'click');
  const links =
    own.length > 0 ? own : membersOf(graph, brand, player).links.filter((l) => l.left_kind === 'click');
  const link = [...links].sort(compareLinks).find((l) => l.left_id === click);
  if (!link) return 'it is the only one';
  const through =
    own.length > 0 ? '' : ` (${link.right_kind} ${link.right_id}, as no click names the player itself)`;
  const others = new Set(links.map((l) => l.left_id)).size - 1;
  const rest =
    others === 0 ? 'no other click is linked' : `${others} more ${others === 1 ? 'is' : 'are'} linked`;
  return link.registered_at === null
    ? `the first that was seen with the player, ${at(link.occurred_at)}${through}; no registration names a click; ${rest}`
    : `the player registered with it, ${at(link.registered_at)}${through}; the earliest registration decides; ${rest}`;
}

/** By which way a conversion that names no player got one. */
export function wayToPlayer({ kind, id }: Identity): string {
  return `it names no player: through its ${kind} ${id}, which the links lead to the player`;
}

/** Where the words behind `owner click` begin. */
const OWNER_COLUMN = 14;

/** Who it is, which links say so, and which click owns the player. */
export function tellPerson(p: PersonStory): string | undefined {
  const ids = (all: readonly string[]): string | undefined => (all.length === 0 ? undefined : list(all));
  const also = p.players.filter((id) => id !== p.player_id);
  if (p.player_id === null && p.links.length === 0) return undefined;
  return section(
    p.player_id === null ? 'Its person: no player is known' : `Its person: player ${p.player_id}`,
    [
      facts([
        ['also player', ids(also)],
        ['users', ids(p.users)],
        ['clients', ids(p.clients)],
        ['clicks', ids(p.clicks)],
        [
          'owner click',
          p.owner_click ? reasoned(p.owner_click.click_id, p.owner_click.because, OWNER_COLUMN) : 'none',
        ],
      ]),
      ...p.links.map((l) => item(tellLink(l))),
    ],
  );
}

function tellLink(l: LinkStory): string {
  const how = l.registered_at === null ? 'was seen with' : 'registered with';
  const who = l.said_by.length === 0 ? '' : `, said by ${list(l.said_by)}`;
  return (
    `${l.right_kind} ${l.right_id} ${how} ${l.left_kind} ${l.left_id}, ` +
    `${at(l.registered_at ?? l.occurred_at)}${who}`
  );
}
