import { runProcess } from '#libs/runtime';
import { attribution } from './app.js';

await runProcess('attribution', [attribution]);
