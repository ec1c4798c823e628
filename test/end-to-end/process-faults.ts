import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Group, Topic } from '#libs/events';
import type { AppProcess } from '#test/app-process';
import { until } from '#test/until';
import type { Installation, Role } from './installation.js';
import type { Stage } from './stage.js';

/** Longer than a process that lives leaves a transaction waiting. */
const IDLE_MS = 300;

/** A process on SIGTERM has this long before an orchestrator would kill it. */
const GRACE_MS = 20_000;

const ROLES = ['normalizer', 'attribution', 'pixel-ingress'] as const satisfies Role[];

/** What each process may go through under load without a call being lost; the same on both logs. */
export function survivesProcessFaults(stageOf: () => Stage): void {
  it('has every call that got a 202 exactly once, whichever process is killed', async () => {
    const stage = stageOf();
    const { installation } = stage;
    const load = stage.startLoad();
    await load.progress();
    for (const replica of [0, 1]) {
      for (const role of ROLES) {
        await installation.processes[role][replica]!.kill9();
        await load.progress();
        await installation.restart(role, replica);
      }
      await load.progress();
      await installation.ready();
    }
    await stage.endAndExpectExactly(load);
    expect(load.refused).toEqual([]);
  });

  it('is replaced process by process without a lost call or a refused one', async () => {
    const stage = stageOf();
    const { installation } = stage;
    const load = stage.startLoad();
    await load.progress();
    for (const replica of [0, 1]) {
      const replacements = await Promise.all(ROLES.map((role) => installation.spawn(role)));
      await Promise.all(replacements.map((each) => each.ready()));
      for (const [i, role] of ROLES.entries()) {
        const old = installation.processes[role][replica]!;
        installation.processes[role][replica] = replacements[i]!;
        const begin = Date.now();
        expect(await old.term()).toEqual({ code: 0, signal: null });
        expect(Date.now() - begin).toBeLessThan(GRACE_MS);
        await load.progress();
      }
    }
    await stage.endAndExpectExactly(load);
    expect(load.refused).toEqual([]);
    expect(load.cut.filter((code) => !/^(ECONNREFUSED|ECONNRESET|EPIPE)$/.test(code))).toEqual([]);
  });

  it('is not ready while it drains, and answers the call that it has begun to read', async () => {
    const ingress = await stageOf().installation.spawn('pixel-ingress');
    await ingress.ready();
    const socket = connect(Number(new URL(ingress.pixelUrl).port), '127.0.0.1');
    await once(socket, 'connect');
    let answer = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
    // The sender of the first call has the second one under way as the process is told to go
    const call = 'GET /convert/fd3ba970-2330-4576-94ba-e1efc470bd56?type=install&test=true HTTP/1.1\r\n';
    socket.write(`${call}Host: x\r\n\r\n${call}`);
    await until('the first call is answered', () => answer.includes('202 Accepted'));
    const ended = ingress.term();
    await until('it says that it drains', async () => {
      const { status, body } = await ingress.ask('/readyz');
      return status === 503 && body.includes('"process":"draining"');
    });
    expect((await ingress.ask('/livez')).status).toBe(200);
    const closed = once(socket, 'close');
    socket.write('Host: x\r\n\r\n');
    await closed;
    expect(answer.match(/202 Accepted/g)).toHaveLength(2);
    expect(await ended).toEqual({ code: 0, signal: null });
  });

  it('goes on while an attribution stands still in mid-transaction, and is right when that one wakes', async () => {
    const stage = stageOf();
    const { installation } = stage;
    const load = stage.startLoad();
    await load.progress();
    const frozen = installation.processes.attribution[0]!;
    await freezeInTransaction(frozen, installation);
    // What was the frozen one's to read is read by the other
    await load.progress(200);
    await load.stop();
    const lag = (): Promise<bigint> => installation.lag(Group.attribution, Topic.conversionEvents);
    await until('the other takes over', async () => (await lag()) === 0n);
    await installation.expectExactly(stage.loads);
    frozen.resume();
    const after = stage.startLoad();
    await after.progress();
    await stage.endAndExpectExactly(after);
    await frozen.ready();
  });
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
