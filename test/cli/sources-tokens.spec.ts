import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpPoller } from '#apps/http-poller';
import { readStreams, type Database } from '#libs/database';
import { startProcess } from '#libs/runtime';
import { withMigratedDatabase } from '#test/migrated-database';
import { startPartner, type ScriptedPartner } from '#test/partners/scripted-partner';
import { runNode, type Ended } from '#test/run-node';
import { until } from '#test/until';
import { windowSource, writeSource } from './window-source.js';

let database: Database;
withMigratedDatabase((migrated) => (database = migrated));

let folder: string;
let partner: ScriptedPartner;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-test-'));
  partner = await startPartner();
});
afterEach(async () => {
  await partner.close();
  rmSync(folder, { recursive: true });
});

/** A partner whose refresh tokens are good once and whose access tokens are good for one request. */
function playRotating(): void {
  const good = { refresh: 'refresh-0', access: '' };
  let given = 0;
  partner.play((asked) => {
    if (asked.path === '/token') {
      if (new URLSearchParams(asked.body).get('refresh_token') !== good.refresh) {
        return { status: 400, json: { error: 'invalid_grant' } };
      }
      given += 1;
      good.refresh = `refresh-${given}`;
      good.access = `access-${given}`;
      return {
        json: { access_token: good.access, token_type: 'Bearer', refresh_token: good.refresh },
      };
    }
    if (asked.headers.authorization !== `Bearer ${good.access}`) return { status: 401 };
    good.access = '';
    return { json: { data: [], total: 0 } };
  });
}

function settings(databaseUrl?: string): Record<string, string> {
  const definition = windowSource(partner.origin, { paginator: '{ type: none }' }).replace(
    /authenticator: .*/,
    `authenticator:
  type: oauth2_refresh_token
  token_url: ${partner.origin}/token
  client_id: us
  client_secret: '\${secret.CLIENT}'
  refresh_token: '\${secret.REFRESH}'`,
  );
  const today = new Date().toISOString().slice(0, 10);
  writeSource(folder, 'windows.yaml', definition.replace('2026-01-01', today).replace('PT1H', 'P1D'));
  return {
    ...{ SOURCES_DIR: join(folder, 'sources'), SECRET_CLIENT: 's3cret', SECRET_REFRESH: 'refresh-0' },
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
  };
}

const check = (environment: Record<string, string>): Promise<Ended> =>
  runNode(['bin/tributary.js', 'sources', 'check', 'windows', 'rows'], environment);

it('uses a refresh token that is good once without taking it from the poller', async () => {
  playRotating();
  const url = database.pool.options.connectionString!;
  const environment = settings(url);
  for (const time of ['first', 'second']) {
    const { code, stderr } = await check(environment);
    expect([time, code, stderr]).toEqual([time, 0, '']);
  }
  const running = await startProcess('test', [httpPoller], {
    migrates: true,
    environment: {
      ...{
        ...environment,
        ADMIN_HOST: '127.0.0.1',
        ADMIN_PORT: '0',
        KAFKA_PARTITIONS: '3',
        LOG_LEVEL: 'silent',
      },
    },
  });
  await until('the poller has read', async () => (await readStreams(database.pool))[0]?.last_window != null);
  await running.stop();
  expect((await readStreams(database.pool))[0]!.last_window).toMatchObject({ outcome: 'succeeded' });
  expect(await check(environment)).toMatchObject({ code: 0 });
});

it('says so where it cannot share it', async () => {
  playRotating();
  const environment = settings();
  const first = await check(environment);
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining('DATABASE_URL is not set')]);
  const second = await check(environment);
  expect(second.code).not.toBe(0);
  expect(second.stderr).toContain('invalid_grant');
});
