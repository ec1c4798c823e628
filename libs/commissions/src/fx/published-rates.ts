import { parseAmount } from '#libs/events';
import type { FxRate } from '../fx-factors.js';

/** What a line breaks. */
export interface WrongRate {
  /** From 1. */
  line: number;
  rule: string;
}

/** The rates of a file, or all that is wrong with it. */
export type ReadRates = { rates: FxRate[] } | { problems: WrongRate[] };

/** The ECB's rates are of one euro. */
const BASE = 'EUR';

/** Collects the rates of a file, and what is wrong with them. */
export class RateCollector {
  private readonly rates = new Map<string, FxRate>();
  private readonly problems: WrongRate[] = [];

  /** @param day as `dayOf` gives it */
  add(line: number, day: string, currency: string, written: string): void {
    const rate = parseAmount(written);
    const key = `${currency} ${day}`;
    if (!/^[A-Z]{3}$/.test(currency)) this.wrong(line, 'a currency must be three capital letters');
    else if (currency === BASE)
      this.wrong(line, `there is no rate of ${BASE}: the others are of one ${BASE}`);
    else if (rate === undefined || rate === '0' || rate.startsWith('-')) {
      this.wrong(line, `the rate of ${currency} must be a plain decimal above 0`);
    } else if (this.rates.has(key)) this.wrong(line, `the rate of ${currency} for ${day} is there twice`);
    else this.rates.set(key, { base: BASE, quote: currency, day, rate });
  }

  wrong(line: number, rule: string): void {
    this.problems.push({ line, rule });
  }

  end(): ReadRates {
    if (this.problems.length === 0 && this.rates.size === 0) this.wrong(1, 'the file must have rates');
    return this.problems.length > 0 ? { problems: this.problems } : { rates: [...this.rates.values()] };
  }
}
