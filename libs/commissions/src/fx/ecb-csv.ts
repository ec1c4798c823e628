import { CsvError, parse } from 'csv-parse/sync';
import { DateTime } from 'luxon';
import { RateCollector, type ReadRates } from './published-rates.js';

/**
 * Rates as the ECB publishes them as CSV: `eurofxref-hist.csv` (days as `2026-11-20`) and `eurofxref.csv` (the last day, as
 * `20 November 2026`). A column a currency, `N/A` where none was published, a comma at the end of each line.
 * https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/
 */
export function readEcbCsv(text: string): ReadRates {
  const collector = new RateCollector();
  let rows: { record: string[]; info: { lines: number } }[];
  try {
    rows = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    collector.wrong(Number(error['lines'] ?? 1), 'must be CSV');
    return collector.end();
  }
  const [head, ...days] = rows;
  const [first, ...currencies] = withoutLast(head?.record ?? []);
  if (first !== 'Date' || currencies.length === 0) {
    collector.wrong(1, 'must begin with Date and currencies: Date, USD, JPY, …');
    return collector.end();
  }
  for (const { record, info } of days) {
    const [written = '', ...rates] = withoutLast(record);
    const day = dayOf(written);
    if (day === undefined)
      collector.wrong(info.lines, 'must begin with a day, as 2026-11-20 or 20 November 2026');
    else if (rates.length !== currencies.length) {
      collector.wrong(
        info.lines,
        `must have ${currencies.length} rates, as the first line says, and has ${rates.length}`,
      );
    } else {
      for (const [i, rate] of rates.entries()) {
        if (rate !== 'N/A') collector.add(info.lines, day, currencies[i]!, rate);
      }
    }
  }
  return collector.end();
}

/** Without the empty cell behind the comma at the end. */
function withoutLast(record: string[]): string[] {
  return record.at(-1) === '' ? record.slice(0, -1) : record;
}

function dayOf(written: string): string | undefined {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(written)
    ? DateTime.fromISO(written, { zone: 'utc' })
    : DateTime.fromFormat(written, 'd MMMM yyyy', { zone: 'utc', locale: 'en' });
  return day.toISODate() ?? undefined;
}
