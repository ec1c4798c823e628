export type * from './definition.js';
export type { ApiBudget, HttpRequest, HttpResponse, HttpSend } from './http.js';
export { isJsonObject, type JsonObject, type JsonValue } from './json.js';
export { PathError, compilePath, parsePath, type ReadPath } from './path.js';
export type { RecordBatch, Slice, SliceResult, StreamState } from './slices.js';
