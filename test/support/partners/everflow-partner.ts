import {
  serveLoopback,
  wholeNumber,
  type LoopbackPartner,
  type PartnerAnswer,
  type PartnerCall,
} from '#apps/standalone';

/** A row of Everflow's conversion report. */
export interface EverflowConversion {
  conversion_id: string;
  conversion_unix_timestamp: number;
  status: 'approved' | 'pending' | 'rejected' | 'invalid';
  is_event: boolean;
  [field: string]: unknown;
}

interface Asked {
  from: string;
  to: string;
  timezone_id: number;
  show_conversions: boolean;
  show_events: boolean;
}

/**
 * Plays `POST /v1/networks/reporting/conversions`: an API key in a header, days or seconds of a zone, both ends
 * included, pages with their total.
 * @see https://developers.everflow.io/docs/network/reporting/raw_conversions/
 */
export function playEverflow(
  key: string,
  conversions: () => readonly EverflowConversion[],
): Promise<LoopbackPartner> {
  return serveLoopback((call) => {
    if (call.url.pathname !== '/v1/networks/reporting/conversions') return refusal(404, 'not found');
    if (call.method !== 'POST') return refusal(405, 'method not allowed');
    if (call.headers['x-eflow-api-key'] !== key) return refusal(401, 'unauthorized');
    const asked = readAsked(call);
    if (typeof asked === 'string') return refusal(400, asked);
    const [from, to] = [asked.from, asked.to].map(
      (time) => Date.parse(`${time.replace(' ', 'T')}Z`) / 1000,
    ) as [number, number];
    const found = conversions().filter(
      ({ conversion_unix_timestamp: at, is_event }) =>
        at >= from && at <= to && (is_event ? asked.show_events : asked.show_conversions),
    );
    const page = wholeNumber(call.url, 'page', 1);
    const page_size = wholeNumber(call.url, 'page_size', 50);
    return {
      status: 200,
      body: JSON.stringify({
        conversions: found.slice((page - 1) * page_size, page * page_size),
        paging: { page, page_size, total_count: found.length },
      }),
    };
  });
}

function readAsked({ headers, body }: PartnerCall): Asked | string {
  if (headers['content-type'] !== 'application/json') return 'the body must be JSON';
  const asked = JSON.parse(body) as Asked;
  const time = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;
  if (!time.test(asked.from) || !time.test(asked.to)) return 'from and to must be YYYY-MM-DD HH:mm:ss';
  if (asked.timezone_id !== 67) return 'this server knows the zone 67 alone';
  return asked;
}

function refusal(status: number, Error: string): PartnerAnswer {
  return { status, body: JSON.stringify({ Error }) };
}
