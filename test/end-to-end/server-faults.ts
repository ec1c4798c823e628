import type { HealthAnswer, AppProcess } from '#test/app-process';
import type { KafkaBroker } from '#test/kafka-cluster';
import { until } from '#test/until';
import type { Installation } from './installation.js';
import type { PixelLoad } from './pixel-load.js';
import type { Stage } from './stage.js';

/** Generous: what it took is printed; that it goes on by itself is what is held. */
const BY_ITSELF_MS = 40_000;

/** What PostgreSQL may go through under load. @param logIn which server the log stands in */
export function survivesPostgresFaults(stageOf: () => Stage, logIn: 'postgres' | 'kafka'): void {
  it.each([
    ['is restarted', 'stop'],
    ['is killed with kill -9', 'kill9'],
  ] as const)('goes on by itself when PostgreSQL %s in mid-batch', async (what, end) => {
    const stage = stageOf();
    const { installation, postgres } = stage;
    const { attribution, normalizer, 'pixel-ingress': ingress } = installation.processes;
    const load = stage.startLoad();
    await load.progress();
    await inMidBatch(installation, load);
    await postgres[end]();
    const check = logIn === 'postgres' ? 'event-log' : 'database';
    await Promise.all(attribution.map((each) => notReady(each, check)));
    for (const each of [...normalizer, ...ingress]) {
      if (logIn === 'postgres') await notReady(each, 'event-log');
      else expect(await each.ask('/readyz')).toMatchObject({ status: 200 });
    }
    for (const each of installation.all()) expect(await each.ask('/livez')).toMatchObject({ status: 200 });
    await postgres.start();
    const resumedMs = await untilRowsCome(installation);
    report(`PostgreSQL ${what}, log in ${logIn}: the first new rows ${resumedMs} ms after it is back`);
    await load.progress();
    await installation.ready();
    await stage.endAndExpectExactly(load);
    expectTold(load);
    if (logIn === 'kafka') expect(load.refused).toEqual([]);
  });
}

/** What the only broker may go through under load. */
export function survivesBrokerFaults(stageOf: () => Stage, broker: () => KafkaBroker): void {
  it('goes on by itself when the broker is killed with kill -9, and answers 503 while it is away', async () => {
    const stage = stageOf();
    const { installation } = stage;
    const load = stage.startLoad();
    await load.progress();
    await broker().kill9();
    await Promise.all(installation.all().map((each) => notReady(each, 'event-log')));
    for (const each of installation.all()) expect(await each.ask('/livez')).toMatchObject({ status: 200 });
    await until('a call is told to come again', () => load.refused.length > 0);
    const acceptedBefore = load.accepted.length;
    await broker().start();
    const begin = Date.now();
    await until('calls are accepted', () => load.accepted.length > acceptedBefore, BY_ITSELF_MS);
    const acceptedMs = Date.now() - begin;
    const resumedMs = acceptedMs + (await untilRowsCome(installation));
    report(
      `broker killed: the first 202 ${acceptedMs} ms, the first new rows ${resumedMs} ms after it is back`,
    );
    await load.progress();
    await installation.ready();
    await stage.endAndExpectExactly(load);
    expectTold(load);
  });
}

/** Lets a backlog grow, and resolves when the attributions have begun to work it off. */
async function inMidBatch(installation: Installation, load: PixelLoad): Promise<void> {
  const { attribution } = installation.processes;
  for (const each of attribution) each.pause();
  await load.progress(100);
  const before = await installation.receiptCount();
  for (const each of attribution) each.resume();
  await until('a batch is stored', async () => (await installation.receiptCount()) > before);
}

/** @returns milliseconds until more rows come, from now */
async function untilRowsCome(installation: Installation): Promise<number> {
  const begin = Date.now();
  let first: number | undefined;
  await until(
    'rows come',
    async () => {
      // A server that has just been started may still refuse the test's own connections
      const count = await installation.receiptCount().catch(() => 0);
      first ??= count || undefined;
      return first !== undefined && count > first;
    },
    BY_ITSELF_MS,
  );
  return Date.now() - begin;
}

/** Waits for a 503 of `/readyz` that names the check which fails. */
async function notReady(process: AppProcess, check: string): Promise<void> {
  let last: HealthAnswer | undefined;
  const isNotReady = async (): Promise<boolean> => {
    last = await process.ask('/readyz');
    return last.status === 503;
  };
  await until(`${process.app} is not ready`, isNotReady, BY_ITSELF_MS, 100);
  const { checks } = JSON.parse(last!.body) as { checks: Record<string, string> };
  expect(checks[check]).not.toBe('ok');
  expect(checks[check]).toMatch(/\w/);
}

/** Whoever was turned away was told to come again. */
function expectTold(load: PixelLoad): void {
  expect(load.refused.filter(({ status, retryAfter }) => status !== 503 || retryAfter !== '1')).toEqual([]);
}

function report(line: string): void {
  process.stderr.write(`  ${line}\n`);
}
