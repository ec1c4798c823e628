import { amountOfUnits, exponentOf, scaleOf, unitsOf, type Conversion } from '#libs/events';
import type { Step } from '../journeys.js';
import { ATTRIBUTION_MODELS, type AttributionModelName } from './attribution-models.js';
import { splitUnits } from './split-units.js';

/** Conversions are counted in millionths. */
export const CONVERSION_SCALE = 6;
export const ONE_CONVERSION = 10n ** BigInt(CONVERSION_SCALE);

/** What a touch earns of one conversion by one model. */
export interface Credit {
  step: Step;
  /** 0: the model gives the touch nothing. */
  weight: bigint;
  /** Millionths of the conversion. */
  count: bigint;
  /** Of the net amount, canonical decimal; null where the conversion has none. */
  amount: string | null;
}

/** Anything that can be shared out. */
type Earned = Pick<Conversion, 'net_amount' | 'currency'>;

/**
 * Shares one conversion out among the touches that led to it. Counts and amounts add up exactly to the whole.
 * @param steps the earliest first, at least one
 */
export function shareOut(conversion: Earned, steps: readonly Step[], model: AttributionModelName): Credit[] {
  const weights = ATTRIBUTION_MODELS[model](steps);
  const parts = steps.map(({ touch }, i) => ({ id: touch.touch_id, weight: weights[i]! }));
  const counts = splitUnits(ONE_CONVERSION, parts);
  const amounts = splitAmount(conversion, parts);
  return steps.map((step, i) => ({
    step,
    weight: weights[i]!,
    count: counts[i]!,
    amount: amounts?.[i] ?? null,
  }));
}

/** Shares of the net amount, none finer than the currency's smallest unit unless the amount itself is. */
function splitAmount(
  { net_amount, currency }: Earned,
  parts: readonly { id: string; weight: bigint }[],
): string[] | undefined {
  if (net_amount === null || currency === null) return undefined;
  const scale = Math.max(exponentOf(currency), scaleOf(net_amount));
  return splitUnits(unitsOf(net_amount, scale), parts).map((units) => amountOfUnits(units, scale));
}
