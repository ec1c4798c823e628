import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FIRST_HOUR_MS, HOUR_MS, csvHour, jsonPage } from './partner-rows.js';

/**
 * A partner that answers from memory: `/pages?page=` in JSON, `/hours?from=&to=` in CSV. Its argument is how many
 * answers there are of each; says its port in a line of JSON.
 */
const count = Number(process.argv[2]);
const pages = Array.from({ length: count }, (_, i) => Buffer.from(jsonPage(i + 1, count)));
const hours = Array.from({ length: count }, (_, i) => Buffer.from(csvHour(i)));

const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  const { pathname, searchParams } = new URL(request.url!, 'http://partner');
  const isPage = pathname === '/pages';
  const hour = (Date.parse(`${searchParams.get('from')?.replace(' ', 'T')}Z`) - FIRST_HOUR_MS) / HOUR_MS;
  const body = isPage ? pages[Number(searchParams.get('page')) - 1] : hours[hour];
  if (body === undefined) return void response.writeHead(404).end();
  const type = isPage ? 'application/json' : 'text/csv; charset=utf-8';
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length }).end(body);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
process.once('SIGTERM', () => process.exit(0));
