/**
 * A Kafka broker on loopback that says "not yet", as one does whose cluster was just started. It speaks the part of
 * the protocol that metadata and lag need, and holds no records. Source: https://kafka.apache.org/protocol
 */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

type Api = 'ListOffsets' | 'Metadata' | 'OffsetFetch' | 'FindCoordinator' | 'ApiVersions';

/** Every request by its key, in the one version that is offered. */
const APIS: Record<number, { api: Api; version: number }> = {
  2: { api: 'ListOffsets', version: 1 },
  3: { api: 'Metadata', version: 1 },
  9: { api: 'OffsetFetch', version: 2 },
  10: { api: 'FindCoordinator', version: 0 },
  18: { api: 'ApiVersions', version: 0 },
};

/** Codes of https://kafka.apache.org/protocol#protocol_error_codes that pass. */
export const NOT_YET = { leader: 5, coordinatorLoading: 14, coordinator: 15 };

const NODE = 1;
const PARTITION = 0;
const HOST = '127.0.0.1';

const int8 = (value: number) => Buffer.from([value]);
const int16 = (value: number) => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};
const text = (value: string) => Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
const array = (...elements: Buffer[]) => Buffer.concat([int32(elements.length), ...elements]);
const nothing = int16(-1);

export class ScriptedKafkaBroker {
  private readonly errors = new Map<Api, number[]>();
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly port: number,
    private readonly topic: string,
  ) {
    server.on('connection', (socket) => this.serve(socket));
  }

  /** @param topic has one partition without records */
  static async start(topic: string): Promise<ScriptedKafkaBroker> {
    const server = createServer().listen(0, HOST);
    await once(server, 'listening');
    return new ScriptedKafkaBroker(server, (server.address() as { port: number }).port, topic);
  }

  /** `host:port`. */
  get address(): string {
    return `${HOST}:${this.port}`;
  }

  /** The next answers to such requests carry these codes; 0 is none. */
  refuse(api: Api, codes: number[]): void {
    this.errors.set(api, [...codes]);
  }

  /** How many codes have not been told yet. */
  left(api: Api): number {
    return this.errors.get(api)?.length ?? 0;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
        const end = 4 + received.readInt32BE(0);
        const answer = Buffer.concat([received.subarray(8, 12), this.answer(received)]);
        socket.write(Buffer.concat([int32(answer.length), answer]));
        received = received.subarray(end);
      }
    });
    // A client may go at any time.
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
  }

  private answer(request: Buffer): Buffer {
    const known = APIS[request.readInt16BE(4)];
    if (!known) throw new Error(`not in this broker's script: request ${request.readInt16BE(4)}`);
    const version = request.readInt16BE(6);
    const error = int16(this.errors.get(known.api)?.shift() ?? 0);
    const none = int16(0);
    switch (known.api) {
      case 'ApiVersions': {
        const offered = Object.entries(APIS).map(([key, api]) =>
          Buffer.concat([int16(Number(key)), int16(api.version), int16(api.version)]),
        );
        return Buffer.concat([error, array(...offered), ...(version > 0 ? [int32(0)] : [])]);
      }
      case 'Metadata': {
        const broker = Buffer.concat([int32(NODE), text(HOST), int32(this.port), nothing]);
        const partition = [none, int32(PARTITION), int32(NODE), array(int32(NODE)), array(int32(NODE))];
        const topic = [error, text(this.topic), int8(0), array(Buffer.concat(partition))];
        return Buffer.concat([array(broker), int32(NODE), array(Buffer.concat(topic))]);
      }
      case 'FindCoordinator':
        return Buffer.concat([error, int32(NODE), text(HOST), int32(this.port)]);
      case 'ListOffsets': {
        const partition = [int32(PARTITION), error, int64(-1n), int64(0n)];
        return array(Buffer.concat([text(this.topic), array(Buffer.concat(partition))]));
      }
      case 'OffsetFetch': {
        const partition = [int32(PARTITION), int64(-1n), nothing, none];
        const topic = Buffer.concat([text(this.topic), array(Buffer.concat(partition))]);
        return Buffer.concat([array(topic), error]);
      }
    }
  }
}
