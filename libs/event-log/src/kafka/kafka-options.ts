/** How to reach a Kafka cluster, and kafkajs set up for it. */
import kafkajs, { type Kafka, type LogEntry, type RetryOptions, type SASLOptions } from 'kafkajs';
import type { ConnectionOptions } from 'node:tls';
import type { LogSink } from '../log-sink.js';

export interface KafkaOptions {
  /** Bootstrap addresses, `host:port`. */
  brokers: string[];
  clientId: string;
  /** `true` trusts the system's authorities; or TLS options of your own. Default false. */
  ssl?: boolean | ConnectionOptions;
  sasl?: {
    mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    username: string;
    password: string;
  };
  /** Put before every topic and group name on the cluster; callers never see it. Default none. */
  topicPrefix?: string;
  /** Replicas of topics that are created. Default: three, or as many as there are brokers. */
  replication?: number;
  /** min.insync.replicas of topics that are created. Default 2 with three replicas or more, otherwise 1. */
  minInsyncReplicas?: number;
  /** A publish that is not confirmed by then is given up (a request under way is waited for). Default 15,000. */
  publishTimeoutMs?: number;
  /** A broker that is silent for longer is taken for unreachable. Default 5,000. */
  requestTimeoutMs?: number;
  logger: LogSink;
}

/** Names on the cluster and names for callers. */
export class Prefix {
  constructor(private readonly prefix: string) {}

  on(name: string): string {
    return this.prefix + name;
  }

  off(name: string): string {
    return name.slice(this.prefix.length);
  }
}

/** The adapter retries where it knows what is safe; kafkajs only gets over a moment's trouble. */
export const FEW_RETRIES: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 1_000,
  factor: 0.2,
  multiplier: 2,
  retries: 3,
};

/** For consumers: they wait for brokers to come back, and are quick to notice. */
export const PATIENT: RetryOptions = { ...FEW_RETRIES, retries: 120 };

// What kafkajs calls an error is, with its retries, the weather: a broker went away, a group rebalanced.
// Errors that end something reach the adapter as exceptions or as CRASH events; single answers of brokers
// (namespace Connection) are dealt with by whoever asked.
function sinkFor(logger: LogSink): () => (entry: LogEntry) => void {
  return () =>
    ({ namespace, level, log }) => {
      const { message, timestamp: _at, logger: _name, stack: _stack, ...fields } = log;
      const line = { ...fields, kafkajs: namespace };
      if (level <= kafkajs.logLevel.WARN && namespace !== 'Connection') logger.warn(line, message);
      else logger.debug(line, message);
    };
}

/**
 * A kafkajs client of its own for every consumer and publisher: clients share what is committed per group
 * between all their consumers, and one's rebalance would clear the other's.
 */
export function createKafka(options: KafkaOptions, retry: RetryOptions): Kafka {
  return new kafkajs.Kafka({
    brokers: options.brokers,
    clientId: options.clientId,
    ssl: options.ssl ?? false,
    ...(options.sasl && { sasl: options.sasl as SASLOptions }),
    connectionTimeout: 1_000,
    requestTimeout: options.requestTimeoutMs ?? 5_000,
    retry,
    logLevel: kafkajs.logLevel.INFO,
    logCreator: sinkFor(options.logger),
  });
}
