import { compareBytes } from '#libs/database';
import { MAX_SCALE, amountOfUnits, unitsOf, type Conversion, type ConversionType } from '#libs/events';
import type { Step } from '../journeys.js';
import type { AttributionModelName } from './attribution-models.js';
import { CONVERSION_SCALE, ONE_CONVERSION, shareOut } from './share-out.js';
import { compareUnits } from './split-units.js';

/** What credit is told by: where a touch came from, its campaign, or its click. */
export const CREDIT_KEYS = {
  source: ({ touch }) => touch.utm_source,
  campaign: ({ touch }) => touch.utm_campaign,
  click: ({ touch }) => touch.click_id,
} satisfies Record<string, (step: Step) => string | null>;

export type CreditKey = keyof typeof CREDIT_KEYS;

/** What one key has earned. */
export interface CreditRow {
  /** The source, campaign or click; null: the touches name none, or no touch led to the conversions. */
  key: string | null;
  /** Whether a touch led to them. */
  touched: boolean;
  type: ConversionType;
  currency: string | null;
  /** How many conversions, as a decimal: each is worth 1, shared out to the millionth. */
  conversions: string;
  /** Net amount, canonical decimal; null where the conversions have none. */
  amount: string | null;
}

interface Total {
  row: Pick<CreditRow, 'key' | 'touched' | 'type' | 'currency'>;
  conversions: bigint;
  amount: bigint;
}

/** Adds up who earned what by one model. Every total adds up exactly to the conversions it was made from. */
export class CreditReport {
  private readonly totals = new Map<string, Total>();

  constructor(
    private readonly model: AttributionModelName,
    private readonly by: CreditKey,
  ) {}

  /** @param steps the journey to the conversion, the earliest first */
  add(conversion: Conversion, steps: readonly Step[]): void {
    if (steps.length === 0) {
      return this.credit(conversion, undefined, ONE_CONVERSION, conversion.net_amount ?? '0');
    }
    for (const credit of shareOut(conversion, steps, this.model)) {
      if (credit.weight > 0n) this.credit(conversion, credit.step, credit.count, credit.amount ?? '0');
    }
  }

  /** By type and currency; the most first, conversions without a touch last. */
  rows(): CreditRow[] {
    return [...this.totals.values()]
      .sort(
        (a, b) =>
          compareBytes(a.row.type, b.row.type) ||
          compareBytes(a.row.currency ?? '', b.row.currency ?? '') ||
          Number(b.row.touched) - Number(a.row.touched) ||
          compareUnits(b.amount, a.amount) ||
          compareUnits(b.conversions, a.conversions) ||
          compareBytes(a.row.key ?? '', b.row.key ?? ''),
      )
      .map(({ row, conversions, amount }) => ({
        ...row,
        conversions: amountOfUnits(conversions, CONVERSION_SCALE),
        amount: row.currency === null ? null : amountOfUnits(amount, MAX_SCALE),
      }));
  }

  private credit(c: Conversion, step: Step | undefined, conversions: bigint, amount: string): void {
    const row = {
      key: step === undefined ? null : CREDIT_KEYS[this.by](step),
      touched: step !== undefined,
      type: c.type,
      currency: c.currency,
    };
    const id = JSON.stringify(Object.values(row));
    const total = this.totals.get(id) ?? { row, conversions: 0n, amount: 0n };
    total.conversions += conversions;
    total.amount += unitsOf(amount, MAX_SCALE);
    this.totals.set(id, total);
  }
}
