import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { withLoadedCli } from '#test/loaded-cli';
import { until } from '#test/until';
import { BridgeWorld, deposit } from './bridge-world.js';

const LIMIT_MS = 240_000;
const runCli = withLoadedCli();

describe('the bridge from Pub/Sub', () => {
  let world: BridgeWorld;
  beforeEach(async () => {
    world = await BridgeWorld.open(runCli);
  }, LIMIT_MS);
  afterEach(() => world.close());

  it(
    'makes conversions of JSON, of gzip and of both modes of CloudEvents, acknowledged and once each',
    async () => {
      world.subscribe({ deposits: '\n    primary_key: [data.id]', others: '' });
      const event = { specversion: '1.0', id: 'e', source: '/shop', type: 'paid' };
      const attributes = { 'ce-specversion': '1.0', 'ce-id': 'e', 'ce-source': '/shop', 'ce-type': 'paid' };
      const data = (n: number): string => String(deposit(n).data);
      world.fake.publish('deposits', [deposit(1), deposit(1), { data: gzipSync(data(2)) }]);
      world.fake.publish('others', [
        { data: data(3), attributes },
        { data: JSON.stringify({ ...event, data: JSON.parse(data(4)) as object }) },
      ]);
      await Promise.all([world.bridge(), world.river()]);
      await world.conversions(4);
      const { rows } = await world.pool.query(
        'SELECT transaction_id, amount::text AS amount, player_id FROM tributary.conversions ORDER BY 1',
      );
      expect(rows).toEqual(
        [1, 2, 3, 4].map((n) => ({
          transaction_id: `tx-${n}`,
          amount: expect.stringMatching(new RegExp(`^${n}\\.250*$`)) as unknown,
          player_id: `p-${n}`,
        })),
      );
      const facts = await world.pool.query(
        'SELECT DISTINCT source, trust FROM tributary.conversion_facts ORDER BY 1',
      );
      expect(facts.rows).toEqual([{ source: 'live', trust: 'pubsub' }]);
      await Promise.all(['deposits', 'others'].map((name) => world.acknowledged(name)));
      expect([...world.attempts('deposits'), ...world.attempts('others')]).toEqual([1, 1, 1, 1, 1]);
    },
    LIMIT_MS,
  );

  it(
    'takes what is no record once, as a dead letter with its bytes, and goes on behind it',
    async () => {
      world.subscribe({ deposits: '' });
      const bytes = Buffer.from([0xff, 0x00, 0x7b]);
      world.fake.publish('deposits', [
        { data: '{"id":', attributes: { player: 'p' } },
        { data: bytes },
        { data: '1', attributes: { 'ce-specversion': '1.0' } },
        deposit(1),
      ]);
      await Promise.all([world.bridge(), world.river()]);
      await world.conversions(1);
      await world.acknowledged('deposits');
      await until(
        'the dead letters are stored',
        async () => (await world.count('tributary.dead_letters')) === 3,
      );
      const { rows } = await world.pool.query<Record<string, string>>(
        'SELECT reason, path, source, app, original FROM tributary.dead_letters ORDER BY path, reason, original',
      );
      expect(rows.map(({ reason, path, source, app }) => ({ reason, path, source, app }))).toEqual([
        { reason: 'invalid_envelope', path: '/attributes/ce-id', source: 'live', app: 'pubsub-bridge' },
        { reason: 'invalid_json', path: '/data', source: 'live', app: 'pubsub-bridge' },
        { reason: 'invalid_json', path: '/data', source: 'live', app: 'pubsub-bridge' },
      ]);
      const originals = rows.map((r) => JSON.parse(r.original!) as { data: string; attributes: object });
      expect(originals.map((o) => o.data)).toContain(bytes.toString('base64'));
      expect(originals.map((o) => o.attributes)).toContainEqual({ player: 'p' });
      expect(world.attempts('deposits')).toEqual([1, 1, 1, 1]);
    },
    LIMIT_MS,
  );

  it(
    'has every message exactly once, though it is killed twice and another one runs beside it',
    async () => {
      const count = 3_000;
      const settings = '\n    batch: { messages: 200 }\n    flow_control: { messages: 400 }';
      world.subscribe({ deposits: settings }, { ackDeadlineSeconds: 10 });
      await world.river();
      const bridges = await Promise.all([world.bridge(), world.bridge()]);
      const all = Array.from({ length: count }, (_, n) => deposit(n));
      const acked = (): number =>
        count - world.fake.subscription('projects/test/subscriptions/deposits').unacked();
      world.fake.publish('deposits', all);
      for (const share of [0.2, 0.5]) {
        await until('some are acknowledged', () => acked() > count * share, LIMIT_MS);
        await bridges[0].kill9();
        bridges[0] = await world.bridge();
      }
      await world.conversions(count, LIMIT_MS);
      await world.acknowledged('deposits', LIMIT_MS);
      expect(await world.count('tributary.conversions')).toBe(count);
      const { rows } = await world.pool.query<{ n: number }>(
        'SELECT count(DISTINCT transaction_id)::int AS n FROM tributary.conversions',
      );
      expect(rows[0]!.n).toBe(count);
      expect(await world.count('tributary.dead_letters')).toBe(0);
    },
    2 * LIMIT_MS,
  );

  it(
    'stores and acknowledges on SIGTERM what is in hand, so that nothing comes again',
    async () => {
      world.subscribe({ deposits: '\n    batch: { messages: 5000, max_wait: PT30S }' });
      const bridge = await world.bridge();
      world.fake.publish(
        'deposits',
        Array.from({ length: 1_000 }, (_, n) => deposit(n)),
      );
      await until('all are in hand', async () => {
        return /received_total\{[^}]*\} 1000\b/.test((await bridge.ask('/metrics')).body);
      });
      expect(world.attempts('deposits')).toEqual(Array.from({ length: 1_000 }, () => 1));
      const begin = Date.now();
      expect(await bridge.term()).toEqual({ code: 0, signal: null });
      expect(Date.now() - begin).toBeLessThan(20_000);
      await world.acknowledged('deposits');
      await Promise.all([world.bridge(), world.river()]);
      await world.conversions(1_000);
      expect(Math.max(...world.attempts('deposits'))).toBe(1);
    },
    LIMIT_MS,
  );

  it(
    'says which subscription it cannot pull and why, pulls the others, and that one when it can',
    async () => {
      world.subscribe({ deposits: '', denied: '' });
      world.define({ deposits: '', denied: '', absent: '' });
      world.fake.deny('projects/test/subscriptions/denied', status.PERMISSION_DENIED, 'not yours');
      const bridge = await world.bridge();
      world.fake.publish('deposits', [deposit(1)]);
      world.fake.publish('denied', [deposit(2)]);
      await world.acknowledged('deposits');
      await until('it says so', async () => {
        const { body, status: answered } = await bridge.ask('/readyz');
        return answered === 200 && body.includes('not_found') && body.includes('permission_denied');
      });
      expect((await bridge.ask('/readyz')).body).toContain('roles/pubsub.subscriber');
      const said = await world.status();
      expect(said).toMatch(/live\/absent: not_found: .*create the subscription/);
      expect(said).toMatch(/live\/denied: permission_denied: not yours/);
      world.fake.deny('projects/test/subscriptions/denied', undefined);
      world.fake.subscribed('absent');
      world.fake.publish('absent', [deposit(3)]);
      await Promise.all(['denied', 'absent'].map((name) => world.acknowledged(name)));
      await until(
        'all is well',
        async () => !/not_found|permission/.test((await bridge.ask('/readyz')).body),
      );
    },
    LIMIT_MS,
  );
});
