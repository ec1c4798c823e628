import {
  ATTRIBUTION_MODELS,
  CONVERSION_SCALE,
  shareOut,
  type AttributionModelName,
  type Step,
} from '#apps/attribution';
import { amountOfUnits, type ConversionRow } from '#libs/events';
import { columns } from '../print.js';
import { money, origin, section } from './text.js';

/** What every model gives a touch of the conversion. Of each model all touches together have the whole. */
export interface CreditStory {
  touch_id: string;
  /** How it is called in the table: its number in the journey, and where it came from. */
  name: string;
  /** Of the net amount where the conversion has one, else of the conversion itself, which is 1. */
  credits: Record<AttributionModelName, string>;
}

/** A row as far as its credits need it. */
type Earned = Pick<ConversionRow, 'net_amount' | 'currency' | 'status'>;

const MODELS = Object.keys(ATTRIBUTION_MODELS) as AttributionModelName[];

/** @param steps the journey to the conversion, the earliest first; without any nobody earns it */
export function creditStories(row: Earned, steps: readonly Step[]): CreditStory[] {
  if (steps.length === 0) return [];
  const shares = MODELS.map((model) => [model, shareOut(row, steps, model)] as const);
  return steps.map(({ touch }, i) => ({
    touch_id: touch.touch_id,
    name: `${i + 1}. ${touch.utm_source ?? origin(touch)}`,
    credits: Object.fromEntries(
      shares.map(([model, credits]) => {
        const { count, amount } = credits[i]!;
        return [model, amount ?? amountOfUnits(count, CONVERSION_SCALE)];
      }),
    ) as CreditStory['credits'],
  }));
}

/** A table, touch by model. */
export function tellCredits(row: Earned, credits: readonly CreditStory[]): string | undefined {
  if (credits.length === 0) return undefined;
  if (row.net_amount === '0')
    return section('Who earned it', ['Nobody earns anything: its net amount is 0.']);
  const net = money({ amount: row.net_amount, currency: row.currency });
  const whole = net === undefined ? 'the conversion (1)' : `the net amount of ${net}`;
  const note =
    row.status === 'approved'
      ? undefined
      : `"tributary attribution" counts approved conversions only: this one is ${row.status}.`;
  return section(`Who earned it: each model shares out ${whole}`, [
    columns(
      ['touch', ...MODELS],
      credits.map((c) => [c.name, ...MODELS.map((model) => c.credits[model])]),
      `l${'r'.repeat(MODELS.length)}`,
    ),
    note,
  ]);
}
