import { PixelCall } from './pixel-call.js';
import { latenciesOf } from './latencies.js';
import type { LoadResult, LoadTask } from './load-task.js';
import { WireClient } from './wire-client.js';

/** Every connection calls again as soon as it has its reply. */
export async function closedLoop(task: LoadTask): Promise<LoadResult> {
  const times = new Float64Array(task.calls);
  let begun = 0;
  let done = 0;
  let failed = 0;
  let finish!: () => void;
  let fail!: (error: Error) => void;
  const finished = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  const clients = await Promise.all(
    Array.from({ length: task.connections }, () => WireClient.open(task.port, fail)),
  );
  const startedAt = performance.now();
  for (const client of clients) {
    const call = new PixelCall(task.run);
    let calledAt = 0;
    const next = (): void => {
      if (begun === task.calls) return;
      calledAt = performance.now();
      client.call(call.of(begun++), onReply);
    };
    const onReply = (status: number): void => {
      times[done++] = performance.now() - calledAt;
      if (status !== 202) failed++;
      if (done === task.calls) finish();
      else next();
    };
    next();
  }
  await finished;
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const client of clients) client.close();
  return { calls: done, failed, seconds, ...latenciesOf(times) };
}
