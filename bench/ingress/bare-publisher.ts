import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Topic } from '#libs/events';
import { openPlatform } from '#libs/runtime';
import { MicroBatches, type MicroBatchLimits } from '../../apps/pixel-ingress/src/micro-batches.js';

/**
 * Limit of every ingress that waits for the log: a bare server in front of the pixel ingress's own publisher.
 * It checks nothing and builds no event; what it publishes has the size of a raw event. Reads the settings of
 * the apps; says its port in a line of JSON.
 */
const LIMITS: MicroBatchLimits = {
  maxRecords: 1_000,
  maxBytes: 512 * 1024,
  lingerMs: 3,
  maxInFlight: 4,
  maxPending: 20_000,
  maxPendingBytes: 32 * 1024 * 1024,
  timeoutMs: 10_000,
};
const FILLER = 'x'.repeat(430);

const platform = await openPlatform('bare-publisher', process.env, { database: false });
const batches = new MicroBatches((records) => platform.eventLog.publish(Topic.rawEvents, records), LIMITS, {
  pending: () => {},
  acknowledged: () => {},
  failed: () => {},
});
const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  const url = request.url!;
  batches.add({ key: `pixel|tx|${url.slice(-24)}`, value: url + FILLER }).then(
    () => response.writeHead(202, { 'Content-Length': '0' }).end(),
    () => response.writeHead(503, { 'Content-Length': '0' }).end(),
  );
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
process.once('SIGTERM', () => {
  server.closeAllConnections();
  platform.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
