import type { JsonValue } from '../json.js';

/** Where a body goes wrong, as far as its format can tell. */
export interface DecodeErrorPlace {
  /** Byte of the body, after decompression, from 0. */
  offset?: number;
  /** Line of the body, from 1. */
  line?: number;
  /** The document where it could be read to its end, but has no records where they were looked for. */
  envelope?: JsonValue;
}

/**
 * A body that cannot be read as the definition says. The message says what was expected and where it goes wrong, and
 * never what stands there. The error of a document without records has the document in `envelope`, so that the rules
 * of the error handler can still look at an answer that tells of an error.
 */
export class DecodeError extends Error {
  readonly offset: number | undefined;
  readonly line: number | undefined;
  readonly envelope: JsonValue | undefined;

  constructor(message: string, { offset, line, envelope }: DecodeErrorPlace = {}) {
    super(message);
    this.offset = offset;
    this.line = line;
    this.envelope = envelope;
  }
}

/** A decoder or selector that no body could be read with. */
export class DecoderDefinitionError extends Error {
  /** @param key in the stream, as `decoder.charset` */
  constructor(
    readonly key: 'record_selector.path' | 'decoder' | 'decoder.charset' | 'decoder.columns',
    readonly problem: string,
  ) {
    super(`${key}: ${problem}`);
  }
}
