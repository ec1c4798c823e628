import {
  readFormerTouches,
  readIdsWithin,
  readTouches,
  type Database,
  type Identity,
  type IdentityWindow,
  type JourneyTouch,
} from '#libs/database';
import { instantDaysAfter, type Instant } from '#libs/events';
import {
  endsOf,
  keyed,
  namedBy,
  type IdentityGraph,
  type KeyedIdentity,
  type LinkEnds,
} from './identity-graph.js';
import type { IdentityReader } from './identity-reader.js';
import { DEFAULT_LOOK_BACK_DAYS } from './journeys.js';

/** A touch that is new or has changed. */
export interface MovedTouch extends Pick<
  JourneyTouch,
  'brand' | 'touch_id' | 'click_id' | 'client_id' | 'user_id' | 'player_id' | 'occurred_at'
> {
  /** It was not there before; else it may have lain anywhere after `occurred_at`, and before it where `former_touches`
   * says so. */
  inserted: boolean;
}

/**
 * The conversions whose player, click or journey may look different by links and touches that are new or have changed.
 * A touch moves the conversions of its persons that come after it inside the look-back, and those that name its click;
 * a click that is linked moves those that come after its touches. Only what may change a player's own click, or joins
 * persons or devices, moves everything of theirs.
 */
export async function movedConversions(
  pool: Database['pool'],
  reader: IdentityReader,
  links: readonly LinkEnds[],
  touches: readonly MovedTouch[],
  lookBackDays: ReadonlyMap<string, number>,
): Promise<string[]> {
  if (links.length === 0 && touches.length === 0) return [];
  const moved = [...touches, ...(await formerOf(pool, touches))];
  await reader.relatedTo([...links.flatMap(endsOf), ...moved.flatMap(namedBy)]);
  const reach = new Reach(reader.graph, lookBackDays);
  const linkedClicks = links.flatMap((link) => endsOf(link).filter((end) => end.kind === 'click'));
  const touchesOf = groupByClick(await readTouches(pool, linkedClicks));
  for (const link of links) {
    reach.addLink(
      link,
      await reader.relatedTo(endsOf(link)),
      touchesOf.get(clickKey(link.brand, link.left_id)),
    );
  }
  for (const touch of moved) reach.addTouch(touch, await reader.relatedTo(namedBy(touch)));
  return readIdsWithin(pool, reach.all());
}

/** The touches as they were of those whose they are no longer. */
async function formerOf(pool: Database['pool'], touches: readonly MovedTouch[]): Promise<MovedTouch[]> {
  const changed = new Map(touches.filter((t) => !t.inserted).map((t) => [touchKey(t), t]));
  const formers = await readFormerTouches(pool, [...changed.values()]);
  return formers.map((former) => {
    const touch = changed.get(touchKey(former))!;
    const occurred_at = former.occurred_at < touch.occurred_at ? former.occurred_at : touch.occurred_at;
    return { ...touch, ...former, occurred_at };
  });
}

const touchKey = (t: { brand: string; touch_id: string }): string => `${t.brand}\0${t.touch_id}`;

/** What is reached, each identity once, by the time from the first to the last of what reaches it. */
class Reach {
  private readonly reached = new Map<string, IdentityWindow>();

  constructor(
    private readonly graph: IdentityGraph,
    private readonly lookBackDays: ReadonlyMap<string, number>,
  ) {}

  /** @param touches of the click that is linked */
  addLink(link: LinkEnds, related: readonly KeyedIdentity[], touches: readonly JourneyTouch[] = []): void {
    const ends = endsOf(link).map(keyed);
    if (link.left_kind !== 'click') return this.addAlways(related);
    this.addAlways(ends.filter((end) => end.kind !== 'player'));
    for (const player of related.filter((i) => i.kind === 'player')) {
      if (this.owns(link.left_id, player)) this.addAlways(this.membersOf(player));
      else for (const t of touches) this.addAfter(this.membersOf(player), t.occurred_at, this.untilOf(t));
    }
  }

  addTouch(touch: MovedTouch, related: readonly KeyedIdentity[]): void {
    const named = namedBy(touch)
      .filter((i) => i.kind !== 'player')
      .map(keyed);
    this.addAlways(named);
    // Whoever names a client or a user counts its clicks, whether or not it has a player
    for (const click of named.filter((i) => i.kind === 'click')) {
      this.addAlways([...this.graph.linkedTo(click, 'client'), ...this.graph.linkedTo(click, 'user')]);
    }
    const until = touch.inserted ? this.untilOf(touch) : 'infinity';
    for (const player of related.filter((i) => i.kind === 'player')) {
      if (touch.click_id !== null && this.owns(touch.click_id, player))
        this.addAlways(this.membersOf(player));
      else this.addAfter(this.membersOf(player), touch.occurred_at, until);
    }
  }

  all(): IdentityWindow[] {
    return [...this.reached.values()];
  }

  private owns(clickId: string, { brand, id }: Identity): boolean {
    return this.graph.ownerClickOf(brand, id) === clickId;
  }

  private membersOf({ brand, id }: Identity): KeyedIdentity[] {
    const { selves, clients, clicks } = this.graph.personOf(brand, id);
    return [...selves, ...clients, ...clicks];
  }

  private untilOf({ brand, occurred_at }: { brand: string; occurred_at: Instant }): Instant {
    return instantDaysAfter(occurred_at, this.lookBackDays.get(brand) ?? DEFAULT_LOOK_BACK_DAYS);
  }

  private addAlways(identities: readonly KeyedIdentity[]): void {
    this.addAfter(identities, '-infinity', 'infinity');
  }

  private addAfter(
    identities: readonly KeyedIdentity[],
    from: IdentityWindow['from'],
    to: IdentityWindow['to'],
  ): void {
    for (const identity of identities) {
      const there = this.reached.get(identity.key);
      if (!there) this.reached.set(identity.key, { identity, from, to });
      else {
        if (from < there.from) there.from = from; // '-infinity' sorts before every instant, 'infinity' after
        if (to > there.to) there.to = to;
      }
    }
  }
}

const clickKey = (brand: string, clickId: string): string => `${brand}\0${clickId}`;

function groupByClick(touches: readonly JourneyTouch[]): Map<string, JourneyTouch[]> {
  const groups = new Map<string, JourneyTouch[]>();
  for (const touch of touches) {
    const key = clickKey(touch.brand, touch.click_id!);
    const there = groups.get(key);
    if (there) there.push(touch);
    else groups.set(key, [touch]);
  }
  return groups;
}
