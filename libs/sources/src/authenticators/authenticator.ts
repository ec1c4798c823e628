import type { HttpRequest } from '../http.js';
import type { EnvLookup, SecretLookup } from '../requesting/placeholders.js';
import type { RequestDraft } from '../requesting/request-draft.js';
import type { TokenStore } from './token-store.js';

/** A request that shows who asks. */
export interface Authenticated {
  draft: RequestDraft;
  /** What must be masked besides the secrets: tokens, signatures, and what was made of them. */
  sensitive: readonly string[];
  /** The token that was used, where another can replace it. */
  token?: string;
}

/** Shows the partner who asks. */
export interface Authenticator {
  /**
   * Every request, each retry too, goes through here: it is signed anew.
   * @throws SliceError where a secret is missing, or no token could be had
   */
  authenticate(draft: RequestDraft, signal: AbortSignal): Promise<Authenticated>;
  /** The partner refused this token before it ran out; the next request gets another. Missing where nothing is
   * gained by asking again. */
  refuse?(token: string): void;
}

/** A small answer, read whole. */
export interface SmallAnswer {
  status: number;
  /** By lower-case name. */
  headers: Record<string, string>;
  text: string;
}

/** Asks for a token. @throws SliceError (transient_error) for what the network does */
export type AskForToken = (
  request: HttpRequest,
  options: { timeoutMs: number; signal: AbortSignal; sensitive: readonly string[] },
) => Promise<SmallAnswer>;

/** What authenticators need of the world. */
export interface AuthenticatorWorld {
  env: EnvLookup;
  secrets: SecretLookup;
  tokenStore: TokenStore;
  askForToken: AskForToken;
  /** Epoch milliseconds. */
  now: () => number;
  /** From 0 to below 1. */
  random: () => number;
}
