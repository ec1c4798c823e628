import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** What a process said and how it ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs a program of this checkout to its end, in an environment of nothing but PATH and what is given.
 * @param input what it reads from standard input
 */
export async function runNode(
  argv: readonly string[],
  environment: Record<string, string | undefined> = {},
  input = '',
): Promise<Ended> {
  const child = spawn(process.execPath, argv, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
  });
  child.stdin.on('error', () => {}); // it need not read all of it
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}
