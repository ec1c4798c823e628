/** A request as it goes to the partner: nothing in it is a placeholder any more. */
export interface HttpRequest {
  method: 'GET' | 'POST';
  url: string;
  /** By lower-case name. */
  headers: Record<string, string>;
  body?: string;
}

/** An answer whose body has not been read yet. `Content-Encoding` is still on it. */
export interface HttpResponse {
  status: number;
  /** By lower-case name. */
  headers: Record<string, string>;
  /** Must be read to its end or destroyed. */
  body: AsyncIterable<Uint8Array> & { destroy(): void };
}

/**
 * Sends one request. Redirects are not followed. `timeoutMs` bounds the time until the answer begins, and then each
 * silence while its body is waited for; `signal` ends both at once. Reading the body throws what the network does.
 * @throws what the network did, or that no answer came in time
 */
export type HttpSend = (
  request: HttpRequest,
  options: { timeoutMs: number; signal: AbortSignal },
) => Promise<HttpResponse>;

/** Hands out permission for requests. */
export interface ApiBudget {
  /** Resolves when one more request may be sent. @throws the signal's reason */
  take(signal: AbortSignal): Promise<void>;
}
