import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Limit of every ingress on Node: a bare server that answers 202 at once. Says its port in a line of JSON. */
const server = createServer({ keepAliveTimeout: 65_000 }, (_request, response) => {
  response.writeHead(202, { 'Content-Length': '0' }).end();
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
process.once('SIGTERM', () => process.exit(0));
