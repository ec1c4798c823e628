import { PageFailure } from '../errors/failure.js';
import { networkFailure } from '../errors/network-failure.js';
import type { HttpRequest, HttpSend } from '../http.js';
import { maskRequest, masker } from '../requesting/mask-request.js';
import { watchAnswer, type ArrivingAnswer } from './arriving-answer.js';

/** A request and what became of it, as it may be shown: every secret in it is masked. */
export interface ExchangeRecord {
  /** `page`: for records; `token`: a login or a token endpoint. */
  purpose: 'page' | 'token';
  /** Of the slice, from 1. Absent: for a token. */
  page?: number;
  /** From 1; more than that are retries. Absent: for a token. */
  attempt?: number;
  request: HttpRequest;
  /** Absent: no answer came. */
  status?: number;
  contentType?: string;
  /** Of the body that was read, as it came over the wire. */
  bytes: number;
  /** Until the answer began, and until it was read. */
  headersMs?: number;
  totalMs: number;
  /** What went wrong with the connection. */
  error?: string;
}

/** Which request this is. */
export interface ExchangeOptions extends Pick<ExchangeRecord, 'purpose' | 'page' | 'attempt'> {
  timeoutMs: number;
  signal: AbortSignal;
  /** What is masked besides the secrets. */
  sensitive: readonly string[];
}

/** What requests are sent with. */
export interface ExchangeWorld {
  send: HttpSend;
  /** Epoch milliseconds. */
  now: () => number;
  /** Every secret that was looked up. */
  knownSecrets: () => readonly string[];
  onExchange?: ((record: ExchangeRecord) => void) | undefined;
}

/** An answer that is being read. */
export interface Exchange {
  answer: ArrivingAnswer;
  /** Closes the connection, unless the body was read to its end, and tells how it went. */
  finish: () => void;
}

/** Sends a request. @throws PageFailure for what the network did; what the signal says */
export async function openExchange(
  request: HttpRequest,
  { purpose, page, attempt, timeoutMs, signal, sensitive }: ExchangeOptions,
  { send, now, knownSecrets, onExchange }: ExchangeWorld,
): Promise<Exchange> {
  const startedMs = now();
  const tell = (problem: string | undefined, told: Partial<ExchangeRecord>) => {
    if (!onExchange) return;
    const all = [...knownSecrets(), ...sensitive];
    onExchange({
      purpose,
      ...(page === undefined ? {} : { page }),
      ...(attempt === undefined ? {} : { attempt }),
      request: maskRequest(request, all),
      bytes: 0,
      ...told,
      totalMs: now() - startedMs,
      ...(problem === undefined ? {} : { error: masker(all)(problem) }),
    });
  };

  let answer: ArrivingAnswer;
  try {
    signal.throwIfAborted();
    answer = watchAnswer(await send(request, { timeoutMs, signal }), { timeoutMs, signal, now });
  } catch (error) {
    const failure = networkFailure(error, 'before it answered');
    tell(failure.message, {});
    signal.throwIfAborted();
    throw new PageFailure(failure);
  }
  const headersMs = now() - startedMs;
  const contentType = answer.headers['content-type'];
  return {
    answer,
    finish() {
      answer.body.destroy();
      const { status } = answer;
      const broken = answer.broken();
      tell(broken && networkFailure(broken.cause, 'while its answer arrived').message, {
        status,
        ...(contentType === undefined ? {} : { contentType }),
        bytes: answer.bytes(),
        headersMs,
      });
    },
  };
}
