import { compareBytes, type Identity, type JourneyTouch } from '#libs/database';
import { instantDaysBefore, type Instant, type Touch } from '#libs/events';
import {
  identityKey,
  keyed,
  type FoundPlayer,
  type IdentityGraph,
  type KeyedIdentity,
} from './identity-graph.js';

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

/** Something whose touches are part of a journey, and since when that is known. */
interface Part {
  identity: KeyedIdentity;
  joinedAt: Instant;
}

/** A touch on the way to a conversion. */
export interface Step {
  touch: JourneyTouch;
  /** Its time; the conversion's where the click that the conversion itself names has a clock that is ahead. */
  at: Instant;
}

/** Who touched what, in the order in which it happened: answers from the facts of one recomputation. */
export class Journeys {
  private readonly touches = new Map<string, JourneyTouch[]>();

  /** @param lookBackDays by brand, where it is not the default */
  constructor(
    private readonly graph: IdentityGraph,
    touches: readonly JourneyTouch[],
    private readonly lookBackDays: ReadonlyMap<string, number> = new Map(),
  ) {
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
  playerOf(c: Omit<Destination, 'player_id' | 'occurred_at'>): FoundPlayer | null {
    for (const kind of ['user', 'click', 'client'] as const) {
      const id = c[`${kind}_id`];
      if (id === null) continue;
      const through: Identity = { brand: c.brand, kind, id };
      const playerId = this.graph.playerOf(through);
      if (playerId !== null) return { playerId, through };
    }
    return null;
  }

  /** How far before a conversion of a brand a touch may lie, days of 24 hours. */
  lookBackDaysOf(brand: string): number {
    return this.lookBackDays.get(brand) ?? DEFAULT_LOOK_BACK_DAYS;
  }

  /**
   * The touches of a conversion's person and of what it names itself that lie before it and inside the look-back, the
   * earliest first. The click that it names counts even where its clock runs behind the click's.
   * @param lookBackDays without it as far as the brand says
   */
  stepsTo(c: Destination, lookBackDays?: number): Step[] {
    return this.stepsAmong(c, lookBackDays).map(({ step }) => step);
  }

  /**
   * What a conversion's journey says of it.
   * @param through by what its player was found where it names none
   */
  journeyTo(c: Destination, through?: Identity): Journey {
    const steps = this.stepsAmong(c);
    const click = c.click_id !== null ? { id: c.click_id, joinedAt: '' } : this.ownClickOf(c);
    const touch =
      click === null
        ? undefined
        : this.touchesOf(identityKey({ brand: c.brand, kind: 'click', id: click.id }))[0];
    let receivedAt: Instant = touch?.first_received_at ?? '';
    const count = (at: Instant): void => {
      if (at > receivedAt) receivedAt = at;
    };
    for (const { step, joinedAt } of steps) {
      count(step.touch.first_received_at);
      count(joinedAt);
    }
    if (click) count(click.joinedAt);
    if (through && c.player_id !== null) count(this.joinedAt(c.brand, c.player_id, through));
    return {
      first: touchOf(steps[0]?.step.touch),
      last: touchOf(steps.at(-1)?.step.touch),
      clickId: click?.id ?? null,
      click: touch,
      receivedAt: receivedAt === '' ? undefined : receivedAt,
    };
  }

  /** Everything whose touches are part of the conversion's journey, and when that was first known. */
  private partsOf(c: Destination): Map<string, Part> {
    const parts = new Map<string, Part>();
    const add = (identity: KeyedIdentity, joinedAt: Instant): void => {
      const before = parts.get(identity.key);
      if (before === undefined || joinedAt < before.joinedAt) parts.set(identity.key, { identity, joinedAt });
    };
    if (c.click_id !== null) add(keyed({ brand: c.brand, kind: 'click', id: c.click_id }), '');
    for (const own of ownOf(c)) {
      add(own, '');
      for (const { link, other } of this.graph.tiesOf(own.key)) {
        if (other.kind === 'click') add(other, link.first_received_at);
      }
    }
    if (c.player_id !== null) {
      const { selves, clients, clicks, joinedAt } = this.graph.personOf(c.brand, c.player_id);
      for (const members of [selves, clients, clicks]) {
        for (const member of members) add(member, joinedAt.get(member.key)!);
      }
    }
    return parts;
  }

  private stepsAmong(c: Destination, lookBackDays?: number): { step: Step; joinedAt: Instant }[] {
    const until = c.occurred_at;
    const days = lookBackDays ?? this.lookBackDaysOf(c.brand);
    const since = instantDaysBefore(until, days);
    const steps = new Map<string, { step: Step; joinedAt: Instant }>();
    for (const { identity, joinedAt } of this.partsOf(c).values()) {
      const touches = this.touchesOf(identity.key);
      const isNamed = identity.kind === 'click' && identity.id === c.click_id;
      for (let i = firstFrom(touches, since); i < touches.length; i++) {
        const touch = touches[i]!;
        const isAhead = touch.occurred_at > until;
        if (isAhead && !isNamed) break;
        const before = steps.get(touch.touch_id);
        if (before !== undefined && before.joinedAt <= joinedAt) continue;
        // The click that is named counts as of the conversion, and so does the touch however else it is found
        const at = isAhead ? until : touch.occurred_at;
        steps.set(touch.touch_id, { step: { touch, at }, joinedAt });
      }
    }
    return [...steps.values()].sort(
      (a, b) =>
        compareBytes(a.step.at, b.step.at) || compareBytes(a.step.touch.touch_id, b.step.touch.touch_id),
    );
  }

  private joinedAt(brand: string, playerId: string, identity: Identity): Instant {
    return this.graph.personOf(brand, playerId).joinedAt.get(identityKey(identity)) ?? '';
  }

  /** The click of a conversion that names none: its player's, else its user's, else its client's. */
  private ownClickOf(c: Destination): { id: string; joinedAt: Instant } | null {
    if (c.player_id !== null) {
      const id = this.graph.ownerClickOf(c.brand, c.player_id);
      if (id === null) return null;
      return { id, joinedAt: this.joinedAt(c.brand, c.player_id, { brand: c.brand, kind: 'click', id }) };
    }
    for (const own of ownOf(c)) {
      const tie = this.graph.tiesOf(own.key).find(({ other }) => other.kind === 'click');
      if (tie) return { id: tie.other.id, joinedAt: tie.link.first_received_at };
    }
    return null;
  }

  /** By `identityKey`. */
  private touchesOf(key: string): readonly JourneyTouch[] {
    return this.touches.get(key) ?? [];
  }
}

/** The user and the client that a conversion names itself. */
function ownOf({ brand, user_id, client_id }: Destination): KeyedIdentity[] {
  const own: KeyedIdentity[] = [];
  if (user_id !== null) own.push(keyed({ brand, kind: 'user', id: user_id }));
  if (client_id !== null) own.push(keyed({ brand, kind: 'client', id: client_id }));
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
