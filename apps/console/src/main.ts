import { runProcess } from '#libs/runtime';
import { consoleApp } from './app.js';

await runProcess(consoleApp.name, [consoleApp]);
