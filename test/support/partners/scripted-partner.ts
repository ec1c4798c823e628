import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

/** What a partner was asked. */
export interface AskedRequest {
  method: string;
  /** Path and query. */
  url: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string;
}

/** One answer of a script. */
export interface ScriptedAnswer {
  /** Absent: 200. */
  status?: number;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  text?: string;
  /** Sent as it is. */
  bytes?: Buffer;
  /** Compresses the body and says so. */
  gzip?: boolean;
  /** Before anything is sent. */
  delayMs?: number;
  /**
   * `cut`: the connection ends within the body; `reset`: before an answer; `silent`: no answer at all; `stall`: half of
   * the body, then silence; `drip`: byte after byte.
   */
  fault?: 'cut' | 'reset' | 'silent' | 'stall' | 'drip';
}

/** Answers the requests as they come: each answer once, or what a function says. */
export type Script = readonly ScriptedAnswer[] | ((asked: AskedRequest, count: number) => ScriptedAnswer);

/** A partner on the loopback that answers as its script says, and remembers what it was asked. */
export interface ScriptedPartner {
  /** `http://127.0.0.1:<port>`. */
  origin: string;
  asked: readonly AskedRequest[];
  /** Begins with another script. */
  play(script: Script): void;
  /** Connections that are open. */
  open(): number;
  close(): Promise<void>;
}

const DRIP_MS = 5;

/** Starts a partner. A request beyond the end of a list is answered 500. */
export async function startPartner(script: Script = []): Promise<ScriptedPartner> {
  let current = script;
  let count = 0;
  const asked: AskedRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    void readRequest(request).then((told) => {
      asked.push(told);
      const number = count++;
      const answer = typeof current === 'function' ? current(told, number) : current[number];
      const sent = answer ?? { status: 500, text: `the script has no answer ${number + 1}` };
      if (sent.delayMs === undefined) send(response, sent);
      else setTimeout(() => send(response, sent), sent.delayMs);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    play(next) {
      current = next;
      count = 0;
      asked.length = 0;
    },
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readRequest(request: IncomingMessage): Promise<AskedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const url = request.url ?? '/';
  const { pathname, searchParams } = new URL(url, 'http://partner');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
  );
  const body = Buffer.concat(chunks).toString();
  return { method: request.method ?? '', url, path: pathname, query: searchParams, headers, body };
}

function send(response: ServerResponse, answer: ScriptedAnswer): void {
  const { status = 200, fault } = answer;
  if (fault === 'silent') return;
  if (fault === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const plain =
    answer.bytes ??
    Buffer.from(answer.json === undefined ? (answer.text ?? '') : JSON.stringify(answer.json));
  const body = answer.gzip ? gzipSync(plain) : plain;
  response.writeHead(status, {
    'content-length': body.length,
    ...(answer.json === undefined ? {} : { 'content-type': 'application/json' }),
    ...(answer.gzip ? { 'content-encoding': 'gzip' } : {}),
    ...answer.headers,
  });
  const half = Math.floor(body.length / 2);
  if (fault === 'cut') response.write(body.subarray(0, half), () => response.socket?.destroy());
  else if (fault === 'stall') response.write(body.subarray(0, half));
  else if (fault === 'drip') drip(response, body, 0);
  else response.end(body);
}

function drip(response: ServerResponse, body: Buffer, at: number): void {
  if (at >= body.length) {
    response.end();
    return;
  }
  response.write(body.subarray(at, at + 1));
  const timer = setTimeout(() => drip(response, body, at + 1), DRIP_MS);
  response.once('close', () => clearTimeout(timer));
}
