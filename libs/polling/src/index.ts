export { failureOf, waitAfter, type Failure } from './failure.js';
export { LeaseLostError, holdLease, type HeldLease } from './lease.js';
export type { BackfillSlice, PollableStream } from './pollable-stream.js';
export { POLLER_TIMES, type PollerParts, type PollerTimes } from './poller-parts.js';
export { reportFailure, reportLostLease, reportWindow } from './report-window.js';
export { SliceFailedError, asSliceFailure } from './slice-failed-error.js';
export { startPolling, type MadeDefinition, type MakePolling } from './start-polling.js';
export { Tally, type ToldRecord } from './tally.js';
export { waitUnlessAborted } from './wait.js';
