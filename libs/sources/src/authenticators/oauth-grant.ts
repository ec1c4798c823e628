import { SliceError } from '../errors/slice-error.js';
import { instantFromMs } from '#libs/events';
import { statedWaitMs, waitHeaderOf } from '../errors/stated-wait.js';
import { isJsonObject, type JsonObject } from '../json.js';
import { masker } from '../requesting/mask-request.js';
import { encodeQueryText } from '../requesting/query.js';
import type { AuthenticatorWorld, SmallAnswer } from './authenticator.js';
import { renewAtOf } from './kept-token.js';
import type { StoredToken } from './token-store.js';

/** One request to a token endpoint. */
export interface Grant {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  /** `basic`: in the header; `body`: among the parameters (RFC 6749, 2.3.1). */
  clientAuthentication: 'basic' | 'body';
  /** Parameters, `grant_type` among them; empty ones are left out. */
  params: Readonly<Record<string, string | undefined>>;
  /** Besides the client's secret. */
  sensitive: readonly string[];
}

const TIMEOUT_MS = 30_000;
/** Errors that pass (RFC 6749, 4.1.2.1; RFC 8628, 3.5). */
const PASSING = ['temporarily_unavailable', 'server_error', 'slow_down'];

/**
 * Asks an OAuth token endpoint (RFC 6749, 4.4 and 6). Lenient in what partners do otherwise: any media type, no
 * `token_type`, `expires_in` as a text. An `id_token` is not looked at.
 * @throws SliceError with the endpoint's error code and description, in which what the grant shows is masked
 */
export async function requestToken(
  grant: Grant,
  { askForToken, now }: Pick<AuthenticatorWorld, 'askForToken' | 'now'>,
  signal: AbortSignal,
): Promise<StoredToken> {
  const { clientId, clientSecret } = grant;
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(grant.params)) if (value) params.set(name, value);
  const inBody = grant.clientAuthentication === 'body';
  if (inBody) {
    params.set('client_id', clientId);
    params.set('client_secret', clientSecret);
  }
  const pair = Buffer.from(
    `${encodeQueryText(clientId, 'form')}:${encodeQueryText(clientSecret, 'form')}`,
  ).toString('base64');
  const sensitive = [pair, clientSecret, ...grant.sensitive];
  const answer = await askForToken(
    {
      method: 'POST',
      url: grant.tokenUrl,
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        ...(inBody ? {} : { authorization: `Basic ${pair}` }),
      },
      body: params.toString(),
    },
    { timeoutMs: TIMEOUT_MS, signal, sensitive },
  );
  return readToken(answer, now(), masker(sensitive));
}

type Mask = ReturnType<typeof masker>;

function readToken(answer: SmallAnswer, nowMs: number, mask: Mask): StoredToken {
  const document = parseDocument(answer.text);
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn } = document;
  if (answer.status >= 300 || typeof accessToken !== 'string' || accessToken === '') {
    throw refusal(answer, document, nowMs, mask);
  }
  return {
    accessToken,
    ...renewAtOf(nowMs, expiresIn === undefined ? undefined : Number(expiresIn)),
    ...(typeof refreshToken === 'string' && refreshToken !== '' ? { refreshToken } : {}),
  };
}

function refusal(answer: SmallAnswer, document: JsonObject, nowMs: number, mask: Mask): SliceError {
  const { status, headers } = answer;
  const { error, error_description: description } = document;
  const said = mask([error, description].filter((text) => typeof text === 'string').join(': ')).slice(0, 300);
  const what =
    status < 300
      ? `the token endpoint answered ${status} without an access_token`
      : `the token endpoint answered ${status}`;
  const passes = status >= 500 || status === 408 || status === 429 || PASSING.some((one) => one === error);
  const waitMs = statedWaitMs(headers, nowMs, waitHeaderOf(status));
  if (passes) {
    return new SliceError('transient_error', 'auth', [what, said].filter(Boolean).join(': '), {
      status,
      ...(waitMs === undefined ? {} : { retryAt: instantFromMs(nowMs + waitMs) }),
    });
  }
  const advice =
    error === 'invalid_grant'
      ? 'the refresh token is good no more: get a new one and replace the secret of authenticator.refresh_token'
      : 'check authenticator.token_url, client_id, client_secret, scope and client_authentication';
  return new SliceError('config_error', 'auth', [what, said, advice].filter(Boolean).join('; '), { status });
}

function parseDocument(text: string): JsonObject {
  try {
    const document: unknown = JSON.parse(text);
    return isJsonObject(document) ? document : {};
  } catch {
    return {};
  }
}
