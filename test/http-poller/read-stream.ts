import type {
  ExchangeRecord,
  JsonObject,
  Slice,
  SliceBounds,
  SliceError,
  SliceResult,
  HttpSourceDefinition,
  StreamDefinition,
  StreamReaderParts,
  TokenStore,
} from '#libs/sources';
import { createMemoryTokenStore, createStreamReader } from '#libs/sources';
import { createHttpClient } from '../../apps/http-poller/src/http-client.js';

/** A stream of the scripted partner: `/rows`, records in `data`, unless it says otherwise. */
export function streamOf(origin: string, more: Partial<StreamDefinition> = {}): StreamDefinition {
  return {
    name: 'rows',
    poll_interval: 'PT5M',
    requester: { url: `${origin}/rows`, timeout: 'PT1M' }, // a slow machine is no slow partner
    incremental_sync: { type: 'full_refresh' },
    decoder: { type: 'json' },
    record_selector: { path: 'data' },
    primary_key: ['id'],
    mapping: [],
    ...more,
  };
}

/** What came of reading a slice. */
export interface Read {
  records: JsonObject[];
  result?: SliceResult;
  error?: SliceError;
  /** Waits between tries, in milliseconds; none of them took any time. */
  waits: number[];
  exchanges: ExchangeRecord[];
  /** How often the budget was asked. */
  taken: number;
}

/** What differs from a plain read. */
export interface ReadOptions extends Partial<
  Pick<StreamReaderParts, 'send' | 'secrets' | 'env' | 'now' | 'random'>
> {
  authenticator?: HttpSourceDefinition['authenticator'];
  slice?: Slice;
  bounds?: SliceBounds;
  tokenStore?: TokenStore;
  signal?: AbortSignal;
  /** Stops reading after so many batches. */
  batches?: number;
}

const client = createHttpClient();

/** Ends the connections of all reads. */
export function closeConnections(): Promise<void> {
  return client.close();
}

/** Reads one slice with a clock that waiting moves. */
export async function readStream(stream: StreamDefinition, options: ReadOptions = {}): Promise<Read> {
  const read: Read = { records: [], waits: [], exchanges: [], taken: 0 };
  let clockMs = Date.parse('2026-11-21T12:00:00Z');
  const reader = createStreamReader({
    source: options.authenticator ? { authenticator: options.authenticator } : {},
    stream,
    send: options.send ?? client.send,
    budget: {
      take: async () => {
        read.taken += 1;
      },
    },
    secrets: options.secrets ?? (() => undefined),
    env: options.env ?? (() => undefined),
    tokenStore: options.tokenStore ?? createMemoryTokenStore(),
    now: options.now ?? (() => clockMs),
    sleep: async (ms) => {
      read.waits.push(ms);
      clockMs += ms;
    },
    random: options.random ?? (() => 0.5),
    onExchange: (exchange) => read.exchanges.push(exchange),
  });
  const signal = options.signal ?? new AbortController().signal;
  const batches = reader.read(options.slice ?? { type: 'full_refresh' }, options.bounds ?? {}, signal);
  try {
    let left = options.batches ?? Infinity;
    let next = await batches.next();
    for (; !next.done && left > 0; next = await batches.next()) {
      read.records.push(...next.value.records);
      left -= 1;
    }
    if (next.done) read.result = next.value;
    else await batches.return(undefined as never);
  } catch (error) {
    read.error = error as SliceError;
  }
  return read;
}
