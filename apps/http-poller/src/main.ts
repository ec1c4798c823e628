import { runProcess } from '#libs/runtime';
import { httpPoller } from './app.js';

await runProcess(httpPoller.name, [httpPoller]);
