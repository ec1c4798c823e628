/**
 * kafkajs's `Cluster`: connections, authentication, metadata and coordinators, for requests that its own
 * producer and admin client do not make as they should.
 */
import type { Broker, Cluster, Kafka } from 'kafkajs';
import type { Socket } from 'node:net';

/** Answers of the broker to a request of our own encoding. */
export interface RawRequest<T> {
  apiKey: number;
  apiVersion: number;
  apiName: string;
  body: Buffer;
  /** Also tells kafkajs for how long the broker wants no more requests. */
  decode: (payload: Buffer) => { throttleMs: number } & T;
}

// Of kafkajs's inside this alone is used (its version is pinned): the queue of a broker's connection, which pairs
// requests with answers and times them out.
interface Connection {
  clientId: string;
  authenticate(): Promise<void>;
  failIfNotConnected(): void;
  nextCorrelationId(): number;
  requestQueue: {
    push(queued: {
      entry: {
        apiKey: number;
        apiVersion: number;
        apiName: string;
        correlationId: number;
        resolve: (answer: { payload: Buffer }) => void;
        reject: (error: Error) => void;
      };
      expectResponse: true;
      requestTimeout: null;
      sendRequest: () => void;
    }): void;
    maybeThrottle(ms: number): void;
  };
  socket: Socket;
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

/**
 * Sends one request to a broker and resolves to its decoded answer. kafkajs's own way to send copies a request twice,
 * into memory that it clears first.
 * @throws what kafkajs says of the connection
 */
export async function sendRaw<T>(broker: Broker, request: RawRequest<T>): Promise<T> {
  const { connectionPool } = broker as unknown as {
    connectionPool: { getConnection(): Promise<Connection> };
  };
  try {
    const connection = await connectionPool.getConnection();
    await connection.authenticate();
    const decoded = request.decode(await answerTo(connection, request));
    connection.requestQueue.maybeThrottle(decoded.throttleMs);
    return decoded;
  } catch (error) {
    // As kafkajs's Broker does: both of its connections are made anew.
    if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError') await broker.disconnect();
    throw error;
  }
}

function answerTo(
  connection: Connection,
  { apiKey, apiVersion, apiName, body }: RawRequest<unknown>,
): Promise<Buffer> {
  connection.failIfNotConnected();
  const correlationId = connection.nextCorrelationId();
  const head = headOf({ apiKey, apiVersion, correlationId, clientId: connection.clientId }, body.length);
  return new Promise((resolve, reject) => {
    connection.requestQueue.push({
      entry: {
        ...{ apiKey, apiVersion, apiName, correlationId, reject },
        resolve: ({ payload }) => resolve(payload),
      },
      expectResponse: true,
      requestTimeout: null,
      sendRequest: () => {
        const { socket } = connection;
        socket.cork();
        socket.write(head);
        socket.write(body);
        socket.uncork();
      },
    });
  });
}

/** Size and header (version 1) of a request. Source: https://kafka.apache.org/protocol#protocol_messages */
function headOf(
  header: { apiKey: number; apiVersion: number; correlationId: number; clientId: string },
  bodyLength: number,
): Buffer {
  const clientIdLength = Buffer.byteLength(header.clientId);
  const bytes = Buffer.alloc(4 + 2 + 2 + 4 + 2 + clientIdLength);
  let at = bytes.writeInt32BE(bytes.length - 4 + bodyLength, 0);
  at = bytes.writeInt16BE(header.apiKey, at);
  at = bytes.writeInt16BE(header.apiVersion, at);
  at = bytes.writeInt32BE(header.correlationId, at);
  at = bytes.writeInt16BE(clientIdLength, at);
  bytes.write(header.clientId, at);
  return bytes;
}
