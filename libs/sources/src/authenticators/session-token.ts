import type { AuthenticatorDefinition } from '../definition.js';
import { DecodeError } from '../decoding/decode-error.js';
import { parseJson } from '../decoding/json.js';
import { SliceError } from '../errors/slice-error.js';
import { statedWaitMs, waitHeaderOf } from '../errors/stated-wait.js';
import { instantFromMs } from '#libs/events';
import type { JsonValue } from '../json.js';
import { compilePath } from '../path.js';
import { compileRequester, durationMs, timeoutOf } from '../requesting/compile-requester.js';
import { compileTemplate } from '../requesting/placeholders.js';
import { requestOf } from '../requesting/request-draft.js';
import type { Authenticator, AuthenticatorWorld, SmallAnswer } from './authenticator.js';
import { placeholderValues } from './credential-texts.js';
import { keepToken, renewAtOf } from './kept-token.js';
import { placeCredential } from './place-credential.js';

type Definition = Extract<AuthenticatorDefinition, { type: 'session_token' }>;

const LOGIN = 'authenticator.login';

/** Logs in, then shows the token that the login gave. */
export function createSessionToken(definition: Definition, world: AuthenticatorWorld): Authenticator {
  const draftLogin = compileRequester(definition.login, LOGIN, []);
  const timeoutMs = timeoutOf(definition.login, LOGIN);
  const readToken = compilePath(definition.token_path);
  const readLife =
    definition.expires_in_path === undefined ? undefined : compilePath(definition.expires_in_path);
  const lifeSeconds =
    definition.expires_in && durationMs(definition.expires_in, 'authenticator.expires_in') / 1000;
  const value = compileTemplate(definition.value ?? '${token}', 'authenticator.value', ['token']);

  const login = () => requestOf(draftLogin(placeholderValues(world)));
  const kept = keepToken(
    world,
    () => [definition.type, JSON.stringify(login()), definition.token_path],
    async (_, signal) => {
      const answer = await world.askForToken(login(), { timeoutMs, signal, sensitive: [] });
      const document = answer.status < 300 ? documentOf(answer.text) : undefined;
      const token = readToken(document);
      if (token === '' || (typeof token !== 'string' && typeof token !== 'number')) {
        throw refusal(answer, definition.token_path, world.now());
      }
      const stated = readLife?.(document);
      const life = stated === undefined || stated === null ? lifeSeconds : Number(stated);
      return { accessToken: String(token), ...renewAtOf(world.now(), life || undefined) };
    },
  );

  return {
    authenticate: async (draft, signal) => {
      const token = await kept.get(signal);
      const shown = value.fill(placeholderValues(world, { token }));
      return { draft: placeCredential(draft, definition, shown), sensitive: [token, shown], token };
    },
    refuse: (token) => kept.refuse(token),
  };
}

function refusal({ status, headers }: SmallAnswer, tokenPath: string, nowMs: number): SliceError {
  if (status >= 500 || status === 429 || status === 408) {
    const waitMs = statedWaitMs(headers, nowMs, waitHeaderOf(status));
    const retry = waitMs === undefined ? {} : { retryAt: instantFromMs(nowMs + waitMs) };
    return new SliceError('transient_error', 'auth', `the login answered ${status}`, { status, ...retry });
  }
  const what =
    status < 300
      ? `the login answered ${status}, but its JSON has no text at ${tokenPath} (authenticator.token_path)`
      : `the login answered ${status}; check ${LOGIN} and the secrets it names`;
  return new SliceError('config_error', 'auth', what, { status });
}

function documentOf(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
