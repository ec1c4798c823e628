import { compareBytes, type Identity, type IdentityLinkFact, type JourneyTouch } from '#libs/database';
import { instantDaysBefore, type Instant, type Touch } from '#libs/events';
import { IdentityGraph, identityKey } from './identity-graph.js';

/** How far before a conversion a touch may lie and still count, where its brand does not say. */
export const DEFAULT_LOOK_BACK_DAYS = 30;

/** What a conversion's journey says of it. */
export interface Journey {
  first: Touch | null;
  last: Touch | null;
  /** The click the conversion belongs to, named by itself or through its person. */
  clickId: string | null;
  /** That click, where it is known. */
  click: JourneyTouch | undefined;
  /** When the latest of the touches and links that count was received; undefined: there are none. */
  receivedAt: Instant | undefined;
}

/** A conversion whose journey is asked for: who it is, and what it names itself. */
export interface Destination {
  brand: string;
  player_id: string | null;
  click_id: string | null;
  client_id: string | null;
  user_id: string | null;
  occurred_at: Instant;
}

/** A touch on the way to a conversion. */
export interface Step {
  touch: JourneyTouch;
  /** Its time; the conversion's where the click that the conversion itself names has a clock that is ahead. */
  at: Instant;
}

/** Who touched what, in the order in which it happened: answers from the facts of one recomputation. */
export class Journeys {
  private readonly graph: IdentityGraph;
  private readonly touches = new Map<string, JourneyTouch[]>();

  /** @param links each once
   * @param lookBackDays by brand, where it is not the default */
  constructor(
    links: readonly IdentityLinkFact[],
    touches: readonly JourneyTouch[],
    private readonly lookBackDays: ReadonlyMap<string, number> = new Map(),
  ) {
    this.graph = new IdentityGraph(links);
    const each = [...new Map(touches.map((t) => [`${t.brand}\0${t.touch_id}`, t])).values()];
    each.sort((a, b) => compareBytes(a.occurred_at, b.occurred_at) || compareBytes(a.touch_id, b.touch_id));
    for (const touch of each) {
      if (touch.click_id !== null) this.add(touch, 'click', touch.click_id);
      if (touch.client_id !== null) this.add(touch, 'client', touch.client_id);
      if (touch.user_id !== null) this.add(touch, 'user', touch.user_id);
      if (touch.player_id !== null) this.add(touch, 'player', touch.player_id);
    }
  }

  private add(touch: JourneyTouch, kind: Identity['kind'], id: string): void {
    const key = identityKey({ brand: touch.brand, kind, id });
    const there = this.touches.get(key);
    if (there) there.push(touch);
    else this.touches.set(key, [touch]);
  }

  /** The player of a conversion that names none: through its user, its click, its client. */
  playerOf({
    brand,
    user_id,
    click_id,
    client_id,
  }: Omit<Destination, 'player_id' | 'occurred_at'>): string | null {
    return (
      (user_id === null ? null : this.graph.playerOf({ brand, kind: 'user', id: user_id })) ??
      (click_id === null ? null : this.graph.playerOf({ brand, kind: 'click', id: click_id })) ??
      (client_id === null ? null : this.graph.playerOf({ brand, kind: 'client', id: client_id }))
    );
  }

  /**
   * The touches of a conversion's person and of what it names itself that lie before it and inside the look-back, the
   * earliest first. The click that it names counts even where its clock runs behind the click's.
   * @param lookBackDays without it as far as the brand says
   */
  stepsTo(c: Destination, lookBackDays?: number): Step[] {
    return this.stepsAmong(this.identitiesOf(c), c, lookBackDays);
  }

  /** What a conversion's journey says of it. */
  journeyTo(c: Destination): Journey {
    const links: IdentityLinkFact[] = [];
    const steps = this.stepsAmong(this.identitiesOf(c, links), c);
    const clickId = c.click_id ?? this.ownClickOf(c);
    const click =
      clickId === null ? undefined : this.touchesOf({ brand: c.brand, kind: 'click', id: clickId })[0];
    let receivedAt = click?.first_received_at;
    for (const { touch } of steps) receivedAt = later(receivedAt, touch.first_received_at);
    for (const link of links) receivedAt = later(receivedAt, link.first_received_at);
    return {
      first: touchOf(steps[0]?.touch),
      last: touchOf(steps.at(-1)?.touch),
      clickId,
      click,
      receivedAt,
    };
  }

  /**
   * Everything whose touches are part of the conversion's journey.
   * @param links is given the links that say so
   */
  private identitiesOf(c: Destination, links: IdentityLinkFact[] = []): Identity[] {
    const found: Identity[] = [];
    if (c.player_id !== null) {
      const person = this.graph.personOf(c.brand, c.player_id);
      found.push(...person.selves, ...person.clients, ...person.clicks);
      links.push(...person.links);
    }
    if (c.click_id !== null) found.push({ brand: c.brand, kind: 'click', id: c.click_id });
    for (const own of ownOf(c)) {
      found.push(own);
      for (const link of this.graph.linksOf(own)) {
        if (link.left_kind !== 'click') continue;
        found.push({ brand: c.brand, kind: 'click', id: link.left_id });
        links.push(link);
      }
    }
    return found;
  }

  private stepsAmong(identities: readonly Identity[], c: Destination, lookBackDays?: number): Step[] {
    const until = c.occurred_at;
    const days = lookBackDays ?? this.lookBackDays.get(c.brand) ?? DEFAULT_LOOK_BACK_DAYS;
    const since = instantDaysBefore(until, days);
    const steps = new Map<string, Step>();
    for (const identity of identities) {
      const touches = this.touchesOf(identity);
      for (let i = firstFrom(touches, since); i < touches.length; i++) {
        const touch = touches[i]!;
        if (touch.occurred_at <= until) steps.set(touch.touch_id, { touch, at: touch.occurred_at });
        else if (identity.kind !== 'click' || identity.id !== c.click_id) break;
        else steps.set(touch.touch_id, { touch, at: until });
      }
    }
    return [...steps.values()].sort(
      (a, b) => compareBytes(a.at, b.at) || compareBytes(a.touch.touch_id, b.touch.touch_id),
    );
  }

  /** The click of a conversion that names none: its player's, else its user's, else its client's. */
  private ownClickOf(c: Destination): string | null {
    if (c.player_id !== null) return this.graph.ownerClickOf(c.brand, c.player_id);
    for (const own of ownOf(c)) {
      const [click] = this.graph.linkedTo(own, 'click');
      if (click) return click.id;
    }
    return null;
  }

  private touchesOf(identity: Identity): readonly JourneyTouch[] {
    return this.touches.get(identityKey(identity)) ?? [];
  }
}

/** The user and the client that a conversion names itself. */
function ownOf({ brand, user_id, client_id }: Destination): Identity[] {
  const own: Identity[] = [];
  if (user_id !== null) own.push({ brand, kind: 'user', id: user_id });
  if (client_id !== null) own.push({ brand, kind: 'client', id: client_id });
  return own;
}

/** Index of the first touch at an instant or after it. */
function firstFrom(touches: readonly JourneyTouch[], since: Instant): number {
  let low = 0;
  let high = touches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (touches[middle]!.occurred_at < since) low = middle + 1;
    else high = middle;
  }
  return low;
}

function touchOf(t: JourneyTouch | undefined): Touch | null {
  if (!t) return null;
  return {
    at: t.occurred_at,
    source: t.utm_source,
    medium: t.utm_medium,
    campaign: t.utm_campaign,
    click_id: t.click_id,
  };
}

function later(a: Instant | undefined, b: Instant): Instant {
  return a !== undefined && a > b ? a : b;
}
