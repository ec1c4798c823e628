import { linesOf } from '#test/ga4-rows';

/** One row in so many is a purchase, as in a shop where few events are. */
const ROWS_PER_PURCHASE = 20;

/** Rows of the export as lines of JSON, real ones again and again; each purchase has a transaction of its own. */
export function exportLines(count: number): string[] {
  const web = linesOf('web_events_2023');
  const purchases = web.filter(isPurchase);
  const others = [
    ...web.filter((line) => !isPurchase(line)),
    ...linesOf('sample_ecommerce_2020-11-01_2020-12-15'),
  ];
  return Array.from({ length: count }, (_, i) =>
    i % ROWS_PER_PURCHASE === 0
      ? purchases[(i / ROWS_PER_PURCHASE) % purchases.length]!.replaceAll('257059', String(1_000_000 + i))
      : others[i % others.length]!,
  );
}

function isPurchase(line: string): boolean {
  return line.includes('"event_name":"purchase"');
}
