import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { readStreams, type Database } from '#libs/database';
import type { HttpSourceDefinition } from '#libs/sources';
import { withMigratedDatabase } from '#test/migrated-database';
import { startPartner, type ScriptedPartner } from '#test/partners/scripted-partner';
import { until } from '#test/until';
import { TRANSACTIONS } from './partner-river.js';
import { PollerChild, TIMES } from './polling-world.js';

let database: Database;
withMigratedDatabase((migrated) => (database = migrated));

let partner: ScriptedPartner;
let folders: string[];
let children: PollerChild[];
beforeEach(async () => {
  partner = await startPartner();
  [folders, children] = [[], []];
});
afterEach(async () => {
  for (const child of children) await child.kill9();
  await partner.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A poller in a process of its own, of one source that is read whole. */
function poller(definition: Omit<HttpSourceDefinition, 'streams' | 'type' | 'brand'>): PollerChild {
  const folder = mkdtempSync(join(tmpdir(), 'sources-'));
  folders.push(folder);
  const source: HttpSourceDefinition = {
    ...{ type: 'http', brand: 'b', ...definition },
    streams: [
      {
        ...TRANSACTIONS,
        poll_interval: 'PT1H',
        requester: { url: `${partner.origin}/rows`, timeout: 'PT1M' },
        incremental_sync: { type: 'full_refresh' },
        paginator: { type: 'page', page_param: 'page' },
      },
    ],
  };
  writeFileSync(join(folder, 'source.yaml'), stringify(source));
  const environment = {
    DATABASE_URL: database.pool.options.connectionString!,
    ...{ SOURCES_DIR: folder, KAFKA_PARTITIONS: '3', LOG_LEVEL: 'info', SECRET_CLIENT: 's3cret' },
  };
  const child = new PollerChild({ environment, times: { ...TIMES, graceMs: 5_000 } });
  children.push(child);
  return child;
}

const streamOf = async (source: string) =>
  (await readStreams(database.pool)).find((stream) => stream.source === source);

it('renew one token once', async () => {
  partner.play(({ path, headers }) => {
    if (path === '/token') {
      return { delayMs: 1_000, json: { access_token: 'good', token_type: 'Bearer', expires_in: 3600 } };
    }
    return headers.authorization === 'Bearer good' ? { json: { data: [] } } : { status: 401 };
  });
  const authenticator = {
    type: 'oauth2_client_credentials',
    ...{ token_url: `${partner.origin}/token`, client_id: 'us', client_secret: '${secret.CLIENT}' },
  } as const;
  for (const name of ['token-one', 'token-two']) poller({ name, authenticator });
  for (const name of ['token-one', 'token-two']) {
    await until(`${name} is read`, async () => (await streamOf(name))?.last_window?.outcome === 'succeeded');
  }
  expect(partner.asked.filter(({ path }) => path === '/token')).toHaveLength(1);
});

describe('a poller that is told to stop', () => {
  /** Says SIGTERM, and that the process ends by itself, long before what it waits for. */
  async function stops(child: PollerChild, source: string): Promise<void> {
    const startedMs = performance.now();
    expect(await child.stop()).toBe(0);
    // within the grace, far less than what it waited for; a slow machine closes slowly
    expect(performance.now() - startedMs).toBeLessThan(15_000);
    const held = await database.pool.query(
      'SELECT 1 FROM tributary.source_state WHERE source = $1 AND lease_until IS NOT NULL',
      [source],
    );
    expect(held.rowCount).toBe(0);
    expect(await streamOf(source)).toMatchObject({
      failures: 0,
      last_window: { outcome: 'abandoned' },
    });
  }

  it('while it waits for the budget ends at once', async () => {
    partner.play(() => ({ json: { data: [{ id: 't1' }] } }));
    const name = 'out-of-budget';
    const child = poller({ name, api_budget: { requests: 1, per: 'PT1H' } });
    await until('it was asked for the first page', () => partner.asked.length === 1);
    await stops(child, name);
    expect(partner.asked).toHaveLength(1);
  });

  it('while it waits to try again ends at once', async () => {
    partner.play(() => ({ status: 503, headers: { 'retry-after': '50' } }));
    const name = 'backing-off';
    const child = poller({ name });
    await until('it was asked', () => partner.asked.length === 1);
    await stops(child, name);
    expect(partner.asked).toHaveLength(1);
  });
});
