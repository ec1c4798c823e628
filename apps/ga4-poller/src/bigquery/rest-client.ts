import { BigQuery, type BigQueryOptions } from '@google-cloud/bigquery';
import { OAuth2Client } from 'google-auth-library';
import { SliceError, type JsonObject } from '#libs/sources';
import { failureIn, sliceErrorOf, type Asked, type BigQueryFailure } from './bigquery-error.js';

/** Where BigQuery is, and who asks. */
export interface RestOptions {
  project: string;
  /** A service account's key (JSON) as it is now. Absent: Application Default Credentials, workload identity among them. */
  credentials?: () => string;
  /** `BIGQUERY_EMULATOR_HOST`: an emulator, which is asked without credentials. */
  emulatorHost?: string | undefined;
  /** Told of every answer: `2xx`, `4xx`, …, or `none`. */
  onAnswer?: (status: string) => void;
}

/** A request to the REST interface, v2. */
export interface RestRequest {
  /** Below `/bigquery/v2/projects/`. */
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  /** Where there is one it is a POST. */
  body?: JsonObject;
  asked: Asked;
  /** Failures that are no errors here: answered with undefined. */
  ignores?: (failure: BigQueryFailure) => boolean;
}

/**
 * BigQuery's REST interface by Google's client: its authentication and its retries, the answers as they are. The key is read
 * with every request: where it has changed the client is made anew.
 */
export class RestClient {
  private readonly base: string;
  private readonly endpoint: string | undefined;
  private made: { client: BigQuery; key: string | undefined } | undefined;

  constructor(private readonly options: RestOptions) {
    this.endpoint = endpointOf(options.emulatorHost);
    this.base = `${this.endpoint ?? 'https://bigquery.googleapis.com'}/bigquery/v2/projects/`;
  }

  /**
   * @throws SliceError, where the key is missing or cannot be read, too; or the signal's reason; what is on its way then is
   * left to end by itself
   */
  async send<T>(
    request: RestRequest & Required<Pick<RestRequest, 'ignores'>>,
    signal: AbortSignal,
  ): Promise<T | undefined>;
  async send<T>(request: RestRequest, signal: AbortSignal): Promise<T>;
  async send<T>(request: RestRequest, signal: AbortSignal): Promise<T | undefined> {
    const { path, query = {}, body, asked, ignores } = request;
    signal.throwIfAborted();
    const qs = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
    const uri = this.base + path;
    const client = this.current();
    try {
      const answer = await unlessAborted(
        new Promise<T>((resolve, reject) => {
          const options = body ? { method: 'POST', uri, qs, json: body } : { uri, qs };
          client.request(options, (error, answered) => (error ? reject(error) : resolve(answered as T)));
        }),
        signal,
      );
      this.options.onAnswer?.('2xx');
      return answer;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const failure = failureIn(error);
      this.options.onAnswer?.(
        failure.status === undefined ? 'none' : `${Math.floor(failure.status / 100)}xx`,
      );
      if (ignores?.(failure)) return undefined;
      throw sliceErrorOf(failure, asked);
    }
  }

  private current(): BigQuery {
    const key = this.endpoint === undefined ? this.options.credentials?.() : undefined;
    if (!this.made || this.made.key !== key) {
      this.made = { client: new BigQuery({ projectId: this.options.project, ...this.accessBy(key) }), key };
    }
    return this.made.client;
  }

  private accessBy(key: string | undefined): BigQueryOptions {
    if (this.endpoint !== undefined) return { apiEndpoint: this.endpoint, authClient: ANYBODY };
    return key === undefined ? {} : { credentials: keyOf(key) };
  }
}

/** An emulator asks nobody who they are. */
const ANYBODY = new OAuth2Client({ credentials: { access_token: 'emulator', expiry_date: 4e12 } });

/** `127.0.0.1:9050`, with or without scheme and the path of the interface. */
function endpointOf(host: string | undefined): string | undefined {
  if (!host) return undefined;
  const url = /^https?:\/\//.test(host) ? host : `http://${host}`;
  return url.replace(/\/+$/, '').replace(/\/bigquery\/v2$/, '');
}

function keyOf(credentials: string): JsonObject {
  try {
    return JSON.parse(credentials) as JsonObject;
  } catch {
    throw new SliceError(
      'config_error',
      'secret',
      "export.credentials: must be a service account's key, which is JSON",
    );
  }
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    promise.catch(() => {});
  }
}
