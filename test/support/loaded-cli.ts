import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import type { Ended } from './run-node.js';

/** One command line for the process that runs them. */
export interface CliCall {
  argv: readonly string[];
  environment: Record<string, string>;
  input: string;
}

/** Runs `tributary` with these arguments, as `runNode` does a program. */
export type RunCli = (
  argv: readonly string[],
  environment?: Record<string, string | undefined>,
  input?: string,
) => Promise<Ended>;

const PROGRAM = fileURLToPath(new URL('../../dist/test/support/cli-child.js', import.meta.url));

/**
 * The command line for the tests of a file: a process that the first call starts, which runs one call after the other.
 * Loading the code is nearly all that a call costs; with `runNode` every call pays for it anew, and has what only a
 * process of its own has: signals, a closed pipe, variables that Node itself reads.
 */
export function withLoadedCli(): RunCli {
  let child: ChildProcess | undefined;
  const waiting: { resolve: (ended: Ended) => void; reject: (error: Error) => void }[] = [];
  const start = (): ChildProcess => {
    const started = fork(PROGRAM, { execArgv: [], env: { PATH: process.env.PATH } });
    started.on('message', (ended: Ended) => waiting.shift()!.resolve(ended));
    started.once('exit', (code, signal) => {
      const error = new Error(`the process of the command line ended with ${code ?? signal}`);
      for (const { reject } of waiting.splice(0)) reject(error);
    });
    return started;
  };
  afterAll(async () => {
    if (!child?.connected) return;
    const exited = once(child, 'exit');
    child.disconnect();
    await exited;
  });
  return (argv, environment = {}, input = '') =>
    new Promise((resolve, reject) => {
      const { PATH, HOME } = process.env;
      const given = Object.entries({ PATH, HOME, ...environment }).filter(([, value]) => value !== undefined);
      waiting.push({ resolve, reject });
      child ??= start();
      child.send({
        argv,
        environment: Object.fromEntries(given) as Record<string, string>,
        input,
      } satisfies CliCall);
    });
}
