import { serveLoopback, wholeNumber, type LoopbackPartner } from '#apps/standalone';

/** A row of the partner; `at` is an instant. */
export interface WindowRow {
  id: string;
  /** Epoch milliseconds, whole seconds. */
  atMs: number;
  modifiedMs?: number;
  amount?: string;
}

/** How the partner behaves; what is left out is as its documentation says. */
export interface WindowManners {
  /** Which ends of a window it includes. Absent: `half_open`. */
  boundary?: 'half_open' | 'closed' | 'open';
  /** Its clock, minutes east of UTC. Absent: 0. */
  offsetMinutes?: number;
  /** It gives no more than so many records a page. */
  cap?: number;
  /** Called with every request; what it changes is seen by the next. */
  onRequest?: (rows: WindowRow[]) => void;
}

/** A time as it writes it: `yyyy-MM-dd HH:mm:ss`. */
const text = (ms: number, offsetMinutes: number): string =>
  new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');

/** Plays `GET /rows?from=…&to=…&page=…&size=…` with a key in `X-Key`: rows by their time, oldest first. */
export function playWindows(rows: WindowRow[], manners: WindowManners = {}): Promise<LoopbackPartner> {
  const { boundary = 'half_open', offsetMinutes = 0, cap = Infinity, onRequest } = manners;
  return serveLoopback(({ url, headers }) => {
    if (headers['x-key'] !== 'sesame') return { status: 401, body: '{"error":"who are you?"}' };
    const [from, to] = ['from', 'to'].map((name) => url.searchParams.get(name) ?? '') as [string, string];
    const fits = (at: string): boolean =>
      (boundary === 'open' ? at > from : at >= from) && (boundary === 'closed' ? at <= to : at < to);
    const found = rows
      .filter(({ atMs }) => fits(text(atMs, offsetMinutes)))
      .sort((a, b) => a.atMs - b.atMs)
      .map(({ id, atMs, modifiedMs = atMs, amount = '1' }) => ({
        ...{ id, user: `u${id}`, amount, currency: 'EUR' },
        at: text(atMs, offsetMinutes),
        changed: new Date(modifiedMs).toISOString(),
      }));
    onRequest?.(rows);
    const [page, size] = [wholeNumber(url, 'page', 1), Math.min(cap, wholeNumber(url, 'size', 100))];
    const data = found.slice((page - 1) * size, page * size);
    return { status: 200, body: JSON.stringify({ data, total: found.length }) };
  });
}
