import { instantToMicros, type Instant } from '#libs/events';
import type { Step } from '../journeys.js';

/**
 * Shares out a conversion among the touches that led to it.
 * @param steps the earliest first, at least one
 * @returns a weight for each; only their ratios count, and at least one is above 0
 */
export type AttributionModel = (steps: readonly Step[], occurredAt: Instant) => bigint[];

const HALF_LIFE_MICROS = 7 * 24 * 60 * 60 * 1_000_000;
/** A weight of 1 as a whole number; 2^53 keeps every digit that a double has. */
const ONE = 2 ** 53;

const onlyAt = (steps: readonly Step[], index: number): bigint[] =>
  steps.map((_, i) => (i === index ? 1n : 0n));

/** All to the last touch that came from somewhere; to the last at all where none did. */
const lastNonDirect: AttributionModel = (steps) => {
  const last = steps.findLastIndex(({ touch }) => !isDirect(touch.utm_source));
  return onlyAt(steps, last === -1 ? steps.length - 1 : last);
};

/** 40 % to the first, 40 % to the last, 20 % to those between in equal parts; halves where there are two. */
const position: AttributionModel = (steps) => {
  const between = BigInt(steps.length - 2);
  if (between <= 0n) return steps.map(() => 1n);
  return steps.map((_, i) => (i === 0 || i === steps.length - 1 ? 2n * between : 1n));
};

/** A touch weighs half as much as one that is seven days later. */
const timeDecay: AttributionModel = (steps, occurredAt) =>
  steps.map(({ at }) => {
    const ageMicros = Number(instantToMicros(occurredAt) - instantToMicros(at));
    return BigInt(Math.max(1, Math.round(ONE * 2 ** (-ageMicros / HALF_LIFE_MICROS))));
  });

/** Every model by its name. */
export const ATTRIBUTION_MODELS = {
  first_touch: (steps) => onlyAt(steps, 0),
  last_touch: (steps) => onlyAt(steps, steps.length - 1),
  last_non_direct: lastNonDirect,
  linear: (steps) => steps.map(() => 1n),
  position,
  time_decay: timeDecay,
} satisfies Record<string, AttributionModel>;

export type AttributionModelName = keyof typeof ATTRIBUTION_MODELS;

/** A visit without a known source, as browsers and GA4 name it. */
function isDirect(source: string | null): boolean {
  return source === null || /^\(?direct\)?$/i.test(source);
}
