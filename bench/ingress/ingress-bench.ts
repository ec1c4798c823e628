import type { Closers } from '../parts/closers.js';
import { freePort } from '../parts/free-port.js';
import { openInstallation, startApp, type Installation, type LogEngine } from '../parts/installation.js';
import { NodeProcess } from '../parts/node-process.js';
import { cpuSecondsOf, peakMemoryMiB } from '../parts/process-usage.js';
import { runLoad, type LoadResult } from '../load/load-task.js';
import { conditionsOf, type Report } from '../report/report.js';
import { ingressTables, ingressTargets } from './ingress-report.js';

export interface IngressOptions {
  log: LogEngine;
  /** Calls of one round of the closed loop. */
  calls: number;
  connections: number;
  rounds: number;
  /** Of the open loop: calls a second, and for how long. */
  rate: number;
  seconds: number;
  profile?: string;
}

/** The servers that are compared, the limits first. */
export const SERVERS = ['bare node:http', 'bare node:http + publisher', 'pixel ingress'] as const;
export type ServerName = (typeof SERVERS)[number];

/** One round of load on one server. */
export interface Round extends LoadResult {
  /** CPU seconds of the server's process. */
  cpuSeconds: number;
  /** The server's largest memory so far. */
  peakMemoryMiB: number;
}

export type Rounds = Record<ServerName, Round[]>;

/** A server under test. */
interface Server {
  name: ServerName;
  process: NodeProcess;
  port: number;
}

/**
 * The pixel ingress beside its limits: a server that does nothing, and one that only publishes. Rounds of the
 * three take turns, so that what else the machine does meets all of them; one round of each warms up before.
 */
export async function benchIngress(options: IngressOptions, closers: Closers): Promise<Report> {
  const installation = await openInstallation(options.log, closers);
  const servers = await startServers(installation, options, closers);
  const closed: Rounds = { 'bare node:http': [], 'bare node:http + publisher': [], 'pixel ingress': [] };
  const open: Rounds = { 'bare node:http': [], 'bare node:http + publisher': [], 'pixel ingress': [] };
  const { connections, calls, rate, seconds } = options;
  for (let round = 0; round <= options.rounds; round++) {
    for (const server of servers) {
      const measured = await measure(server, { connections, calls }, `c${round}`, closers);
      if (round > 0) closed[server.name].push(measured);
    }
  }
  for (const server of servers) {
    const task = { connections: 2 * connections, calls: rate * seconds, rate };
    open[server.name].push(await measure(server, task, 'o1', closers));
  }
  return {
    bench: 'ingress',
    setting:
      `closed loop with ${connections} connections, ${options.rounds} rounds of ${calls} calls each in turn; ` +
      `open loop at ${rate} calls/s for ${seconds} s; the load generator is a process beside`,
    conditions: await conditionsOf(installation),
    tables: ingressTables(closed, open),
    targets: ingressTargets(closed, open),
    figures: { closed, open },
  };
}

async function startServers(
  installation: Installation,
  { profile }: IngressOptions,
  closers: Closers,
): Promise<Server[]> {
  const bare = NodeProcess.start('bare-server', 'bench/ingress/bare-server.js', closers, {});
  const barePort = portOf(bare);
  const publisher = NodeProcess.start('bare-publisher', 'bench/ingress/bare-publisher.js', closers, {
    environment: installation.environment,
    profileTo: profile,
  });
  const publisherPort = portOf(publisher);
  const port = await freePort();
  const ingress = await startApp('pixel-ingress', installation, closers, {
    environment: { PIXEL_HOST: '127.0.0.1', PIXEL_PORT: String(port) },
    profileTo: profile,
  });
  return [
    { name: 'bare node:http', process: bare, port: await barePort },
    { name: 'bare node:http + publisher', process: publisher, port: await publisherPort },
    { name: 'pixel ingress', process: ingress, port },
  ];
}

async function portOf(server: NodeProcess): Promise<number> {
  return Number((await server.line((line) => 'port' in line))['port']);
}

async function measure(
  { process: { pid }, port }: Server,
  task: { connections: number; calls: number; rate?: number },
  run: string,
  closers: Closers,
): Promise<Round> {
  const before = cpuSecondsOf(pid);
  const load = await runLoad({ port, run, ...task }, closers);
  return { ...load, cpuSeconds: cpuSecondsOf(pid) - before, peakMemoryMiB: peakMemoryMiB(pid) };
}
