import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpClient } from '#apps/http-poller';
import { readEnvironment, secretsOf } from '#libs/runtime';
import {
  createStreamReader,
  decodeContentEncoding,
  masker,
  type ExchangeRecord,
  type HttpResponse,
  type HttpSend,
  type HttpSourceDefinition,
  type RecordBatch,
  type Slice,
  type SliceBounds,
  type SliceResult,
  type StreamDefinition,
  type StreamReader,
} from '#libs/sources';
import { localBudget } from './local-budget.js';
import { openTokens } from './token-store.js';

/** Why a reading was ended on purpose. */
class EnoughRead extends Error {}

/** An answer as it came, still encoded; up to 32 MiB of its body. */
export interface LatestAnswer {
  body: Buffer;
  headers: Record<string, string>;
  status: number;
  /** Masks every secret in what is shown of it. */
  mask: (text: string) => string;
}

/** What a command asks a partner with. */
export interface PartnerAccess {
  /** Reads a slice; at most so many requests for pages are sent for it. */
  read(
    slice: Slice,
    bounds: SliceBounds,
    maxPages?: number,
  ): AsyncGenerator<RecordBatch, SliceResult | undefined>;
  /** What the last request was answered; undefined: nothing. */
  latest(): LatestAnswer | undefined;
  reader: StreamReader;
  close(): Promise<void>;
}

/** How a partner is asked. */
export interface AccessOptions {
  onExchange?: (exchange: ExchangeRecord) => void;
  /** Tries of one page beyond the first. Absent: as the definition says. */
  maxRetries?: number;
  /** Of time stamps that are signed. Absent: the clock. */
  now?: () => number;
  /** Of nonces. */
  random?: () => number;
  /** Requests are made, and none is sent. */
  offline?: true;
}

/** Where a body is kept, up to so many bytes. */
const KEPT_BYTES = 32 * 1024 * 1024;

/**
 * Opens the way to a stream's partner: secrets of the environment, a budget of this command alone. Nothing is stored but
 * the newest refresh token, see `openTokens`.
 * @throws SliceError for a definition that cannot be read
 */
export function openPartner(
  {
    source,
    stream,
  }: { source: Pick<HttpSourceDefinition, 'authenticator' | 'api_budget'>; stream: StreamDefinition },
  options: AccessOptions = {},
): PartnerAccess {
  const environment = readEnvironment();
  const tokens = openTokens(
    options.offline ? undefined : (stream.authenticator ?? source.authenticator),
    environment,
    (note) => process.stderr.write(`${note}\n`),
  );
  const client = createHttpClient({ env: environment });
  const now = options.now ?? Date.now;
  let left = Infinity;
  let stop = new AbortController();
  let latest: (Omit<LatestAnswer, 'body'> & { chunks: Buffer[] }) | undefined;
  const secrets = secretsOf(environment);
  const given = new Set<string>();
  const send: HttpSend = async (request, how) => {
    if (left <= 0 || options.offline) {
      stop.abort(new EnoughRead(request.url));
      throw stop.signal.reason;
    }
    latest = undefined;
    const response = await client.send(request, how);
    latest = { chunks: [], headers: response.headers, status: response.status, mask: masker(given) };
    return { ...response, body: kept(response.body, latest.chunks) };
  };
  const { maxRetries } = options;
  const reader = createStreamReader({
    source,
    stream:
      maxRetries === undefined
        ? stream
        : { ...stream, error_handler: { ...stream.error_handler, max_retries: maxRetries } },
    send,
    budget: localBudget(source.api_budget, Date.now, (ms) => {
      if (ms > 2_000) process.stderr.write(`waiting ${Math.ceil(ms / 1000)} s, as api_budget asks\n`);
    }),
    secrets: (name) => {
      const value = secrets(name);
      if (value) given.add(value);
      return value;
    },
    env: (name) => environment[name],
    tokenStore: tokens.store,
    now,
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    random: options.random ?? Math.random,
    onExchange: (exchange) => {
      if (stop.signal.aborted && !options.offline) return; // it was never sent
      if (exchange.purpose === 'page') left--;
      options.onExchange?.(exchange);
    },
  });
  return {
    reader,
    latest: () => {
      if (!latest) return undefined;
      const { chunks, ...answer } = latest;
      return { ...answer, body: Buffer.concat(chunks) };
    },
    close: async () => {
      await client.close();
      await tokens.close();
    },
    async *read(slice, bounds, maxPages = Infinity) {
      left = maxPages;
      stop = new AbortController();
      try {
        return yield* reader.read(slice, bounds, stop.signal);
      } catch (error) {
        if (error instanceof EnoughRead) return undefined;
        throw error;
      }
    },
  };
}

/** Puts what is read of a body into `chunks`, up to the most that is kept. */
function kept(body: HttpResponse['body'], chunks: Buffer[]): HttpResponse['body'] {
  let bytes = 0;
  async function* read(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes <= KEPT_BYTES) chunks.push(Buffer.from(chunk));
      yield chunk;
    }
  }
  return Object.assign(read(), { destroy: () => body.destroy() });
}

/** The body of an answer without its Content-Encoding. */
export async function decodedBody({ body, headers }: LatestAnswer): Promise<Buffer> {
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield body;
  }
  const closable = Object.assign(whole(), { destroy: () => {} });
  const chunks: Uint8Array[] = [];
  for await (const chunk of decodeContentEncoding(closable, headers['content-encoding'])) chunks.push(chunk);
  return Buffer.concat(chunks);
}
