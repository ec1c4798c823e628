import { serveLoopback, wholeNumber, type LoopbackPartner, type PartnerAnswer } from './loopback-partner.js';

/** A row as Besitos' Conversion Data API gives it; a reversal is a row of its own with the same `transaction_id`. */
export interface BesitosRow {
  user_id: string;
  transaction_id: number;
  reward: number;
  payout: number;
  offer_id: string;
  offer_name: string;
  note: string;
  /** `yyyy-MM-dd HH:mm:ss` in EST. */
  date_time: string;
  reward_local_currency: number;
  goal_id: string;
  reverse?: 1;
  type?: 'offer' | 'survey';
  survey_id?: string;
}

const PATH = '/data/partner/conversions';
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Plays Besitos' Conversion Data API to the letter of its page: whole days, both ends included; pages with links and
 * totals; `is_reverse` for what was taken back.
 * @param rows read anew at every call, so that a row can come late
 */
export function playBesitos(key: string, rows: () => readonly BesitosRow[]): Promise<LoopbackPartner> {
  return serveLoopback(({ method, url, headers }) => {
    if (url.pathname !== PATH) return refusal(404, 'Not Found');
    if (method !== 'GET') return refusal(405, 'Method Not Allowed');
    if (headers['x-api-key'] !== key) return refusal(401, 'Unauthenticated.');
    const [from, to] = ['from_date', 'to_date'].map((name) => url.searchParams.get(name) ?? '') as [
      string,
      string,
    ];
    if (!DAY.test(from) || !DAY.test(to)) return refusal(422, 'The dates must be of the format Y-m-d.');
    const found = rows()
      .filter(({ date_time }) => date_time.slice(0, 10) >= from && date_time.slice(0, 10) <= to)
      .filter((row) => matches(row, url.searchParams))
      .sort((a, b) => (a.date_time < b.date_time ? -1 : a.date_time > b.date_time ? 1 : 0));
    return pageOf(found, url);
  });
}

function matches(row: BesitosRow, asked: URLSearchParams): boolean {
  const reversals = asked.get('is_reverse');
  if (reversals !== null && (reversals === 'true' || reversals === '1') !== (row.reverse === 1)) return false;
  const user = asked.get('user_id');
  if (user !== null && user.toLowerCase() !== row.user_id.toLowerCase()) return false;
  if (asked.has('offer_id') && asked.get('offer_id') !== row.offer_id) return false;
  return !asked.has('type') || asked.get('type') === (row.type ?? 'offer');
}

function pageOf(rows: readonly BesitosRow[], url: URL): PartnerAnswer {
  const page = wholeNumber(url, 'page', 1);
  const perPage = wholeNumber(url, 'per_page', 1000);
  const last = Math.max(1, Math.ceil(rows.length / perPage));
  const data = rows.slice((page - 1) * perPage, page * perPage);
  const path = `${url.origin}${PATH}`;
  const linkTo = (n: number): string | null => (n >= 1 && n <= last ? `${path}?page=${n}` : null);
  const first = (page - 1) * perPage + 1;
  return {
    status: 200,
    body: JSON.stringify({
      data,
      links: { first: linkTo(1), last: linkTo(last), prev: linkTo(page - 1), next: linkTo(page + 1) },
      meta: {
        current_page: page,
        from: data.length > 0 ? first : null,
        last_page: last,
        links: Array.from({ length: last }, (_, i) => ({
          url: linkTo(i + 1),
          label: String(i + 1),
          active: i + 1 === page,
        })),
        path,
        per_page: perPage,
        to: data.length > 0 ? first + data.length - 1 : null,
        total: rows.length,
      },
    }),
  };
}

function refusal(status: number, message: string): PartnerAnswer {
  return { status, body: JSON.stringify({ message }) };
}
