import type { AskForToken } from '../authenticators/authenticator.js';
import { DecodeError } from '../decoding/decode-error.js';
import { PageFailure } from '../errors/failure.js';
import { networkFailure } from '../errors/network-failure.js';
import { SliceError } from '../errors/slice-error.js';
import { openExchange, type ExchangeWorld } from './exchange.js';
import { readSmallBody } from './small-body.js';

/** Sends the requests of authenticators. */
export function createAskForToken(world: ExchangeWorld): AskForToken {
  return async (request, { timeoutMs, signal, sensitive }) => {
    try {
      const options = { purpose: 'token' as const, timeoutMs, signal, sensitive };
      const { answer, finish } = await openExchange(request, options, world);
      try {
        return { status: answer.status, headers: answer.headers, text: await readSmallBody(answer) };
      } catch (error) {
        const broken = answer.broken();
        if (broken) throw new PageFailure(networkFailure(broken.cause, 'while its answer arrived'));
        throw error;
      } finally {
        finish();
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DecodeError) {
        throw new SliceError('system_error', 'decode', `asking for a token: ${error.message}`);
      }
      if (!(error instanceof PageFailure)) throw error;
      const { reason, code, message } = error.failure;
      throw new SliceError(reason, code, `asking for a token: ${message}`, { cause: error.failure.cause });
    }
  };
}
