import {
  hashParts,
  instantToMicros,
  versionNumber,
  type CanonicalEvent,
  type ClickEvent,
  type Instant,
  type Touch,
  type TouchpointEvent,
} from '#libs/events';
import { bestFirst, type Identity, type Link, type Member, type Name } from './identity.js';
import { greatest, groupsBy, least, leastBy, sortedBy } from './order.js';

const LOOK_BACK_MICROS = 30n * 24n * 60n * 60n * 1_000_000n;

/** One contact with marketing: of all that was told of it the greatest version, of this the earliest; and when it was
 * first heard of. */
export interface KnownTouch {
  event: TouchpointEvent;
  first_received_at: Instant;
}

/** A conversion as its facts have it. */
export interface Destination {
  player_id: string | null;
  user_id: string | null;
  client_id: string | null;
  /** The click that it names itself. */
  click_id: string | null;
  occurred_at: Instant;
}

/** The columns of a conversion that come from its journey. */
export interface Journey {
  click_id: string | null;
  first: Touch | null;
  last: Touch | null;
  sub_ids: Record<string, string>;
  attributed: boolean;
  /** When the last of what counts was heard of: of a touch itself, and that it is part of the journey. */
  received_at: Instant | null;
}

/** The touches of one brand. */
export function touchesOf(events: readonly CanonicalEvent[]): KnownTouch[] {
  const told = events.flatMap((e) =>
    e.kind === 'touchpoint' ? [e] : e.kind === 'click' ? [touchOf(e)] : [],
  );
  return groupsBy(told, (e) => e.touch_id).map((tellings) => ({
    event: leastBy(tellings, (e) => [
      e.version === undefined ? 1 : 0,
      e.version === undefined ? 0n : -versionNumber(e.version),
      ...[e.occurred_at, e.event_id, e.receipt_id ?? ''],
    ]),
    first_received_at: least(tellings.map((e) => e.received_at)),
  }));
}

/** A click is a touch, whether or not that is told as well. */
function touchOf({ version: _ofClick, ...click }: ClickEvent): TouchpointEvent {
  return {
    ...click,
    kind: 'touchpoint',
    touch_id: click.click_id,
    event_id: hashParts([click.event_id, 'touchpoint']),
  };
}

/**
 * How a conversion came about.
 * @param through by what its player was found, where no source names it
 */
export function journeyTo(
  c: Destination,
  through: Name | null,
  identity: Identity,
  touches: readonly KnownTouch[],
): Journey {
  const person = c.player_id === null ? [] : identity.personOf(c.player_id);
  const own = ownOf(c);
  const ofOwn = own.flatMap((name) => identity.linksTo(name, 'click'));
  const parts: Member[] = [
    ...person,
    ...own.map((name) => ({ ...name, joined_at: '' })),
    ...ofOwn.map((l) => ({ kind: 'click' as const, id: l.ends.click!, joined_at: l.first_received_at })),
    ...(c.click_id === null ? [] : [{ kind: 'click' as const, id: c.click_id, joined_at: '' }]),
  ];

  const counted = touches
    .map((touch) => ({ ...touch, at: timeOf(touch.event, c), by: parts.filter((p) => isOf(touch.event, p)) }))
    .filter(({ at, by }) => by.length > 0 && at <= c.occurred_at && isInLookBack(at, c.occurred_at));
  const inOrder = sortedBy(counted, ({ at, event }) => [at, event.touch_id]);

  const owner = c.click_id === null ? ownerClickOf(c, person, identity) : null;
  const click_id = c.click_id ?? owner?.ends.click ?? null;
  const ofClick = sortedBy(
    touches.filter(({ event }) => click_id !== null && event.click_id === click_id),
    ({ event }) => [event.occurred_at, event.touch_id],
  )[0];

  const sinceWhen = (name: Name): Instant => person.find((m) => isSame(m, name))?.joined_at ?? '';
  const heard = greatest([
    '',
    ...counted.map((touch) => touch.first_received_at),
    ...counted.map(({ by }) => least(by.map((part) => part.joined_at))),
    ofClick?.first_received_at ?? '',
    owner === null
      ? ''
      : c.player_id === null
        ? owner.first_received_at
        : sinceWhen({ kind: 'click', id: owner.ends.click! }),
    through === null ? '' : sinceWhen(through),
  ]);

  return {
    click_id,
    first: columnsOf(inOrder[0]?.event),
    last: columnsOf(inOrder.at(-1)?.event),
    sub_ids: ofClick?.event.sub_ids ?? {},
    attributed: ofClick !== undefined,
    received_at: heard === '' ? null : heard,
  };
}

/** The user and the client that a conversion names itself. */
function ownOf({ user_id, client_id }: Destination): Name[] {
  return [
    ...(user_id === null ? [] : [{ kind: 'user' as const, id: user_id }]),
    ...(client_id === null ? [] : [{ kind: 'client' as const, id: client_id }]),
  ];
}

function isOf(touch: TouchpointEvent, { kind, id }: Name): boolean {
  return touch[`${kind}_id`] === id;
}

function isSame(a: Name, b: Name): boolean {
  return a.kind === b.kind && a.id === b.id;
}

/** The named click came before its conversion, whatever the clocks say. */
function timeOf(touch: TouchpointEvent, c: Destination): Instant {
  const isNamed = touch.click_id !== undefined && touch.click_id === c.click_id;
  return isNamed && touch.occurred_at > c.occurred_at ? c.occurred_at : touch.occurred_at;
}

function isInLookBack(at: Instant, until: Instant): boolean {
  return instantToMicros(at) >= instantToMicros(until) - LOOK_BACK_MICROS;
}

/** The link to the click of a conversion that names none: its player's own best, else the best of the same person; of a
 * conversion without a player its user's best, else its client's. */
function ownerClickOf(c: Destination, person: readonly Member[], identity: Identity): Link | null {
  const bestOf = (names: readonly Name[]): Link | undefined =>
    bestFirst(names.flatMap((name) => identity.linksTo(name, 'click')))[0];
  const ways =
    c.player_id === null
      ? ownOf(c).map((own) => [own])
      : [
          person.filter((m) => isSame(m, { kind: 'player', id: c.player_id! })),
          person.filter((m) => m.kind !== 'click'),
        ];
  return ways.map(bestOf).find((link) => link !== undefined) ?? null;
}

function columnsOf(touch: TouchpointEvent | undefined): Touch | null {
  if (touch === undefined) return null;
  const { occurred_at, utm, click_id } = touch;
  return {
    at: occurred_at,
    source: utm?.['source'] ?? null,
    medium: utm?.['medium'] ?? null,
    campaign: utm?.['campaign'] ?? null,
    click_id: click_id ?? null,
  };
}
