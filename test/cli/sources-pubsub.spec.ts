import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakePubsub } from '#test/fake-pubsub/fake-pubsub';
import { withLoadedCli } from '#test/loaded-cli';
import type { Ended } from '#test/run-node';
import { until } from '#test/until';

const runCli = withLoadedCli();

const SOURCE = `name: live
type: pubsub
brand: spacevegas
project: test
streams:
  - name: deposits
    subscription: deposits
    primary_key: [data.id]
    mapping:
      - event: deposit
        fields:
          transaction_id: data.id
          player_id: data.player
          occurred_at: { path: data.at, time: iso }
          amount: { path: data.amount, money: EUR }
`;

const NAME = 'projects/test/subscriptions/deposits';

function paid(n: number): string {
  return JSON.stringify({ id: `tx-${n}`, player: 'p', at: '2026-11-21T10:00:00Z', amount: '40' });
}

describe('tributary sources of Pub/Sub', () => {
  let folder: string;
  let fake: FakePubsub;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-test-'));
    mkdirSync(join(folder, 'sources'));
    writeFileSync(join(folder, 'sources', 'live.yaml'), SOURCE);
    fake = await FakePubsub.start();
  });
  afterEach(async () => {
    await fake.stop();
    rmSync(folder, { recursive: true });
  });

  const sources = (...argv: string[]): Promise<Ended> =>
    runCli(['sources', ...argv], {
      SOURCES_DIR: join(folder, 'sources'),
      PUBSUB_EMULATOR_HOST: fake.host,
    });

  it('new writes a definition from a message, by which it is read', async () => {
    const message = join(folder, 'message.json');
    writeFileSync(message, paid(1));
    const { code, stdout, stderr } = await sources(
      ...['new', 'shop', '--type', 'pubsub', '--subscription', 'deposits', '--project', 'test'],
      ...['--event', 'deposit', '--sample-file', message, '--currency', 'EUR', '--brand', 'spacevegas'],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('sources check shop ');
    const written = readFileSync(join(folder, 'sources', 'shop.yaml'), 'utf8');
    expect(written.slice(written.indexOf('streams:'))).toBe(
      `streams:
  - name: deposits
    subscription: deposits # a pull subscription
    # names a record; read again it must be the same
    primary_key: [data.id]
    mapping:
      - event: deposit
        fields:
          occurred_at: { path: data.at, time: iso }
          transaction_id: data.id
          player_id: data.player
          amount: { path: data.amount, money: EUR }
`,
    );
    fake.subscribed('deposits');
    fake.publish('deposits', [{ data: paid(1) }]);
    expect((await sources('read', 'shop', '--dry-run')).stdout).toMatch(
      /→ deposit\n[^]*transaction_id +tx-1/,
    );

    const unseen = await sources(
      'new',
      'other',
      '--type',
      'pubsub',
      '--subscription',
      'd',
      '--event',
      'deposit',
    );
    expect(unseen.code).toBe(1);
    expect(unseen.stderr).toContain('--subscription must be the name of a subscription');
  });

  it('check says how the subscription is set, and that one is not there', async () => {
    const absent = await sources('check', 'live');
    expect(absent.code).toBe(1);
    expect(absent.stderr).toMatch(/live deposits: not_found: .*create the subscription/);
    fake.subscribed('deposits', {
      enableExactlyOnceDelivery: true,
      deadLetterPolicy: { deadLetterTopic: 'projects/test/topics/dead', maxDeliveryAttempts: 7 },
    });
    const { code, stdout } = await sources('check', 'live');
    expect(code).toBe(0);
    expect(stdout).toContain(NAME);
    expect(stdout).toMatch(/exactly-once delivery +yes/);
    expect(stdout).toMatch(/ordering keys +no/);
    expect(stdout).toContain('projects/test/topics/dead after 7 attempts');
    expect(fake.calls.get('pull')).toBeUndefined();
  });

  it('read --dry-run shows messages, events and rows, and gives every message back at once', async () => {
    fake.subscribed('deposits');
    fake.publish('deposits', [{ data: paid(1) }, { data: 'no json' }]);
    const { code, stdout, stderr } = await sources('read', 'live', '--dry-run');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('counts as a delivery attempt') as string,
    });
    expect(stdout).toContain('→ deposit');
    expect(stdout).toMatch(/row of conversions/);
    expect(stdout).toMatch(/no record.*must be one JSON document/);
    expect(stdout).toContain('1 message would be a dead letter');
    const subscription = fake.subscription(NAME);
    expect([subscription.unacked(), subscription.outstanding.size]).toEqual([2, 0]);
    expect((await sources('read', 'live')).code).toBe(1);
  });

  it('probe tells duplicates, sizes and the share that maps', async () => {
    fake.subscribed('deposits');
    fake.publish('deposits', [{ data: paid(1) }, { data: paid(1) }, { data: '{"id":"x"}' }, { data: '{' }]);
    const { code, stdout } = await sources('probe', 'live', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      messages: 4,
      same_key: 1,
      mapped: 2,
      out_of_order: 0,
      rejected: { invalid_json: 1, invalid_field: 1 },
    });
    expect(fake.subscription(NAME).unacked()).toBe(4);
  });

  it('backfill moves the subscription back where it keeps what was acknowledged, and says first what that does', async () => {
    fake.subscribed('deposits');
    const refused = await sources('backfill', 'live', 'deposits', '--from', '2026-01-01');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('keeps no acknowledged messages');
    const subscription = fake.subscription(NAME);
    subscription.settings.retainAckedMessages = true;
    fake.publish('deposits', [{ data: paid(1) }]);
    const taken = subscription.take(10, Infinity, 10_000, Date.now());
    subscription.acknowledge(taken.map(({ ackId }) => ackId));
    expect(subscription.unacked()).toBe(0);
    const asked = await sources('backfill', 'live', 'deposits', '--from', '2026-01-01');
    expect([asked.code, fake.calls.get('seek')]).toEqual([1, undefined]);
    expect(asked.stderr).toContain('Say --confirm');
    const { code } = await sources('backfill', 'live', 'deposits', '--from', '2026-01-01', '--confirm');
    expect(code).toBe(0);
    await until('it is there again', () => subscription.unacked() === 1);
  });
});
