export { failureOf, type Failure } from './failure.js';
export { LeaseLostError } from './lease.js';
export type { BackfillSlice, PollableStream } from './pollable-stream.js';
export { POLLER_TIMES, type PollerParts, type PollerTimes } from './poller-parts.js';
export { SliceFailedError, asSliceFailure } from './slice-failed-error.js';
export {
  SourceDefinitions,
  type MadeDefinition,
  type MadeSource,
  type MakeSource,
} from './source-definitions.js';
export { startPolling, type MakeSources } from './start-polling.js';
export { msUntilDue, takeTurn, type NextTurn, type StreamTurn } from './stream-turn.js';
export { Tally, type ToldRecord } from './tally.js';
export { waitUnlessAborted } from './wait.js';
