import { instantToMicros } from '#libs/events';
import type { Step } from '../journeys.js';

/**
 * Shares out a conversion among the touches that led to it.
 * @param steps the earliest first, at least one
 * @returns a weight for each; only their ratios count, and at least one is above 0
 */
export type AttributionModel = (steps: readonly Step[]) => bigint[];

const HALF_LIFE_MICROS = 7n * 24n * 60n * 60n * 1_000_000n;
/** A weight of 1 as a whole number. */
const ONE = 10n ** 18n;
const LN_2 = 693_147_180_559_945_309n;
/** So many terms of e^-x tell it to the last digit of `ONE` where x is below ln 2. */
const TERMS = 18n;

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

/** A touch weighs half as much as one that is seven days later; the last one weighs 1. */
const timeDecay: AttributionModel = (steps) => {
  const last = instantToMicros(steps.at(-1)!.at);
  return steps.map(({ at }) => halved(last - instantToMicros(at)));
};

/**
 * 2^-(age / half-life) in units of 10^-18, at least one. Whole numbers alone, each division rounded down, so that
 * PostgreSQL finds the same to the last digit (`tributary.attribution`): powers of floating-point numbers differ.
 */
function halved(ageMicros: bigint): bigint {
  const x = (LN_2 * (ageMicros % HALF_LIFE_MICROS)) / HALF_LIFE_MICROS;
  let kept = ONE;
  for (let n = TERMS; n > 0n; n--) kept = ONE - (x * kept) / (n * ONE);
  const weight = kept >> (ageMicros / HALF_LIFE_MICROS);
  return weight > 0n ? weight : 1n;
}

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
