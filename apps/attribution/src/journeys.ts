import { compareBytes, type BrandedId, type IdentityLinkFact, type JourneyTouch } from '#libs/database';
import { instantToMicros, type Instant, type Touch } from '#libs/events';

const DAY_MICROS = 24n * 60n * 60n * 1_000_000n;
/** How far before a conversion a touch may lie and still count. */
const LOOK_BACK_DAYS = 30;

/** One key for a brand's player or click. */
export const brandedKey = (brand: string, id: string): string => `${brand}\0${id}`;

/** Each once. */
export function distinctIds(all: readonly BrandedId[]): BrandedId[] {
  return [...new Map(all.map((i) => [brandedKey(i.brand, i.id), i])).values()];
}

/** What a conversion's journey says of it. */
export interface Journey {
  first: Touch | null;
  last: Touch | null;
  /** The click the conversion belongs to, named by itself or through its player. */
  clickId: string | null;
  /** That click, where it is known. */
  click: JourneyTouch | undefined;
  /** When the latest of the touches and links that were looked at was received; undefined: there were none. */
  receivedAt: Instant | undefined;
}

/** A conversion whose journey is asked for. */
export interface Destination {
  brand: string;
  player_id: string | null;
  /** The click that it names itself. */
  click_id: string | null;
  occurred_at: Instant;
}

/** A touch on the way to a conversion. */
export interface Step {
  touch: JourneyTouch;
  /** Its time; the conversion's where the click that the conversion itself names has a clock that is ahead. */
  at: Instant;
}

/** Who belongs to which click, and what touched them: answers from the facts of one recomputation. */
export class Journeys {
  private readonly linksByPlayer = new Map<string, IdentityLinkFact[]>();
  private readonly linksByClick = new Map<string, IdentityLinkFact[]>();
  private readonly touchesByClick = new Map<string, JourneyTouch[]>();
  private readonly touchesByPlayer = new Map<string, JourneyTouch[]>();

  constructor(links: readonly IdentityLinkFact[], touches: readonly JourneyTouch[]) {
    for (const link of links) {
      push(this.linksByPlayer, brandedKey(link.brand, link.player_id), link);
      push(this.linksByClick, brandedKey(link.brand, link.click_id), link);
    }
    const inOrder = [...touches].sort(
      (a, b) => compareBytes(a.occurred_at, b.occurred_at) || compareBytes(a.touch_id, b.touch_id),
    );
    for (const touch of inOrder) {
      if (touch.click_id !== null) push(this.touchesByClick, brandedKey(touch.brand, touch.click_id), touch);
      if (touch.player_id !== null)
        push(this.touchesByPlayer, brandedKey(touch.brand, touch.player_id), touch);
    }
  }

  /** The player whom a click brought: the earliest to register with it, else the earliest to be seen with it. */
  playerOf(brand: string, clickId: string): string | null {
    const links = this.linksByClick.get(brandedKey(brand, clickId)) ?? [];
    return (
      links.reduce<IdentityLinkFact | null>((a, b) => (a && compareLinks(a, b) <= 0 ? a : b), null)
        ?.player_id ?? null
    );
  }

  /** The click that owns a player: the earliest registered with, else the earliest seen with. */
  ownerClickOf(brand: string, playerId: string): string | null {
    const links = this.linksByPlayer.get(brandedKey(brand, playerId)) ?? [];
    return (
      links.reduce<IdentityLinkFact | null>((a, b) => (a && compareLinks(a, b) <= 0 ? a : b), null)
        ?.click_id ?? null
    );
  }

  /** Clicks that are linked to a player. */
  clicksOf(player: BrandedId): BrandedId[] {
    const links = this.linksByPlayer.get(brandedKey(player.brand, player.id)) ?? [];
    return links.map((l) => ({ brand: l.brand, id: l.click_id }));
  }

  /** Players that are linked to a click. */
  playersOf(click: BrandedId): BrandedId[] {
    const links = this.linksByClick.get(brandedKey(click.brand, click.id)) ?? [];
    return links.map((l) => ({ brand: l.brand, id: l.player_id }));
  }

  /**
   * The touches of a conversion's own click and of its player that lie before it and inside the look-back, the
   * earliest first. The click that it names itself counts even where its clock runs behind the click's.
   */
  stepsTo(c: Destination, lookBackDays = LOOK_BACK_DAYS): Step[] {
    const candidates = new Map<string, JourneyTouch>();
    const gather = (touches: JourneyTouch[] = []): void =>
      touches.forEach((t) => candidates.set(t.touch_id, t));
    if (c.click_id !== null) gather(this.touchesByClick.get(brandedKey(c.brand, c.click_id)));
    for (const link of this.linksOf(c)) gather(this.touchesByClick.get(brandedKey(c.brand, link.click_id)));
    if (c.player_id !== null) gather(this.touchesByPlayer.get(brandedKey(c.brand, c.player_id)));

    const until = c.occurred_at;
    const since = instantToMicros(until) - BigInt(lookBackDays) * DAY_MICROS;
    return [...candidates.values()]
      .map((touch) => ({ touch, at: isAhead(touch, c) ? until : touch.occurred_at }))
      .filter(({ at }) => at <= until && instantToMicros(at) >= since)
      .sort((a, b) => compareBytes(a.at, b.at) || compareBytes(a.touch.touch_id, b.touch.touch_id));
  }

  /** What a conversion's journey says of it. */
  journeyTo(c: Destination): Journey {
    const links = this.linksOf(c);
    const steps = this.stepsTo(c);
    const clickId = c.click_id ?? (c.player_id === null ? null : this.ownerClickOf(c.brand, c.player_id));
    const click = clickId === null ? undefined : this.touchesByClick.get(brandedKey(c.brand, clickId))?.[0];
    return {
      first: touchOf(steps[0]?.touch),
      last: touchOf(steps.at(-1)?.touch),
      clickId,
      click,
      receivedAt: latest(
        [...steps.map(({ touch }) => touch), ...links, ...(click ? [click] : [])].map(
          (x) => x.first_received_at,
        ),
      ),
    };
  }

  private linksOf({ brand, player_id }: Destination): IdentityLinkFact[] {
    return player_id === null ? [] : (this.linksByPlayer.get(brandedKey(brand, player_id)) ?? []);
  }
}

/** Whether it is the click that the conversion itself names, by a clock that is ahead of the conversion's. */
function isAhead(touch: JourneyTouch, { click_id, occurred_at }: Destination): boolean {
  return touch.click_id !== null && touch.click_id === click_id && touch.occurred_at > occurred_at;
}

/** Registration first, then time, then ids: total. */
function compareLinks(a: IdentityLinkFact, b: IdentityLinkFact): number {
  return (
    Number(a.registered_at === null) - Number(b.registered_at === null) ||
    compareBytes(a.registered_at ?? a.occurred_at, b.registered_at ?? b.occurred_at) ||
    compareBytes(a.click_id, b.click_id) ||
    compareBytes(a.player_id, b.player_id)
  );
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

function latest(instants: Instant[]): Instant | undefined {
  return instants.reduce<Instant | undefined>((a, b) => (a !== undefined && a > b ? a : b), undefined);
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const there = map.get(key);
  if (there) there.push(value);
  else map.set(key, [value]);
}
