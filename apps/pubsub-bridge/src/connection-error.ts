/** What no client can be made of; the message tells no secret. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';

  constructor(
    /** `secret`: credentials are not there, or are none; `definition`: the file has to be changed. */
    readonly code: 'secret' | 'definition',
    message: string,
  ) {
    super(message);
  }
}
