import { PixelCall } from './pixel-call.js';
import { latenciesOf } from './latencies.js';
import type { LoadResult, LoadTask } from './load-task.js';
import { WireClient } from './wire-client.js';

/** How often the calls that are due are sent. */
const TICK_MS = 1;

/** A call was answered. @param atMs since the epoch */
export type OnAnswered = (n: number, status: number, atMs: number) => void;

/**
 * Calls at a fixed rate, whatever the server does. A call's time runs from the moment it was due, also where
 * every connection was busy then: a server that stalls cannot hide the calls that it has kept from being made
 * (coordinated omission).
 */
export async function openLoop(
  task: LoadTask & { rate: number },
  onAnswered: OnAnswered,
): Promise<LoadResult> {
  const times = new Float64Array(task.calls);
  const everyMs = 1_000 / task.rate;
  let begun = 0;
  let done = 0;
  let failed = 0;
  const { promise, resolve, reject } = withResolvers();
  const lines = await Promise.all(
    Array.from({ length: task.connections }, async () => ({
      client: await WireClient.open(task.port, reject),
      call: new PixelCall(task.run),
    })),
  );
  const idle = [...lines];
  const startedAt = performance.now();
  const sendDue = (): void => {
    const due = Math.min(task.calls, Math.floor((performance.now() - startedAt) / everyMs) + 1);
    while (begun < due && idle.length > 0) {
      const line = idle.shift()!; // in turn: a server ends a connection that never calls
      const n = begun++;
      line.client.call(line.call.of(n), (status) => {
        const now = performance.now();
        times[done++] = now - (startedAt + n * everyMs);
        if (status !== 202) failed++;
        onAnswered(n, status, performance.timeOrigin + now);
        idle.push(line);
        if (done === task.calls) resolve();
        else if (begun < due) sendDue();
      });
    }
  };
  const timer = setInterval(sendDue, TICK_MS);
  sendDue();
  try {
    await promise;
  } finally {
    clearInterval(timer);
    for (const { client } of lines) client.close();
  }
  return { calls: done, failed, seconds: (performance.now() - startedAt) / 1_000, ...latenciesOf(times) };
}

function withResolvers(): {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
} {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
