/** A record is larger than the log takes. Nothing of the publish call was stored. */
export class RecordTooLargeError extends Error {
  override readonly name = 'RecordTooLargeError';
  constructor(
    readonly topic: string,
    /** Index of the first such record in the publish call. */
    readonly index: number,
    readonly sizeBytes: number,
    readonly limitBytes: number,
  ) {
    super(`record ${index} for ${topic} has ${sizeBytes} bytes; the log takes at most ${limitBytes}`);
  }
}

/** The log did not confirm that the records are durable; publish again (consumers are idempotent). */
export class PublishError extends Error {
  override readonly name = 'PublishError';
  constructor(
    readonly topic: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`publish to ${topic}: ${message}`, options);
  }
}

/** Offsets of a group cannot be moved while members are running. */
export class GroupActiveError extends Error {
  override readonly name = 'GroupActiveError';
  constructor(readonly group: string) {
    super(`consumer group ${group} has running members; stop them first`);
  }
}

/** Thrown by a batch handler to end the consumer: a bug, not a passing fault. Nothing is committed. */
export class FatalConsumerError extends Error {
  override readonly name = 'FatalConsumerError';
}
