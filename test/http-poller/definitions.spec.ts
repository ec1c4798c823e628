import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpPoller } from '#apps/http-poller';
import { readStatus } from '#apps/console';
import { Topic } from '#libs/events';
import { databaseOf, startProcess, type RunningProcess } from '#libs/runtime';
import { startPartner, type AskedRequest, type ScriptedPartner } from '#test/partners/scripted-partner';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { until } from '#test/until';
import { storedIn } from '../normalizer/log-probe.js';

const HOUR_MS = 3_600_000;
const KEY = 'k3y-of-the-partner';

const definition = (origin: string, start: string): string => `
name: besitos
type: http
brand: spacevegas
api_budget: {requests: 100, per: PT1M}
authenticator: {type: api_key, in: header, name: X-Api-Key, value: "\${secret.BESITOS_KEY}"}
streams:
  - name: conversions
    poll_interval: PT1H
    requester:
      url: ${origin}/conversions
      query: {from: "\${window.from}", to: "\${window.to}"}
    incremental_sync: {type: datetime, start: ${start}, step: PT1H, format: iso, timezone: UTC}
    decoder: {type: json}
    record_selector: {path: data}
    primary_key: [transaction_id]
    mapping:
      - event: payout
        fields:
          transaction_id: transaction_id
          player_id: user_id
          occurred_at: {path: date_time, time: iso, timezone: UTC}
          amount: {path: payout, money: USD}
`;

let folder: string;
let database: TestDatabase;
let partner: ScriptedPartner;
let running: RunningProcess;
afterEach(async () => {
  await running?.stop();
  await partner?.close();
  await database?.drop();
  rmSync(folder, { recursive: true });
});

/** Two payouts of every window, the second of which says no time. */
const payoutsOf = ({ query }: AskedRequest) => {
  const from = query.get('from')!;
  const first = `{"transaction_id": "${from} 1", "user_id": "anna", "date_time": "${from}", "payout": 9007199254740993.25}`;
  return { text: `{"data": [${first}, {"transaction_id": "${from} 2", "user_id": "ben"}]}` };
};

async function prepare(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'sources-'));
  database = await testDatabase();
  partner = await startPartner(payoutsOf);
  const startMs = (Math.floor(Date.now() / HOUR_MS) - 3) * HOUR_MS;
  writeFileSync(join(folder, 'besitos.yaml'), definition(partner.origin, new Date(startMs).toISOString()));
}

async function startPoller(secrets: Record<string, string>): Promise<void> {
  running = await startProcess('http-poller', [httpPoller], {
    migrates: true,
    environment: {
      DATABASE_URL: database.url,
      ADMIN_HOST: '127.0.0.1',
      ADMIN_PORT: '0',
      KAFKA_PARTITIONS: '3',
      LOG_LEVEL: 'silent',
      SOURCES_DIR: folder,
      ...secrets,
    },
  });
}

const status = async () => (await readStatus(running.platform)).sources;
const allRead = () =>
  until('it is read', async () => {
    const [stream] = (await status()).streams;
    return stream?.watermark_lag_seconds !== null && stream!.watermark_lag_seconds < 3_600;
  });

it('polls what a file says, refuses a file that cannot work, and shows both', async () => {
  await prepare();
  writeFileSync(join(folder, 'broken.yaml'), 'name: broken\ntype: http\n');
  await startPoller({ SECRET_BESITOS_KEY: KEY });
  const { platform } = running;
  await allRead();
  expect(new Set(partner.asked.map((a) => a.headers['x-api-key']))).toEqual(new Set([KEY]));
  const { streams, refused } = await status();
  expect(streams).toMatchObject([
    {
      source: 'besitos',
      stream: 'conversions',
      defined: true,
      failures: 0,
      last_window: { outcome: 'succeeded', rows: 2 },
    },
  ]);
  expect(refused).toMatchObject([{ file: join(folder, 'broken.yaml') }]);
  expect(refused[0]!.problems.join('\n')).toContain('broken.yaml:');

  const windows = await databaseOf(platform).pool.query(
    'SELECT * FROM tributary.source_windows ORDER BY window_id',
  );
  expect(windows.rows[0]).toMatchObject({
    outcome: 'succeeded',
    rows_by_event: { payout: 1 },
    amounts: { USD: '9007199254740993.25' },
    rejected: '1',
  });
  const raw = await storedIn(platform.eventLog, Topic.rawEvents);
  expect(raw.length).toBeGreaterThanOrEqual(6);
  expect(raw[0]!.value).toContain('spacevegas');
  const everything = JSON.stringify([streams, refused, windows.rows]) + raw.map((r) => r.value).join();
  expect(everything).not.toContain(KEY);
  const answer = await fetch(`http://127.0.0.1:${running.adminPort}/metrics`);
  const metrics = await answer.text();
  expect(metrics).toMatch(/tributary_source_requests_total\{source="besitos",status="2xx"\} \d/);
  expect(metrics).toMatch(
    /tributary_source_watermark_lag_seconds\{source="besitos",stream="conversions"\} \d/,
  );
});

it('looks each minute whether a secret that went away is back', async () => {
  await prepare();
  const secret = join(folder, 'BESITOS_KEY');
  writeFileSync(secret, KEY);
  await startPoller({ SECRETS_DIR: folder });
  await allRead();
  const { pool } = databaseOf(running.platform);
  rmSync(secret);
  await until('nobody holds the stream that is told to have failed nine times', async () => {
    const told = await pool.query(
      'UPDATE tributary.source_state SET failures = 9, next_attempt_at = now() WHERE lease_until IS NULL',
    );
    return told.rowCount === 1;
  });
  await until('it fails', async () => (await status()).streams[0]!.failures === 10);
  const { error_code, error, next_attempt_at } = (await status()).streams[0]!;
  expect([error_code, error]).toEqual(['secret', expect.stringContaining('SECRET_BESITOS_KEY')]);
  expect(Date.parse(next_attempt_at)).toBeLessThanOrEqual(Date.now() + 61_000);
  const asked = partner.asked.length;
  writeFileSync(secret, 'another');
  await pool.query('UPDATE tributary.source_state SET next_attempt_at = now()');
  await until('it is read again', async () => (await status()).streams[0]!.failures === 0);
  expect(partner.asked.slice(asked).map((a) => a.headers['x-api-key'])).toContain('another');
});
