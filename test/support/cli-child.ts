/**
 * Runs command lines one after the other in one process that has loaded the command line's code once (see
 * loaded-cli.ts). Each finds what it would find in a process of its own: its environment, its input, an output that is
 * no terminal; and it has ended when nothing is left that would keep such a process alive.
 */
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCli } from '../../apps/cli/src/program.js';
import type { CliCall } from './loaded-cli.js';
import type { Ended } from './run-node.js';

const LOOK_EVERY_MS = 2;

/** Puts a stream in the place of one of the process. */
function replace(name: 'stdin' | 'stdout' | 'stderr', stream: Readable | PassThrough): void {
  Object.defineProperty(process, name, { value: stream, configurable: true });
}

/** How many things keep this process alive. */
const alive = (): number => process.getActiveResourcesInfo().length;

async function ended({ argv, environment, input }: CliCall): Promise<Ended> {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  replace('stdin', Readable.from(input === '' ? [] : [Buffer.from(input)]));
  replace('stdout', stdout);
  replace('stderr', stderr);
  const said = Promise.all([text(stdout), text(stderr)]);
  const before = alive();
  const code = await runCli(argv);
  while (alive() > before) await sleep(LOOK_EVERY_MS, undefined, { ref: false });
  stdout.end();
  stderr.end();
  const [out, errors] = await said;
  return { code, stdout: out, stderr: errors };
}

let last = Promise.resolve();
process.on('message', (call: CliCall) => {
  last = last.then(async () => void process.send!(await ended(call)));
});
process.on('disconnect', () => process.exit());
