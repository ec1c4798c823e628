import { once } from 'node:events';
import { playDemo } from './play-demo.js';
import { Screen } from './screen.js';
import { openWorld } from './world.js';

/** `npm run demo`: stays up until Ctrl-C; with `--exit`, ends with 0 when the expected rows stand, else with 1. */
const staysUp = !process.argv.includes('--exit');
const startedAt = performance.now();
const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);

const screen = new Screen(process.stdout);
screen.line('Tributary starts every app in this process, on a PostgreSQL of its own …');
const world = await openWorld();
try {
  const outcome = await Promise.race([playDemo(world, screen), interrupted.then(() => undefined)]);
  if (outcome?.problems.length === 0) {
    screen.line(
      `\nEvery row is as expected, after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`,
    );
  }
  for (const problem of outcome?.problems ?? []) process.stderr.write(`${problem}\n`);
  if (outcome === undefined || outcome.problems.length > 0) process.exitCode = 1;
  if (staysUp && outcome !== undefined) {
    screen.line('Everything stays up until Ctrl-C.');
    await interrupted;
  }
} finally {
  await world.close();
}
