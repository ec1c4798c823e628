import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a partner is asked. */
export interface PartnerCall {
  method: string;
  /** With the query; its host is the partner's own. */
  url: URL;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What it answers. */
export interface PartnerAnswer {
  status: number;
  type?: string;
  headers?: Record<string, string>;
  body: string;
}

/** A partner's API on a loopback port. */
export interface LoopbackPartner {
  /** Without a slash at its end. */
  url: string;
  /** Path and query of every call so far, the first one first. */
  calls: readonly string[];
  close(): Promise<void>;
}

/** Serves the API on a free port of the loopback interface until it is closed. */
export async function serveLoopback(
  answer: (call: PartnerCall) => PartnerAnswer | Promise<PartnerAnswer>,
): Promise<LoopbackPartner> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      calls.push(request.url!);
      const { status, type, headers, body } = await answer({
        method: request.method!,
        url: new URL(request.url!, url),
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      });
      response.writeHead(status, { 'content-type': type ?? 'application/json', ...headers }).end(body);
    })().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    calls,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The whole number of a query parameter. */
export function wholeNumber(url: URL, name: string, otherwise: number): number {
  const text = url.searchParams.get(name);
  return text !== null && /^\d+$/.test(text) ? Number(text) : otherwise;
}
