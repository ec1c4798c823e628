import { runProcess } from '#libs/runtime';
import { pixelIngress } from './app.js';

await runProcess('pixel-ingress', [pixelIngress]);
