/**
 * kafkajs's `Cluster`: connections, authentication, metadata and coordinators, for requests that its own
 * producer and admin client do not make as they should.
 */
import type { Broker, Cluster, Kafka } from 'kafkajs';

/** Answers of the broker to a request of our own encoding. */
export interface RawRequest<T> {
  apiKey: number;
  apiVersion: number;
  apiName: string;
  body: Buffer;
  /** Also tells kafkajs for how long the broker wants no more requests. */
  decode: (payload: Buffer) => { throttleMs: number } & T;
}

// Of kafkajs's inside this alone is used (its version is pinned): one request over a broker's connection.
interface ConnectionPool {
  send(message: {
    request: {
      apiKey: number;
      apiVersion: number;
      apiName: string;
      encode: () => Promise<{ buf: Buffer; buffer: Buffer }>;
    };
    response: {
      decode: (payload: Buffer) => Promise<{ clientSideThrottleTime: number }>;
      parse: (decoded: unknown) => Promise<unknown>;
    };
  }): Promise<unknown>;
}

/** A cluster that is not connected yet. kafkajs gives it to partition assigners, and so to us. */
export function clusterOf(kafka: Kafka): Cluster {
  let captured: Cluster | undefined;
  kafka.consumer({
    groupId: 'unused',
    allowAutoTopicCreation: false,
    metadataMaxAge: 30_000,
    partitionAssigners: [
      ({ cluster }) => {
        captured = cluster;
        return {
          name: 'unused',
          version: 0,
          assign: () => Promise.resolve([]),
          protocol: () => ({ name: 'unused', metadata: Buffer.alloc(0) }),
        };
      },
    ],
  });
  if (!captured) throw new Error('this version of kafkajs does not pass its cluster to assigners');
  return captured;
}

/** Sends one request to a broker and resolves to its decoded answer. @throws what kafkajs says of the connection */
export async function sendRaw<T>(broker: Broker, request: RawRequest<T>): Promise<T> {
  const { apiKey, apiVersion, apiName, body, decode } = request;
  const { connectionPool } = broker as unknown as { connectionPool: ConnectionPool };
  try {
    const answer = await connectionPool.send({
      request: { apiKey, apiVersion, apiName, encode: () => Promise.resolve({ buf: body, buffer: body }) },
      response: {
        decode: (payload) => {
          const decoded = decode(payload);
          return Promise.resolve({ ...decoded, clientSideThrottleTime: decoded.throttleMs });
        },
        parse: (decoded) => Promise.resolve(decoded),
      },
    });
    return answer as T;
  } catch (error) {
    // As kafkajs's Broker does: both of its connections are made anew.
    if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError') await broker.disconnect();
    throw error;
  }
}
