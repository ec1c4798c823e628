import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const NO_BYTES = Buffer.alloc(0);
const LENGTH = /\r\ncontent-length: *(\d+)/i;

/** What a reply's head says. */
export type OnReply = (status: number, head: Buffer) => void;

/**
 * One kept connection with one call at a time: bytes out, a reply's head in. Made to cost the load generator as
 * little as can be: a reply that comes in one piece, as nearly all do, is not copied.
 */
export class WireClient {
  private rest: Buffer = NO_BYTES;
  private onReply: OnReply | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.take(chunk));
  }

  /** @throws where nothing listens */
  static open(port: number, onEnd: (error: Error) => void): Promise<WireClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        const end = (error?: Error): void =>
          onEnd(error ?? new Error('the server has closed the connection'));
        socket.on('error', end).on('end', () => end());
        resolve(new WireClient(socket));
      });
    });
  }

  /** Sends a whole request; `bytes` must not change until its reply is there. */
  call(bytes: Buffer, onReply: OnReply): void {
    this.onReply = onReply;
    this.socket.write(bytes);
  }

  close(): void {
    this.socket.removeAllListeners('end');
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const end = bytes.indexOf(HEAD_END);
    const size = end < 0 ? Infinity : end + HEAD_END.length + bodySize(bytes, end);
    if (bytes.length < size) return void (this.rest = bytes);
    this.rest = NO_BYTES;
    // "HTTP/1.1 202 Accepted"
    const status = (bytes[9]! - 48) * 100 + (bytes[10]! - 48) * 10 + (bytes[11]! - 48);
    this.onReply!(status, bytes.subarray(0, end));
  }
}

/** A 202 of a pixel has no body; only the other replies are looked at more closely. */
function bodySize(bytes: Buffer, headEnd: number): number {
  if (bytes.length === headEnd + HEAD_END.length && bytes[9] === 50) return 0;
  return Number(LENGTH.exec(bytes.toString('latin1', 0, headEnd))?.[1] ?? 0);
}
