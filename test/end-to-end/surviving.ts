import { setTimeout as sleep } from 'node:timers/promises';
import type { AppProcess } from '#test/app-process';
import { durableServer, type DurableServer } from '#test/postgres';
import { until } from '#test/until';
import { Group, Topic } from '#libs/events';
import { Installation, type Role } from './installation.js';
import { PixelLoad } from './pixel-load.js';

/** Longer than a process that lives leaves a transaction waiting. */
const IDLE_MS = 300;

/** A process on SIGTERM has this long before an orchestrator would kill it. */
const GRACE_MS = 20_000;

/** What each process may go through under load without a call being lost; the same on both logs.
 * @param brokers of Kafka, started by the caller; undefined: the log in PostgreSQL */
export function survivesItsProcesses(brokers: () => Promise<readonly string[] | undefined>): void {
  let postgres: DurableServer;
  let installation: Installation;
  const loads: PixelLoad[] = [];

  const startLoad = (): PixelLoad => {
    const load = new PixelLoad(() => installation.pixelUrls(), loads.length);
    loads.push(load);
    return load;
  };

  beforeAll(async () => {
    const [kafkaBrokers, server] = await Promise.all([brokers(), durableServer()]);
    postgres = server;
    const addresses = { databaseUrl: postgres.url, ...(kafkaBrokers && { kafkaBrokers }) };
    installation = await Installation.start(addresses);
  }, 90_000);

  afterAll(async () => {
    await installation?.close();
    await postgres?.drop();
  }, 60_000);

  it('has every call that got a 202 exactly once, whichever process is killed', async () => {
    const load = startLoad();
    const killAndRestart = async (role: Role, replica: number): Promise<AppProcess> => {
      await installation.processes[role][replica]!.kill9();
      await load.progress();
      return installation.restart(role, replica);
    };
    await load.progress();
    for (const replica of [0, 1]) {
      await killAndRestart('normalizer', replica);
      await killAndRestart('attribution', replica);
      await killAndRestart('pixel-ingress', replica);
      await load.progress();
      await installation.ready();
    }
    await load.stop();
    await installation.expectExactly(loads);
    expect(load.refused).toEqual([]);
  }, 120_000);

  it('is replaced process by process without a lost call or a refused one', async () => {
    const load = startLoad();
    const replace = async (role: Role, replica: number): Promise<{ code: number | null; ms: number }> => {
      const old = installation.processes[role][replica]!;
      const replacement = await installation.spawn(role);
      await replacement.ready();
      installation.processes[role][replica] = replacement;
      const begin = Date.now();
      const { code } = await old.term();
      return { code, ms: Date.now() - begin };
    };
    await load.progress();
    for (const replica of [0, 1]) {
      for (const role of ['pixel-ingress', 'normalizer', 'attribution'] as const) {
        const { code, ms } = await replace(role, replica);
        expect(code).toBe(0);
        expect(ms).toBeLessThan(GRACE_MS);
      }
      await load.progress();
    }
    await load.stop();
    await installation.expectExactly(loads);
    expect(load.refused).toEqual([]);
    expect(load.cut.filter((code) => !/^(ECONNREFUSED|ECONNRESET|EPIPE)$/.test(code))).toEqual([]);
  }, 120_000);

  it('goes on while an attribution stands still in mid-transaction, and is right when that one wakes', async () => {
    const load = startLoad();
    await load.progress();
    const frozen = installation.processes.attribution[0]!;
    await freezeInTransaction(frozen, installation);
    await load.progress(200);
    await load.stop();
    // What was the frozen one's to read is read by the other
    const lag = (): Promise<bigint> => installation.lag(Group.attribution, Topic.conversionEvents);
    await until('the others take over', async () => (await lag()) === 0n, 60_000);
    await installation.expectExactly(loads);
    frozen.resume();
    const after = startLoad();
    await after.progress();
    await after.stop();
    await frozen.ready();
    await installation.expectExactly(loads);
  }, 120_000);
}

/** Stops a process at a moment when PostgreSQL waits for it with a transaction open: its locks stay held. */
async function freezeInTransaction(process: AppProcess, { pool }: Installation): Promise<void> {
  const waiting = async (sinceMs: number): Promise<boolean> => {
    const { rowCount } = await pool.query(
      `SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'
         AND application_name = 'tributary attribution' AND state_change <= now() - $1 * interval '1 ms'`,
      [sinceMs],
    );
    return rowCount! > 0;
  };
  await until(`${process.app} is in mid-transaction`, async () => {
    process.pause();
    if (await waiting(0)) {
      // Of a process that lives, it would be over by then
      await sleep(IDLE_MS);
      if (await waiting(IDLE_MS)) return true;
    }
    process.resume();
    return false;
  });
}
