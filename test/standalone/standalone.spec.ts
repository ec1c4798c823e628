import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { testDatabase } from '#test/postgres';
import { runNode } from '#test/run-node';

const MAIN = 'dist/apps/standalone/src/main.js';

it('starts every app in one process, says where, and drains on SIGTERM', async () => {
  const database = await testDatabase();
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: database.url,
      PIXEL_PORT: '0',
      CONSOLE_PORT: '0',
      ADMIN_PORT: '0',
      LOG_LEVEL: 'warn',
    },
  });
  const ended = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line.includes('health')) break;
  }
  const said = lines.join('\n');
  const pixel = /curl -i '(\S+)'/.exec(said)![1]!;
  const health = /health +(\S+\/readyz)/.exec(said)![1]!;
  const time = new Date().toISOString();
  const answer = await fetch(`${pixel}&time=${time}`);
  expect(answer.status).toBe(202);
  expect((await fetch(health)).status).toBe(200);

  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);

  await database.drop();
});

it('lists every problem of the settings and exits with 2', async () => {
  const { code, stderr } = await runNode([MAIN], {
    DATABASE_URL: 'mysql://x',
    ADMIN_PORT: 'many',
    LOG_LEVEL: 'loud',
  });
  expect(code).toBe(2);
  for (const name of ['DATABASE_URL', 'ADMIN_PORT', 'LOG_LEVEL']) expect(stderr).toContain(name);
  expect(stderr).not.toContain('mysql');
});
