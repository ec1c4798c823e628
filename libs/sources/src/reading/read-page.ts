import { instantToMs } from '#libs/events';
import type { Authenticator } from '../authenticators/authenticator.js';
import { afterFailure } from '../errors/after-failure.js';
import { PageFailure, type Failure } from '../errors/failure.js';
import { SliceError } from '../errors/slice-error.js';
import type { ApiBudget } from '../http.js';
import type { JsonValue } from '../json.js';
import { fingerprintPage, type PageFingerprint } from '../paging/page-fingerprint.js';
import { keepGreatestId } from '../paging/greatest-id.js';
import { masker } from '../requesting/mask-request.js';
import { requestOf, type RequestDraft } from '../requesting/request-draft.js';
import type { RecordBatch } from '../slices.js';
import { openExchange, type ExchangeWorld } from './exchange.js';
import { readAnswer, type AnswerRead, type AnswerReading } from './read-answer.js';

/** What pages of a stream are read with. */
export interface PageWorld extends ExchangeWorld {
  budget: ApiBudget;
  authenticator: Authenticator;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  random: () => number;
}

/** How the pages of a stream are read. */
export interface PageReading extends AnswerReading {
  timeoutMs: number;
  /** Whether another page may follow, so that a page must be known again. */
  isPaged: boolean;
  /** Where an id stands whose greatest is asked for: the stream's and the paginator's. */
  idPaths: readonly string[];
}

/** A page that was read whole. */
export interface PageRead extends AnswerRead {
  url: string;
  headers: Readonly<Record<string, string>>;
  /** Of pages that another may follow. */
  fingerprint?: PageFingerprint;
  /** By path; undefined where no record has one. */
  greatestIds: ReadonlyMap<string, string | undefined>;
}

/**
 * Reads one page, again if need be: each try takes from the budget and is signed anew.
 * @param page of the slice, from 1
 * @throws SliceError where retries do not help, its message without secrets; the signal's reason
 */
export async function* readPage(
  page: number,
  draftPage: () => RequestDraft,
  reading: PageReading,
  world: PageWorld,
  signal: AbortSignal,
): AsyncGenerator<RecordBatch, PageRead> {
  const tries = { retries: 0, maxRetries: reading.rules.maxRetries, refreshed: false, given: false };
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    await world.budget.take(signal);
    let token: string | undefined;
    let sensitive: readonly string[] = [];
    let failure: Failure;
    try {
      const authenticated = await world.authenticator.authenticate(draftPage(), signal);
      ({ token, sensitive } = { token: undefined, ...authenticated });
      const options = { page, attempt, sensitive };
      return yield* tryPage(authenticated.draft, options, reading, world, signal, () => {
        tries.given = true;
      });
    } catch (error) {
      signal.throwIfAborted();
      failure = maskedFailure(error, [...world.knownSecrets(), ...sensitive], world.now());
    }
    const goOn = afterFailure(failure, tries, world.now(), world.random());
    if (goOn.then === 'fail') throw goOn.error;
    if (goOn.then === 'refresh_token') {
      tries.refreshed = true;
      if (token !== undefined) world.authenticator.refuse?.(token);
      continue;
    }
    tries.retries += 1;
    await world.sleep(goOn.ms, signal);
  }
}

async function* tryPage(
  draft: RequestDraft,
  tryOptions: { page: number; attempt: number; sensitive: readonly string[] },
  reading: PageReading,
  world: PageWorld,
  signal: AbortSignal,
  onGiven: () => void,
): AsyncGenerator<RecordBatch, PageRead> {
  const request = requestOf(draft);
  const { page } = tryOptions;
  const { timeoutMs, isPaged, idPaths } = reading;
  const options = { purpose: 'page' as const, ...tryOptions, timeoutMs, signal };
  const { answer, finish } = await openExchange(request, options, world);
  const fingerprint = isPaged ? fingerprintPage() : undefined;
  const ids = idPaths.map((path) => ({ path, greatest: keepGreatestId(path) }));
  const onRecord = (record: JsonValue) => {
    fingerprint?.add(record);
    for (const { greatest } of ids) greatest.add(record);
  };
  const hasToken = world.authenticator.refuse !== undefined;
  const batches = readAnswer(answer, reading, { page, hasToken, receivedMs: world.now(), onRecord });
  try {
    let next = await batches.next();
    for (; !next.done; next = await batches.next()) {
      signal.throwIfAborted();
      onGiven();
      yield next.value;
    }
    return {
      ...next.value,
      url: request.url,
      headers: answer.headers,
      ...(fingerprint ? { fingerprint: fingerprint.end() } : {}),
      greatestIds: new Map(ids.map(({ path, greatest }) => [path, greatest.value()])),
    };
  } finally {
    await batches.return(undefined as never);
    finish();
  }
}

/** @throws what is no failure of the partner, and what is the definition's, masked */
function maskedFailure(error: unknown, sensitive: readonly string[], nowMs: number): Failure {
  const mask = masker(sensitive);
  if (error instanceof PageFailure) return { ...error.failure, message: mask(error.failure.message) };
  if (!(error instanceof SliceError)) throw error;
  const { reason, code, status, retryAt, cause } = error;
  const message = mask(error.message);
  if (reason === 'config_error') {
    throw new SliceError(reason, code, message, { ...(status === undefined ? {} : { status }), cause });
  }
  const waitMs = retryAt === undefined ? undefined : Math.max(0, instantToMs(retryAt) - nowMs);
  return {
    action: waitMs === undefined ? 'retry' : 'rate_limited',
    reason,
    code,
    message,
    ...(status === undefined ? {} : { status }),
    ...(waitMs === undefined ? {} : { waitMs }),
    cause,
  };
}
