import { runProcess } from '#libs/runtime';
import { commissions } from './app.js';

await runProcess(commissions.name, [commissions]);
