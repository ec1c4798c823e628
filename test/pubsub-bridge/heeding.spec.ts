import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bridgeSources, type BridgeTimes } from '#apps/pubsub-bridge';
import { readStatus } from '#apps/console';
import { PublishError } from '#libs/event-log';
import { Topic } from '#libs/events';
import { databaseOf, openPlatform, type Platform, type RunningApp } from '#libs/runtime';
import { withLoadedCli } from '#test/loaded-cli';
import type { Ended } from '#test/run-node';
import { until } from '#test/until';
import { storedIn } from '../normalizer/log-probe.js';
import { BridgeWorld, deposit } from './bridge-world.js';

const runCli = withLoadedCli();
const TIMES: BridgeTimes = {
  ...{ settleMs: 100, lookMs: 100, noteMs: 200, drainMs: 10_000, longestHoldMs: 100 },
};

/** What a bridge that runs hears of pauses and of secrets. */
describe('a bridge heeds', () => {
  let world: BridgeWorld;
  let platform: Platform;
  let app: RunningApp | undefined;

  beforeAll(async () => {
    world = await BridgeWorld.open(runCli);
  });
  afterEach(async () => {
    await app?.stop();
    app = undefined;
    await platform.close();
  });
  afterAll(() => world.close());

  async function bridge(more: Record<string, string> = {}): Promise<void> {
    const environment = world.environment({ LOG_LEVEL: 'silent', ...more });
    platform = await openPlatform('test', environment, { database: true });
    app = await bridgeSources(platform, TIMES);
  }
  const sources = (...argv: string[]): Promise<Ended> => runCli(['sources', ...argv], world.environment());
  const streams = async () => (await readStatus(platform)).sources.streams;
  const stream = async (name: string) => (await streams()).find((s) => s.stream === name);
  const logged = async (): Promise<number> => (await storedIn(platform.eventLog, Topic.rawEvents)).length;

  it('that a stream is paused: what is in hand is stored, the rest stays where it is until it is resumed', async () => {
    world.subscribe({ paused: '\n    batch: { messages: 3, max_wait: PT60S }', other: '' });
    await bridge();
    const subscription = world.fake.subscription('projects/test/subscriptions/paused');
    world.fake.publish('paused', [deposit(1), deposit(2)]);
    await until('they are in hand', () => subscription.outstanding.size === 2);
    const { code, stdout } = await sources('pause', 'live', 'paused');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('live paused: paused') as string,
    });
    await world.acknowledged('paused');
    await until('nobody pulls it', () => subscription.takers.size === 0);
    world.fake.publish('paused', [deposit(3)]);
    world.fake.publish('other', [deposit(4)]);
    await world.acknowledged('other');
    expect([subscription.unacked(), world.attempts('paused')]).toEqual([1, [1, 1, 0]]);
    expect(await stream('paused')).toMatchObject({ paused: true, failures: 0 });

    // One that starts meanwhile does not pull it either
    await app!.stop();
    await platform.close();
    await bridge();
    await until(
      'the other is pulled',
      () => world.fake.subscription('projects/test/subscriptions/other').takers.size === 1,
    );
    expect(subscription.takers.size).toBe(0);
    expect((await sources('resume', 'live')).stdout).toContain('live paused: resumed');
    world.fake.publish('paused', [deposit(5), deposit(6)]);
    await world.acknowledged('paused');
    expect(world.attempts('paused')).toEqual([1, 1, 1, 1, 1]);
    expect(await logged()).toBe(6);
  });

  it('that a stream is paused while the log is down: what is in hand waits for the log', async () => {
    world.subscribe({ held: '' });
    await bridge();
    const publish = platform.eventLog.publish.bind(platform.eventLog);
    let isDown = true;
    platform.eventLog.publish = (topic, records) =>
      isDown ? Promise.reject(new PublishError(topic, 'down by the test')) : publish(topic, records);
    const subscription = world.fake.subscription('projects/test/subscriptions/held');
    world.fake.publish('held', [deposit(11)]);
    await until('it is in hand', () => subscription.outstanding.size === 1);
    await sources('pause', 'live', 'held');
    await until('nobody pulls it', () => subscription.takers.size === 0);
    expect(subscription.unacked()).toBe(1);
    isDown = false;
    await world.acknowledged('held');
    await sources('resume', 'live', 'held');
    world.fake.publish('held', [deposit(12)]);
    await world.acknowledged('held');
  });

  it('secrets that are set later, and that are mended', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tributary-secrets-'));
    // Google's client goes to the fake, and the bridge knows of no emulator
    process.env['PUBSUB_EMULATOR_HOST'] = world.fake.host;
    try {
      world.fake.subscribed('keyed');
      world.define({ keyed: '' }, 'credentials: "${secret.PUBSUB_KEY}"\n');
      await bridge({ PUBSUB_EMULATOR_HOST: '', SECRETS_DIR: folder });
      expect((await readStatus(platform)).sources.refused).toMatchObject([
        { problems: ['not pulled until these are set: SECRET_PUBSUB_KEY'] },
      ]);
      world.fake.publish('keyed', [deposit(21)]);
      const secret = join(folder, 'PUBSUB_KEY');
      writeFileSync(secret, 'no key');
      await until(
        'it says what is wrong with it',
        async () => (await stream('keyed'))?.error_code === 'secret',
      );
      const { sources: said } = await readStatus(platform);
      expect([said.refused, said.streams.find((s) => s.stream === 'keyed')!.error]).toEqual([
        [],
        'credentials: must be the JSON of a service account key; it is no JSON',
      ]);
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const key = {
        client_email: 'tributary@test.iam.gserviceaccount.com',
        private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        project_id: 'test',
      };
      writeFileSync(secret, JSON.stringify(key));
      await world.acknowledged('keyed');
      await until('all is well', async () => (await stream('keyed'))?.failures === 0);
      const told = await databaseOf(platform).pool.query('SELECT * FROM tributary.source_definitions');
      expect(JSON.stringify(told.rows)).not.toContain('no key');
    } finally {
      delete process.env['PUBSUB_EMULATOR_HOST'];
      rmSync(folder, { recursive: true });
    }
  });
});
