import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health } from './health.js';
import type { Metrics } from './metrics.js';

/** The admin port: `/livez`, `/readyz` and `/metrics` of the process. */
export interface AdminServer {
  port: number;
  close(): Promise<void>;
}

/** Starts to listen. @throws where the port cannot be had */
export async function startAdminServer(
  at: { host: string; port: number },
  health: Health,
  metrics: Metrics,
): Promise<AdminServer> {
  const routes: Record<string, (res: ServerResponse) => Promise<void>> = {
    '/livez': async (res) => {
      const reason = health.deadBecause;
      reply(res, reason === undefined ? 200 : 503, { alive: reason === undefined, reason });
    },
    '/readyz': async (res) => {
      const answer = await health.readiness();
      reply(res, answer.ready ? 200 : 503, answer);
    },
    '/metrics': async (res) => {
      res
        .writeHead(200, { 'content-type': metrics.registry.contentType })
        .end(await metrics.registry.metrics());
    },
  };
  const server = createServer((req, res) => {
    const route = routes[(req.url ?? '/').split('?')[0]!];
    if (!route) return reply(res, 404, { error: 'not found' });
    route(res).catch((e: unknown) => reply(res, 500, { error: e instanceof Error ? e.message : 'failed' }));
  });
  server.listen(at.port, at.host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function reply(res: ServerResponse, status: number, body: object): void {
  if (res.headersSent) return void res.end();
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
