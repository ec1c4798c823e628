import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { migrate, openPlatform } from '#libs/runtime';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { until } from '#test/until';

const MAIN = resolve('dist/apps/normalizer/src/main.js');

interface Child {
  process: ChildProcess;
  output: { stdout: string; stderr: string };
  exited: Promise<unknown[]>;
}

function start(environment: Record<string, string>): Child {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], ADMIN_HOST: '127.0.0.1', ADMIN_PORT: '0', ...environment },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return { process: child, output, exited: once(child, 'close') };
}

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.drop());

describe('a process', () => {
  it('ends with 2 and every problem of its configuration, by name and never by value', async () => {
    const { output, exited } = start({ DATABASE_URL: 'mysql://root:hunter2@db', ADMIN_PORT: 'hunter2' });
    expect(await exited).toEqual([2, null]);
    expect(output.stderr).toContain('DATABASE_URL must begin with');
    expect(output.stderr).toContain('ADMIN_PORT must be');
    expect(output.stdout + output.stderr).not.toContain('hunter2');
  });

  it('ends with 2 where nobody has migrated, and says what to do', async () => {
    const { output, exited } = start({ DATABASE_URL: database.url });
    expect(await exited).toEqual([2, null]);
    expect(output.stderr).toContain('npx tributary migrate');
    expect(output.stderr).toContain('topic raw-events does not exist');
  });

  it('drains on SIGTERM and ends with 0', async () => {
    const platform = await openPlatform(
      'test',
      { DATABASE_URL: database.url, KAFKA_PARTITIONS: '1', LOG_LEVEL: 'silent' },
      { database: true },
    );
    await migrate(platform).finally(() => platform.close());
    const child = start({ DATABASE_URL: database.url });
    await until('it has started', () => {
      if (child.process.exitCode !== null) throw new Error(child.output.stderr);
      return child.output.stdout.includes('"started"');
    });
    child.process.kill('SIGTERM');
    expect(await child.exited).toEqual([0, null]);
    const messages = child.output.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages.filter((m) => ['started', 'draining', 'stopped'].includes(m))).toEqual([
      'started',
      'draining',
      'stopped',
    ]);
    expect(child.output.stderr).toBe('');
  });
});
