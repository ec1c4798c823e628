import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { VERSION, type Environment } from '#libs/runtime';
import type { HttpSend } from '#libs/sources';

/** How requests go out. */
export interface HttpClientOptions {
  /** Connections to one partner at a time; further requests wait. Absent: 8. */
  connections?: number;
  /** Names the proxies, as curl knows them: `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, also in lower case. Absent: none. */
  env?: Environment;
}

/** Sends requests over connections that it keeps. */
export interface HttpClient {
  send: HttpSend;
  /** Ends what is still under way. */
  close(): Promise<void>;
}

const CONNECTIONS = 8;
const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 10_000;

/** No answer began in time. */
class NoAnswerError extends Error {
  override name = 'TimeoutError';
}

/** A client of its own connections. Certificates are verified; redirects are given back as they are. */
export function createHttpClient({
  connections = CONNECTIONS,
  env = {},
}: HttpClientOptions = {}): HttpClient {
  const options: Agent.Options = {
    connections,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    keepAliveTimeout: KEEP_ALIVE_MS,
    pipelining: 1,
  };
  const httpProxy = env.http_proxy || env.HTTP_PROXY || '';
  const httpsProxy = env.https_proxy || env.HTTPS_PROXY || '';
  const noProxy = env.no_proxy || env.NO_PROXY || '';
  const dispatcher: Dispatcher =
    httpProxy || httpsProxy
      ? new EnvHttpProxyAgent({ ...options, httpProxy, httpsProxy, noProxy })
      : new Agent(options);
  return {
    send: (request, { timeoutMs, signal }) => sendBy(dispatcher, request, timeoutMs, signal),
    close: () => dispatcher.destroy(),
  };
}

async function sendBy(
  dispatcher: Dispatcher,
  { method, url, headers, body }: Parameters<HttpSend>[0],
  timeoutMs: number,
  signal: AbortSignal,
): ReturnType<HttpSend> {
  const { origin, pathname, search } = new URL(url);
  const ended = new AbortController();
  const stop = () => ended.abort(signal.reason);
  const release = () => signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  signal.addEventListener('abort', stop);
  // undici's own timeout begins when the request has a connection; this one when it is asked for.
  const timer = setTimeout(
    () => ended.abort(new NoAnswerError(`no answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  try {
    const answer = await dispatcher.request({
      origin,
      path: pathname + search,
      method,
      headers: { 'user-agent': `tributary/${VERSION}`, ...headers },
      body: body ?? null,
      headersTimeout: 0,
      bodyTimeout: timeoutMs,
      signal: ended.signal,
    });
    answer.body.on('error', () => {}); // A body that nobody reads may break off, too.
    answer.body.on('close', release);
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
      ),
      body: answer.body,
    };
  } catch (error) {
    release();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
