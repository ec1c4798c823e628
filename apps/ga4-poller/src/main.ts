import { runProcess } from '#libs/runtime';
import { ga4Poller } from './app.js';

await runProcess(ga4Poller.name, [ga4Poller]);
