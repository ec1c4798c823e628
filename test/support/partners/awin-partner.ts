import { DateTime } from 'luxon';
import { serveLoopback, type LoopbackPartner, type PartnerAnswer } from '#apps/standalone';

/** A transaction as Awin's publisher API gives it; times are of the zone that was asked for. */
export interface AwinTransaction {
  id: number;
  transactionDate: string;
  validationDate: string | null;
  commissionStatus: 'pending' | 'approved' | 'declined' | 'deleted';
  [field: string]: unknown;
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/;
const DATE_FIELDS = { transaction: 'transactionDate', validation: 'validationDate' } as const;

/**
 * Plays `GET /publishers/{id}/transactions/`: a bearer token, both ends of at most 31 days included, twenty calls a
 * minute, a plain array.
 * @see https://success.awin.com/articles/en_US/Knowledge/Publisher-API-GET-transactions-list
 */
export function playAwin(
  token: string,
  transactions: () => readonly AwinTransaction[],
): Promise<LoopbackPartner> {
  return serveLoopback(({ url, headers }) => {
    if (!/^\/publishers\/\d+\/transactions\/$/.test(url.pathname)) return refusal(404, 'not found');
    if (headers.authorization !== `Bearer ${token}`) return refusal(401, 'invalid token');
    const asked = (name: string): string => url.searchParams.get(name) ?? '';
    const [from, to] = [asked('startDate'), asked('endDate')];
    if (!TIME.test(from) || !TIME.test(to)) return refusal(400, 'startDate and endDate are mandatory');
    if (asked('timezone') !== 'UTC') return refusal(400, 'timezone is mandatory');
    const days = DateTime.fromISO(to).diff(DateTime.fromISO(from), 'days').days;
    if (days > 31) return refusal(400, 'the maximum date range is 31 days');
    const field = DATE_FIELDS[(asked('dateType') || 'transaction') as keyof typeof DATE_FIELDS];
    const found = transactions().filter((t) => t[field] !== null && t[field] >= from && t[field] <= to);
    return { status: 200, body: JSON.stringify(found) };
  });
}

function refusal(status: number, description: string): PartnerAnswer {
  return { status, body: JSON.stringify({ error: status, description }) };
}
