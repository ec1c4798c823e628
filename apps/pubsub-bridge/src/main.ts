import { runProcess } from '#libs/runtime';
import { pubsubBridge } from './app.js';

await runProcess(pubsubBridge.name, [pubsubBridge]);
