import { createAuthenticator } from '../authenticators/create-authenticator.js';
import type { TokenStore } from '../authenticators/token-store.js';
import type { HttpSourceDefinition, StreamDefinition } from '../definition.js';
import { DecoderDefinitionError } from '../decoding/decode-error.js';
import { compileDecoder } from '../decoding/decoder.js';
import { compileErrorRules } from '../errors/error-rules.js';
import { definitionError } from '../errors/slice-error.js';
import type { ApiBudget, HttpSend } from '../http.js';
import { compileFilter } from '../mapping/condition.js';
import { createPaginator } from '../paging/create-paginator.js';
import type { Paginator } from '../paging/paginator.js';
import { compileStopSignals } from '../paging/stop-signals.js';
import { PathError } from '../path.js';
import { compileRequester, timeoutOf } from '../requesting/compile-requester.js';
import { rememberSecrets } from '../requesting/known-secrets.js';
import {
  REQUEST_PLACEHOLDERS,
  type EnvLookup,
  type PlaceholderValues,
  type SecretLookup,
} from '../requesting/placeholders.js';
import type { RequestDraft } from '../requesting/request-draft.js';
import type { RecordBatch, Slice, SliceResult } from '../slices.js';
import { createAskForToken } from './ask-for-token.js';
import type { ExchangeRecord } from './exchange.js';
import { readSlice, type SliceAsk, type SliceReading } from './read-slice.js';

/** What a reader is made of. Everything outside the process comes in here. */
export interface StreamReaderParts {
  source: Pick<HttpSourceDefinition, 'authenticator'>;
  stream: StreamDefinition;
  send: HttpSend;
  budget: ApiBudget;
  secrets: SecretLookup;
  env: EnvLookup;
  /** Shared by all who read with the same credentials. */
  tokenStore: TokenStore;
  /** Epoch milliseconds. */
  now: () => number;
  /** Resolves after so long. @throws the signal's reason, at once */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to below 1. */
  random: () => number;
  /** Told of every request, those for tokens too. */
  onExchange?: (record: ExchangeRecord) => void;
}

/** `${window.from}` and `${window.to}` as the partner writes them. */
export interface SliceBounds {
  from?: string;
  to?: string;
}

/** Reads one stream of a partner. */
export interface StreamReader {
  /**
   * Reads a slice to its end, page by page. What it has given on counts only when it has returned: a slice that fails
   * is read again whole.
   * @throws SliceError; the signal's reason, at once, wherever it was
   */
  read(slice: Slice, bounds: SliceBounds, signal: AbortSignal): AsyncGenerator<RecordBatch, SliceResult>;
  /** The first request of a slice before it shows who asks. @throws SliceError where a secret is missing */
  firstRequest(slice: Slice, bounds: SliceBounds): RequestDraft;
}

/** Compiles a stream. @throws SliceError (config_error) for what cannot be read */
export function createStreamReader(parts: StreamReaderParts): StreamReader {
  try {
    return compileReader(parts);
  } catch (error) {
    const isDefinition = error instanceof PathError || error instanceof DecoderDefinitionError;
    throw isDefinition ? definitionError(parts.stream.name, error.message) : error;
  }
}

function compileReader(parts: StreamReaderParts): StreamReader {
  const { source, stream, env, send, now, onExchange } = parts;
  const known = rememberSecrets(parts.secrets);
  const exchangeWorld = { send, now, knownSecrets: known.values, onExchange };
  const authenticator = createAuthenticator(
    stream.authenticator ?? source.authenticator ?? { type: 'none' },
    {
      ...parts,
      secrets: known.lookUp,
      askForToken: createAskForToken(exchangeWorld),
    },
  );
  const world = { ...parts, ...exchangeWorld, authenticator };
  const reading = compileReading(stream);
  const ask = compileAsk(stream, reading.paginator, { env, secret: known.lookUp });
  return {
    async *read(slice, bounds, signal) {
      return yield* readSlice(ask(slice, bounds), reading, world, signal);
    },
    firstRequest(slice, bounds) {
      const { draft, first } = ask(slice, bounds);
      return draft(first);
    },
  };
}

function compileReading(stream: StreamDefinition): SliceReading {
  const { requester, decoder, record_selector: selector, incremental_sync: sync } = stream;
  const definition = stream.paginator ?? { type: 'none' };
  const paginator = createPaginator(definition);
  return {
    timeoutMs: timeoutOf(requester, 'requester'),
    rules: compileErrorRules(stream.error_handler),
    decoder: decoder.type,
    decode: compileDecoder(decoder, selector, stream.primary_key),
    filter: selector?.filter ? compileFilter(selector.filter) : () => true,
    isPaged: definition.type !== 'none',
    idPaths: [paginator.idPath, sync.type === 'id' ? sync.id_path : undefined].filter(
      (path) => path !== undefined,
    ),
    paginator,
    stop: compileStopSignals(definition.type === 'none' ? undefined : definition.stop),
    maxPages: definition.type === 'none' ? 1 : definition.max_pages,
    sync,
  };
}

/** What goes by itself: a header of the definition replaces it. */
const DEFAULT_HEADERS = { accept: '*/*', 'accept-encoding': 'gzip, deflate, br' };

function compileAsk(
  { requester, incremental_sync: sync, paginator: { type } = { type: 'none' } }: StreamDefinition,
  paginator: Paginator,
  lookups: Pick<PlaceholderValues, 'env' | 'secret'>,
): (slice: Slice, bounds: SliceBounds) => SliceAsk {
  const draftRequest = compileRequester(requester, 'requester', REQUEST_PLACEHOLDERS);
  const saysCursor = JSON.stringify(requester).includes('${cursor}');
  return (slice, bounds) => {
    const after = slice.type === 'id' ? slice.after : slice.type === 'cursor' ? slice.cursor : '';
    return {
      after,
      first: paginator.first(!saysCursor && sync.type === type ? after : undefined),
      draft(step) {
        const moment = {
          'window.from': bounds.from,
          'window.to': bounds.to,
          cursor: step.token ?? after,
          'page.number': String(step.number),
          'page.size': paginator.size === undefined ? undefined : String(paginator.size),
        };
        const draft = draftRequest({ ...lookups, moment }, step.address);
        return { ...draft, headers: { ...DEFAULT_HEADERS, ...draft.headers } };
      },
    };
  };
}
