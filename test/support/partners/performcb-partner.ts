import { serveLoopback, wholeNumber, type LoopbackPartner } from '#apps/standalone';

/** A conversion as Perform[cb] gives it, all in texts. */
export interface PerformcbConversion {
  conversion_id: string;
  /** `MM-dd-yyyy HH:mm:ss`. */
  date: string;
  [element: string]: string;
}

const DAY = /^(\d{2})-(\d{2})-(\d{4})/;

/**
 * Plays `GET /api/v2/cb_api?get=conversions`: XML by whole days, both included, from `start_row` on.
 * @see https://support.performcb.com/support/solutions/articles/4000154084-api-call-conversion-report
 */
export function playPerformcb(
  key: string,
  conversions: () => readonly PerformcbConversion[],
): Promise<LoopbackPartner> {
  return serveLoopback(({ url }) => {
    const asked = (name: string): string => url.searchParams.get(name) ?? '';
    if (url.pathname !== '/api/v2/cb_api' || asked('get') !== 'conversions') return xml(404, '');
    if (asked('api_key') !== key) return xml(200, '<success>0</success><message>Invalid key</message>');
    const [from, to] = [dayOf(asked('from_date')), dayOf(asked('to_date'))];
    const found = conversions().filter(({ date }) => dayOf(date) >= from && dayOf(date) <= to);
    const start = wholeNumber(url, 'start_row', 0);
    const rows = found.slice(start, start + wholeNumber(url, 'limit', found.length));
    return xml(
      200,
      `<success>1</success><number_of_rows>${rows.length}</number_of_rows>` +
        `<conversions>${rows.map(element).join('')}</conversions>`,
    );
  });
}

/** The day as text that sorts. */
function dayOf(date: string): string {
  const [, month, day, year] = DAY.exec(date) ?? [];
  return `${year}-${month}-${day}`;
}

function element(conversion: PerformcbConversion): string {
  const children = Object.entries(conversion).map(([name, value]) =>
    value === ''
      ? `<${name}/>`
      : `<${name}>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</${name}>`,
  );
  return `<conversion>${children.join('')}</conversion>`;
}

function xml(status: number, content: string): { status: number; type: string; body: string } {
  const root = 'conversions_response';
  return {
    status,
    type: 'text/xml; charset=utf-8',
    body: `<?xml version="1.0" encoding="utf-8"?>\n<${root}>${content}</${root}>`,
  };
}
