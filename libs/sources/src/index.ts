export type * from './definition.js';
export { DecodeError, DecoderDefinitionError } from './decoding/decode-error.js';
export { compileDecoder, type ClosableBody, type Decode } from './decoding/decoder.js';
export { decodeContentEncoding } from './decoding/decompress.js';
export type { ApiBudget, HttpRequest, HttpResponse, HttpSend } from './http.js';
export { isJsonObject, type JsonObject, type JsonValue } from './json.js';
export { PathError, compilePath, parsePath, type ReadPath } from './path.js';
export type { RecordBatch, Slice, SliceResult, StreamState } from './slices.js';
export { compileMessageDecoder, type DecodeMessage, type PubsubMessage } from './messages/pubsub-message.js';
export { GA4_STREAM, messageStream, streamsOf } from './streams-of.js';
export { DEFINITION_SCHEMA } from './loading/definition-schema.js';
export { parseSource, type ParsedSource, type ReadSchema } from './loading/parse-source.js';
export { placeholdersIn } from './loading/check-placeholders.js';
export { TEXT_FORMATS, durationMs } from './loading/text-formats.js';
export {
  compileMapping,
  compileStream,
  definitionNameOf,
  type CompiledStream,
  type Mapped,
  type Reception,
  type Told,
} from './mapping/compile-stream.js';
export { compileComparison, compileFilter } from './mapping/condition.js';
export { kindOfValue } from './mapping/value-kind.js';
export { compileZone, type ToUtc } from './mapping/time-zone.js';
export { MAX_NEW_WINDOWS } from './windows/datetime-slices.js';
export { advance, backfillSlices, behindSince, initialState, planSlices } from './windows/plan-slices.js';
export { wireBounds } from './windows/wire-bounds.js';
export type { AuthenticatorWorld } from './authenticators/authenticator.js';
export { compileSignature, type Signable, type Signing } from './authenticators/compile-signature.js';
export { signingText } from './authenticators/signature.js';
export { createMemoryTokenStore, type StoredToken, type TokenStore } from './authenticators/token-store.js';
export { SliceError, type FailureReason, type SliceErrorCode } from './errors/slice-error.js';
export type { ExchangeRecord } from './reading/exchange.js';
export {
  createStreamReader,
  type SliceBounds,
  type StreamReader,
  type StreamReaderParts,
} from './reading/stream-reader.js';
export { maskRequest, masker } from './requesting/mask-request.js';
export type { EnvLookup, SecretLookup } from './requesting/placeholders.js';
export { parseQuery } from './requesting/query.js';
export { requestOf, type RequestDraft } from './requesting/request-draft.js';
export {
  compileVerification,
  type PostbackCall,
  type Verification,
} from './postback/compile-verification.js';
