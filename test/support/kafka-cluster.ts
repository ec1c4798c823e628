/**
 * Real Kafka brokers for tests and benchmarks, on this machine:
 *
 *     const kafka = await startKafka({ brokers: 3 });
 *     await kafka.nodes[0]!.kill9();
 *     await kafka.close();
 *
 * A spec asks `kafkaAvailability()` first and is skipped, loudly, where there is no Java or Maven.
 */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { KafkaBroker, PortTakenError } from './kafka-broker.js';
import { kafkaJars } from './kafka-jars.js';
import { guardedFolder } from './kafka-orphans.js';

export type { KafkaBroker } from './kafka-broker.js';
export { brokerAvailability, kafkaAvailability } from './kafka-jars.js';

export interface KafkaClusterOptions {
  /** Three replicate everything thrice with min.insync.replicas 2. Default 1. */
  brokers?: 1 | 3;
  /** Heap of each broker as the JVM writes it. Default '256m'; benchmarks want '512m' or more. */
  heap?: string;
  /** `start` compiles little and starts sooner; `speed` is the full JVM, for benchmarks. */
  tuneFor?: 'start' | 'speed';
  /** Added to server.properties. */
  properties?: Record<string, string>;
}

export interface KafkaCluster {
  /** Bootstrap addresses, `host:port`. */
  readonly brokers: string[];
  /** The processes; empty when the brokers are your own (`TEST_KAFKA_BROKERS`). */
  readonly nodes: KafkaBroker[];
  /** Ends the brokers and removes their data. */
  close(): Promise<void>;
}

/** Makes retention and compaction act within seconds, for tests of them: pass as `properties`. */
export const QUICK_CLEANING: Record<string, string> = {
  'log.roll.ms': '1000',
  'log.cleaner.min.cleanable.ratio': '0.01',
};

// Below the range from which outgoing connections take their ports: none can take a killed broker's.
const PORTS = { first: 20_000, count: 12_000 };

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });
}

/** Ports of 127.0.0.1 that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function serverProperties(id: number, ports: number[], controllers: number[]): Record<string, string> {
  const replicas = String(ports.length);
  const replicated = ports.length >= 3;
  return {
    'process.roles': 'broker,controller',
    'node.id': String(id),
    'controller.quorum.voters': controllers.map((port, i) => `${i + 1}@127.0.0.1:${port}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${ports[id - 1]},CONTROLLER://127.0.0.1:${controllers[id - 1]}`,
    'log.dirs': './data',
    'num.partitions': '6',
    'default.replication.factor': replicas,
    'min.insync.replicas': replicated ? '2' : '1',
    'unclean.leader.election.enable': 'false',
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': replicated ? '2' : '1',
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': replicated ? '2' : '1',
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    'num.network.threads': '2',
    'num.io.threads': '2',
    'num.replica.fetchers': '1',
    'log.cleaner.dedupe.buffer.size': '2097152',
    'log.cleaner.backoff.ms': '500',
    'log.retention.check.interval.ms': '1000',
    'log.initial.task.delay.ms': '500',
    // A broker that was killed is let in again only when its old registration has run out.
    'broker.session.timeout.ms': replicated ? '2000' : '1000',
    'broker.heartbeat.interval.ms': replicated ? '500' : '200',
  };
}

function jvmFlags({ heap = '256m', tuneFor = 'start' }: KafkaClusterOptions): string[] {
  const compiler = tuneFor === 'start' ? ['-XX:TieredStopAtLevel=1'] : [];
  return [`-Xmx${heap}`, '-Xms64m', '-XX:+UseSerialGC', ...compiler];
}

async function startNodes(
  options: KafkaClusterOptions,
  jars: string,
  folder: string,
): Promise<KafkaBroker[]> {
  const count = options.brokers ?? 1;
  const all = await freePorts(2 * count);
  const [ports, controllers] = [all.slice(0, count), all.slice(count)];
  const nodes = ports.map((port) => {
    const own = join(folder, `broker-${port}`);
    mkdirSync(own);
    return new KafkaBroker(`127.0.0.1:${port}`, own, jars, jvmFlags(options));
  });
  const properties = (id: number) => ({ ...serverProperties(id, ports, controllers), ...options.properties });
  await Promise.all(nodes.map((node, i) => node.format(properties(i + 1))));
  const started = await Promise.allSettled(nodes.map((node) => node.start()));
  const failure = started.find((result) => result.status === 'rejected');
  if (failure) {
    await Promise.all(nodes.map((node) => node.kill9()));
    throw failure.reason;
  }
  return nodes;
}

/** Starts brokers and resolves when all of them serve. @throws Error when they cannot be had or started */
export async function startKafka(options: KafkaClusterOptions = {}): Promise<KafkaCluster> {
  const own = process.env.TEST_KAFKA_BROKERS;
  if (own && (options.brokers ?? 1) === 1) {
    return { brokers: own.split(',').map((address) => address.trim()), nodes: [], close: async () => {} };
  }
  const jars = await kafkaJars();
  const { folder, release } = guardedFolder();
  for (let attempt = 1; ; attempt++) {
    try {
      const nodes = await startNodes(options, jars, folder);
      const close = async () => {
        await Promise.all(nodes.map((node) => node.kill9()));
        await release();
      };
      return { brokers: nodes.map((node) => node.address), nodes, close };
    } catch (error) {
      if (error instanceof PortTakenError && attempt < 5) continue;
      await release();
      throw error;
    }
  }
}
