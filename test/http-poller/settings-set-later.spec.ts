import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStatus } from '#apps/console';
import { pollExports } from '#apps/ga4-poller';
import { pollSources, type PollerTimes } from '#apps/http-poller';
import { readBackfills, requestBackfill } from '#libs/database';
import { instantFromMs } from '#libs/events';
import { databaseOf, type Platform, type RunningApp } from '#libs/runtime';
import { startPartner, type ScriptedPartner } from '#test/partners/scripted-partner';
import { until } from '#test/until';
import { HOUR_MS, PollingWorld, TIMES } from './polling-world.js';

const partnerYaml = (name: string, origin: string, more = ''): string => `
name: ${name}
type: http
brand: spacevegas
${more}
streams:
  - name: conversions
    poll_interval: PT1H
    requester: {url: ${origin}/${name}, query: {from: "\${window.from}"}}
    incremental_sync: {type: datetime, start: ${hoursAgo(2)}, step: PT1H, format: iso, timezone: UTC}
    decoder: {type: json}
    record_selector: {path: data}
    primary_key: [id]
    mapping:
      - event: payout
        fields: {transaction_id: id, player_id: user, occurred_at: {path: at, time: iso, timezone: UTC}, amount: {path: sum, money: USD}}
`;

const KEYED = 'authenticator: {type: api_key, in: header, name: X-Api-Key, value: "${secret.LATER_KEY}"}';

const GA4 = `
name: shop
type: ga4
brand: acme
property: "123456"
timezone: UTC
poll_interval: PT1H
export: {type: bigquery, project: shop, credentials: "\${secret.GA4_KEY}"}
`;

function hoursAgo(hours: number): string {
  return instantFromMs((Math.floor(Date.now() / HOUR_MS) - hours) * HOUR_MS);
}

function isoOf(instant: string): string {
  return new Date(instant).toISOString();
}

describe('settings that come while a poller runs', () => {
  let world: PollingWorld;
  let partner: ScriptedPartner;
  let folder: string;
  let secrets: string;
  let platform: Platform;
  let running: RunningApp | undefined;

  beforeAll(async () => {
    world = await PollingWorld.open();
    partner = await startPartner(() => ({ text: '{"data": []}' }));
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-later-'));
    secrets = join(folder, 'secrets');
    mkdirSync(secrets);
  });

  afterEach(async () => {
    await running?.stop();
    running = undefined;
    rmSync(folder, { recursive: true });
  });

  afterAll(async () => {
    await partner?.close();
    await world?.close();
  });

  const start = async (
    app: (platform: Platform, times: PollerTimes) => Promise<RunningApp>,
  ): Promise<void> => {
    platform = {
      ...world.platform,
      environment: { ...world.platform.environment, SECRETS_DIR: secrets },
      settings: { ...world.platform.settings, SOURCES_DIR: folder },
    };
    running = await app(platform, TIMES);
  };
  const status = async () => (await readStatus(platform)).sources;
  const stream = async (source: string) => (await status()).streams.find((s) => s.source === source);
  const isRead = (source: string) =>
    until(`${source} is read`, async () => ((await stream(source))?.watermark_lag_seconds ?? 1e9) < 3_600);

  it('are found, and the partner is polled and backfilled, while the others go on as they were', async () => {
    writeFileSync(join(folder, 'there.yaml'), partnerYaml('there', partner.origin));
    writeFileSync(join(folder, 'later.yaml'), partnerYaml('later', partner.origin, KEYED));
    await start(pollSources);
    await isRead('there');
    expect((await status()).refused).toMatchObject([
      { source: 'later', problems: ['not polled until these are set: SECRET_LATER_KEY'] },
    ]);
    const asked = (path: string) => partner.asked.filter((a) => a.path === path);
    const before = asked('/there').length;
    expect(asked('/later')).toEqual([]);

    writeFileSync(join(secrets, 'LATER_KEY'), 'k1');
    await isRead('later');
    expect((await status()).refused).toEqual([]);
    expect(new Set(asked('/later').map((a) => a.headers['x-api-key']))).toEqual(new Set(['k1']));
    const id = await requestBackfill(databaseOf(platform), {
      ...{ source: 'later', stream: 'conversions', from: hoursAgo(5), to: hoursAgo(2), askedBy: 'anna' },
    });
    await until('the backfill is through', async () =>
      (await readBackfills(world.pool)).some((b) => b.id === id && b.status === 'succeeded'),
    );
    const from = asked('/later').map((a) => isoOf(a.query.get('from')!));
    expect(from).toEqual(expect.arrayContaining([5, 4, 3].map((hours) => isoOf(hoursAgo(hours)))));
    expect(asked('/there')).toHaveLength(before);
  });

  it('are a key of BigQuery, and a better one later', async () => {
    writeFileSync(join(folder, 'shop.yaml'), GA4);
    await start(pollExports);
    expect((await status()).refused).toMatchObject([
      { source: 'shop', problems: ['not polled until these are set: SECRET_GA4_KEY'] },
    ]);
    const secret = join(secrets, 'GA4_KEY');
    writeFileSync(secret, 'no key at all');
    await until('it says what is wrong with it', async () => (await stream('shop'))?.error_code === 'secret');
    expect((await status()).refused).toEqual([]);
    expect((await stream('shop'))!.error).toBe(
      "export.credentials: must be a service account's key, which is JSON",
    );
    rmSync(secret);
    await world.pool.query("UPDATE tributary.source_state SET next_attempt_at = now() WHERE source = 'shop'");
    await until('it says that the key is gone', async () =>
      (await stream('shop'))!.error!.includes('there is no secret GA4_KEY'),
    );
    expect(JSON.stringify(await status())).not.toContain('no key at all');
  });
});
