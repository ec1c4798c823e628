import { until } from '#test/until';
import type { PlayedRecord } from '#test/played-partner';
import { Gate, TIMES, type PollingWorld } from './polling-world.js';

/** What holds whichever log is used: nothing is lost and nothing is counted twice when a poller dies or sleeps. */
export function faultsContract(open: () => Promise<PollingWorld>): void {
  let world: PollingWorld;
  beforeAll(async () => (world = await open()));
  afterEach(() => world.end());
  afterAll(() => world.close());

  const oneOf = (from: string): PlayedRecord[] => [{ id: from, amount: '1' }];

  it('only reads the window again when it is killed between acknowledgement and commit', async () => {
    const never = new Gate();
    const partner = await world.partner({
      payouts: oneOf,
      acknowledged: () => never.passed().then(() => []),
    });
    const stream = world.stream(partner, { hours: 2 });
    const child = await world.child({
      streams: [stream],
      times: { ...TIMES, leaseMs: 500 },
      afterAcknowledgement: `${partner.url}/acknowledged?from=`,
    });
    await until('the log has it', () => partner.callsOf('acknowledged').length === 1);
    await child.kill9();
    expect(await world.logged(stream)).toHaveLength(1);
    expect(await world.ledger(stream)).toEqual([]);
    await world.poll([stream]);
    await until('both windows', async () => (await world.ledger(stream)).length === 2);
    expect((await world.ledger(stream)).map((w) => w.outcome)).toEqual(['succeeded', 'succeeded']);
    expect(partner.callsOf('payouts').map((c) => c.from)).toEqual([
      partner.calls[0]!.from,
      partner.calls[0]!.from,
      expect.any(String),
    ]);
    const logged = await world.logged(stream);
    expect([logged.length, new Set(logged).size]).toEqual([3, 2]); // one twice, under the same id
  });

  it('tells a window again that was killed behind its publication, though it then reads as before', async () => {
    const never = new Gate();
    let note = 'former';
    const partner = await world.partner({
      payouts: (from) => [{ id: from, amount: '1', note }],
      acknowledged: () => never.passed().then(() => []),
    });
    const stream = world.stream(partner, { hours: 1, lookBack: 1 });
    const first = await world.poll([stream]);
    await until('it is read', async () => (await world.ledger(stream)).length === 1);
    await first.stop();
    note = 'changed';
    await world.hurry(stream);
    const times = { ...TIMES, leaseMs: 500 };
    const child = await world.child({
      ...{ streams: [stream], times, afterAcknowledgement: `${partner.url}/acknowledged?from=` },
    });
    await until('the log has it', () => partner.callsOf('acknowledged').length === 1);
    await child.kill9();
    expect(await world.logged(stream)).toHaveLength(2);
    expect((await world.wholeLedger(stream)).map((line) => line.outcome)).toEqual([
      'succeeded',
      'unfinished',
    ]);

    note = 'former';
    await world.poll([stream], times);
    await until('it is read again', async () => (await world.ledger(stream)).length === 2);
    expect((await world.ledger(stream)).at(-1)).toMatchObject({ kind: 'lookback', published: true });
    expect(await world.logged(stream)).toHaveLength(3);
    await world.hurry(stream);
    await until('and once more', async () => (await world.ledger(stream)).length === 3);
    expect((await world.ledger(stream)).at(-1)).toMatchObject({ published: false, changed: false });
  });

  it('lets another go on when it stands still for longer than its lease, and then writes nothing', async () => {
    const gate = new Gate();
    const partner = await world.partner({
      payouts: async (from) =>
        partner.calls.length === 1 ? gate.passed().then(() => oneOf(from)) : oneOf(from),
    });
    const stream = world.stream(partner, { hours: 2 });
    const times = { ...TIMES, leaseMs: 1_000 };
    const child = await world.child({ streams: [stream], times });
    await until('it is asked', () => partner.calls.length === 1);
    await world.poll([stream], times);
    // its lease is renewed: the other one keeps away
    const renewedUntil = partner.calls[0]!.atMs + 4 * times.leaseMs;
    await until('it is renewed often', async () => (await world.leaseUntilMs(stream)) > renewedUntil);
    expect(partner.calls).toHaveLength(1);
    child.pause();
    await until('both windows', async () => (await world.ledger(stream)).length === 2);
    const before = await world.ledger(stream);
    const watermark = await world.watermarkMs(stream);
    gate.open();
    child.resume();
    await until('it notices', () => child.lines.some((line) => line.includes('the lease was lost')));
    expect(await world.ledger(stream)).toEqual(before);
    expect(await world.watermarkMs(stream)).toBe(watermark);
  });
}
