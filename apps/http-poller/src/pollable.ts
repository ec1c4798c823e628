import type { PollableStream } from '#libs/polling';
import { CursorMemory } from './cursor-memory.js';
import type { HttpPollerParts } from './http-poller-parts.js';
import type { PolledStream } from './polled-stream.js';
import { readSlice } from './read-slice.js';
import { StreamPoller } from './stream-poller.js';

/** A stream as the schedule polls it. */
export function pollable(stream: PolledStream, parts: HttpPollerParts): PollableStream {
  const { source, stream: name, definitionHash, slices } = stream;
  const poller = new StreamPoller(stream, parts);
  return {
    source,
    stream: name,
    definitionHash,
    msUntilDue: () => poller.msUntilDue(),
    poll: () => poller.poll(),
    backfill: (from, to) =>
      slices.backfill(from, to).map((slice) => ({
        to: slice.type === 'datetime' ? slice.to : to,
        read: async (task) => {
          const whole = { slice, kind: 'backfill', ...task } as const;
          return (await readSlice(stream, new CursorMemory(), whole, parts)).window;
        },
      })),
  };
}
