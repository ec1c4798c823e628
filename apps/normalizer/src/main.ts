import { runProcess } from '#libs/runtime';
import { normalizer } from './app.js';

await runProcess(normalizer.name, [normalizer]);
