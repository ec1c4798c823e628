import type { Closers } from '../parts/closers.js';
import { NodeProcess } from '../parts/node-process.js';
import type { Latencies } from './latencies.js';

/** What the load generator is to do, on 127.0.0.1. */
export interface LoadTask {
  port: number;
  connections: number;
  calls: number;
  /** Open loop: calls a second. Absent: closed loop. */
  rate?: number;
  /** Tells the calls of this round from those of another: letters and digits. */
  run: string;
  /** Sends `[number of the call, epoch milliseconds]` of every 202 to the parent. */
  tellsAnswers?: boolean;
}

/** What the load generator saw. Times in milliseconds; of an open loop from the moment the call was due. */
export interface LoadResult extends Latencies {
  calls: number;
  /** Replies other than 202. */
  failed: number;
  seconds: number;
}

/** What the load generator sends: calls that were answered with 202 since the last message, and at the end the result. */
export interface LoadMessage {
  answers: [n: number, atMs: number][];
  result?: LoadResult;
}

/**
 * Runs the load generator in a process of its own to its end.
 * @param onAnswers with `tellsAnswers`
 * @throws Error when it ends without a result
 */
export async function runLoad(
  task: LoadTask,
  closers: Closers,
  onAnswers: (answers: LoadMessage['answers']) => void = () => {},
): Promise<LoadResult> {
  const load = NodeProcess.start('the load generator', 'bench/load/load-main.js', closers, {
    arguments: [JSON.stringify(task)],
  });
  return load.untilMessage((message) => {
    const { answers, result } = message as LoadMessage;
    onAnswers(answers);
    return result;
  });
}
