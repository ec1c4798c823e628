import { DateTime } from 'luxon';
import sax from 'sax';
import { RateCollector, type ReadRates } from './published-rates.js';

/**
 * Rates as the ECB publishes them as XML (`eurofxref-daily.xml`, `-hist-90d.xml`, `-hist.xml`): in an envelope, a `Cube` with a
 * `time` for each day, and in it one with `currency` and `rate` for each currency.
 * https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/
 */
export function readEcbXml(text: string): ReadRates {
  const collector = new RateCollector();
  const parser = sax.parser(true, {});
  let day: string | undefined;
  let isBroken = false;
  parser.onerror = (error) => {
    if (!isBroken) collector.wrong(parser.line + 1, `must be XML: ${error.message.split('\n')[0]}`);
    isBroken = true;
    parser.resume();
  };
  parser.onopentag = ({ name, attributes }) => {
    const { time, currency, rate } = attributes as Record<string, string | undefined>;
    if (name.replace(/^.*:/, '') !== 'Cube' || isBroken) return;
    const line = parser.line + 1;
    if (time !== undefined) {
      const isDay = /^\d{4}-\d{2}-\d{2}$/.test(time) && DateTime.fromISO(time, { zone: 'utc' }).isValid;
      day = isDay ? time : undefined;
      if (!isDay) collector.wrong(line, 'time must be a day, as 2026-11-20');
    }
    if (currency === undefined && rate === undefined) return;
    if (currency === undefined || rate === undefined)
      collector.wrong(line, 'must have both currency and rate');
    else if (day === undefined) collector.wrong(line, 'must stand in a Cube with a day as time');
    else collector.add(line, day, currency, rate);
  };
  parser.write(text).close();
  return collector.end();
}
