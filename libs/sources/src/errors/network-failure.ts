import type { Failure } from './failure.js';

/**
 * What the network did, as a failure to try again; but a request that could not even be sent is the definition's.
 * @param doing what went on, as `while its answer arrived`
 */
export function networkFailure(error: unknown, doing: string): Failure {
  const { name, code, message } = partsOf(error);
  const isTimeout = /TIMEOUT|ETIMEDOUT/i.test(code) || name === 'TimeoutError';
  const what = message || code || 'it is not known how';
  if (code === 'UND_ERR_INVALID_ARG') {
    const message = `requester: the request cannot be sent: ${what}`;
    return { action: 'fail', reason: 'config_error', code: 'definition', message, cause: error };
  }
  if (CERTIFICATE.test(code)) {
    const message =
      `the partner’s certificate is not trusted: ${what}; if it is right, NODE_EXTRA_CA_CERTS has to name a file ` +
      'with the certificate of who vouches for it';
    return { action: 'retry', reason: 'transient_error', code: 'network', message, cause: error };
  }
  return {
    action: 'retry',
    reason: 'transient_error',
    code: isTimeout ? 'timeout' : 'network',
    message: `${isTimeout ? 'the partner was too slow' : 'the connection failed'} ${doing}: ${what}`,
    cause: error,
  };
}

/** What Node says of a certificate that cannot be verified. */
const CERTIFICATE = /CERT|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY/;

function partsOf(error: unknown): { name: string; code: string; message: string } {
  const text = (key: string) => {
    const value = (error as Record<string, unknown> | null | undefined)?.[key];
    return typeof value === 'string' ? value : '';
  };
  return { name: text('name'), code: text('code'), message: text('message') };
}
