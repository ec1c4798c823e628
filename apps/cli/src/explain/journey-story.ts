import type { Destination, Journeys, Step } from '#apps/attribution';
import { instantDaysBefore, type Instant } from '#libs/events';
import { at, item, origin, section } from './text.js';

/** The touches on the way to a conversion, and those of the same person that do not count. */
export interface JourneyStory {
  look_back_days: number;
  /** The earliest first. */
  touches: TouchStory[];
  left_out: (TouchStory & { because: string })[];
}

/** A contact with marketing. */
export interface TouchStory {
  touch_id: string;
  click_id: string | null;
  client_id: string | null;
  user_id: string | null;
  player_id: string | null;
  occurred_at: Instant;
  /** When it counts: at the conversion where its clock is ahead, and the conversion names its click. */
  at: Instant;
  utm_source: string | null;
  utm_medium: string | null;
  utm_campaign: string | null;
  /** Who told of it; null where it is not known any more. */
  source: string | null;
}

const LAST = '9999-12-31T23:59:59.999999Z';
/** From the year 9999 back to the first that can be told. */
const ALL_DAYS = 3_700_000;

/** @param sourceOf who told of a touch, by its id */
export function journeyStory(
  journeys: Journeys,
  destination: Destination,
  sourceOf: ReadonlyMap<string, string>,
): JourneyStory {
  const steps = journeys.stepsTo(destination);
  const counted = new Set(steps.map((s) => s.touch.touch_id));
  const days = journeys.lookBackDaysOf(destination.brand);
  const story = (s: Step): TouchStory => touchStory(s, sourceOf.get(s.touch.touch_id) ?? null);
  const all = journeys.stepsTo({ ...destination, occurred_at: LAST }, ALL_DAYS);
  return {
    look_back_days: days,
    touches: steps.map(story),
    left_out: all
      .filter((s) => !counted.has(s.touch.touch_id))
      .map((s) => ({ ...story(s), because: whyLeftOut(s.touch, destination, days) })),
  };
}

function touchStory({ touch, at }: Step, source: string | null): TouchStory {
  const { touch_id, click_id, client_id, user_id, player_id, occurred_at } = touch;
  const { utm_source, utm_medium, utm_campaign } = touch;
  return {
    ...{ touch_id, click_id, client_id, user_id, player_id, occurred_at, at },
    ...{ utm_source, utm_medium, utm_campaign, source },
  };
}

function whyLeftOut(touch: { occurred_at: Instant }, c: Destination, days: number): string {
  return touch.occurred_at < instantDaysBefore(c.occurred_at, days)
    ? `more than ${days} days before the conversion`
    : 'after the conversion';
}

/** The journey in its order, numbered as in the table of credits; then what is left out of it. */
export function tellJourney(j: JourneyStory): string {
  const heading = `The journey: touches of its person in the ${j.look_back_days} days before it`;
  if (j.touches.length + j.left_out.length === 0) return section(heading, ['None is known.']);
  return section(heading, [
    ...(j.touches.length === 0 ? ['None.'] : j.touches.map((t, i) => item(tellTouch(t), `${i + 1}.`))),
    ...j.left_out.map((t) => item(`left out: ${tellTouch(t)}\n${t.because}`)),
  ]);
}

function tellTouch(t: TouchStory): string {
  const late = t.at === t.occurred_at ? '' : `; its clock is ahead: it counts as at the conversion`;
  const what = t.click_id === null ? `touch ${t.touch_id}` : `click ${t.click_id}`;
  const who = t.source === null ? '' : `, told by ${t.source}`;
  return `${at(t.occurred_at)}, ${origin(t)}${who}\n${what}${late}`;
}
