import { once } from 'node:events';
import { get, request, type IncomingMessage } from 'node:http';

/** What the ingress answered. */
export interface Answer {
  status: number;
  receiptId: string;
  location: string | undefined;
  body: string;
}

/** Calls the pixel ingress as browsers and game servers do. */
export interface PixelCalls {
  /** A visitor's click on a link of ours. @returns the id that the click was given */
  click: (link: string, query: Record<string, string>) => Promise<Answer & { clickId: string }>;
  /** Clicks that were made elsewhere. */
  reportClicks: (clicks: object[]) => Promise<Answer>;
  /** A conversion pixel, from the player's browser or from a server. */
  convert: (from: 'browser' | 'server', clickId: string, query: Record<string, string>) => Promise<Answer>;
}

const BROWSER = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Demo',
  'accept-language': 'de-AT',
  referer: 'https://space-vegas.example/cashier',
};

/** @param url where the ingress listens */
export function pixelCalls(url: string): PixelCalls {
  const at = (path: string, query: Record<string, string>): string =>
    `${url}${path}?${new URLSearchParams(query).toString()}`;
  return {
    async click(link, query) {
      const answer = await getFrom(at(`/click/${link}`, query), BROWSER);
      const clickId = new URL(answer.location!).searchParams.get('cid')!;
      return { ...answer, clickId };
    },
    reportClicks: (clicks) => postJson(`${url}/clicks`, clicks),
    convert: (from, clickId, query) =>
      getFrom(at(`/convert/${clickId}`, query), from === 'browser' ? BROWSER : {}),
  };
}

async function getFrom(url: string, headers: Record<string, string>): Promise<Answer> {
  const call = get(url, { headers });
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return read(response);
}

async function postJson(url: string, body: unknown): Promise<Answer> {
  const call = request(url, { method: 'POST', headers: { 'content-type': 'application/json' } });
  call.end(JSON.stringify(body));
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return read(response);
}

async function read(response: IncomingMessage): Promise<Answer> {
  const body = (await response.setEncoding('utf8').toArray()).join('');
  return {
    status: response.statusCode!,
    receiptId: String(response.headers['x-receipt-id'] ?? ''),
    location: response.headers.location,
    body,
  };
}
