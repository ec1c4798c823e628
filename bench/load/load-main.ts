import { closedLoop } from './closed-loop.js';
import type { LoadMessage, LoadResult, LoadTask } from './load-task.js';
import { openLoop } from './open-loop.js';

const TELL_EVERY_MS = 10;

/** The load generator's process: its argument is the task; answers and the result go to the parent. */
const task = JSON.parse(process.argv[2]!) as LoadTask;
let answers: LoadMessage['answers'] = [];

const tell = (result?: LoadResult): void => {
  const message: LoadMessage = result === undefined ? { answers } : { answers, result };
  process.send!(message);
  answers = [];
};
const telling = task.tellsAnswers ? setInterval(() => tell(), TELL_EVERY_MS) : undefined;

const { rate } = task;
const result =
  rate === undefined
    ? await closedLoop(task)
    : await openLoop({ ...task, rate }, (n, status, atMs) => {
        if (telling && status === 202) answers.push([n, atMs]);
      });
clearInterval(telling);
tell(result);
process.disconnect();
