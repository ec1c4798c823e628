import type { Closers } from '../parts/closers.js';
import { startApp, type Installation } from '../parts/installation.js';
import type { NodeProcess } from '../parts/node-process.js';
import { cpuSecondsOf, cpuSecondsOfTree, peakMemoryMiB } from '../parts/process-usage.js';
import { untilDrained } from '../parts/until-drained.js';

/** What a part of the machine used meanwhile. */
export interface Usage {
  part: string;
  cpuSeconds: number;
  /** Undefined where its processes share memory. */
  peakMemoryMiB: number | undefined;
}

/** A backlog that was taken in. */
export interface Drained {
  /** From the normalizer's start of work to the last batch that was settled. */
  seconds: number;
  /** Canonical events in a batch of attribution, on average. */
  eventsPerBatch: number;
  usage: Usage[];
}

export interface DrainOptions {
  /** Processes of attribution. */
  attributions: number;
  profile?: string | undefined;
  /** Is begun with the drain, and waited for. */
  meanwhile?: ((settled: SettledBatches) => Promise<void>) | undefined;
}

/** Hears of the batches that attribution has settled. */
export class SettledBatches {
  count = 0;
  events = 0;
  /** When the last of them was settled, epoch milliseconds. */
  lastAtMs = 0;

  watch(attribution: NodeProcess): void {
    attribution.onLine((line) => {
      if (line['msg'] !== 'attributed') return;
      this.count++;
      this.events += Number(line['in']);
      this.lastAtMs = Math.max(this.lastAtMs, Date.parse(String(line['time'])));
    });
  }
}

/** Starts normalizer and attribution on the backlog that lies there; waits until every row of it is settled. */
export async function drain(
  installation: Installation,
  { attributions: count, profile, meanwhile }: DrainOptions,
  closers: Closers,
): Promise<Drained> {
  const app = { profileTo: profile };
  const settled = new SettledBatches();
  const attributions = await Promise.all(
    Array.from({ length: count }, () => startApp('attribution', installation, closers, app)),
  );
  attributions.forEach((a) => settled.watch(a));
  const normalizer = await startApp('normalizer', installation, closers, app);
  const startedAtMs = Date.now();
  const apps = [normalizer, ...attributions];
  const before = await usageOf(installation, apps);
  await meanwhile?.(settled);
  await untilDrained(installation);
  const after = await usageOf(installation, apps);
  await Promise.all(apps.map((a) => a.stop()));
  return {
    seconds: (settled.lastAtMs - startedAtMs) / 1_000,
    eventsPerBatch: settled.events / settled.count,
    usage: after.map((part, i) => ({ ...part, cpuSeconds: part.cpuSeconds - before[i]!.cpuSeconds })),
  };
}

async function usageOf(installation: Installation, apps: readonly NodeProcess[]): Promise<Usage[]> {
  const { brokerPid } = installation;
  const processes = [...apps, ...(brokerPid === undefined ? [] : [{ name: 'Kafka broker', pid: brokerPid }])];
  return [
    ...processes.map(({ name, pid }) => ({
      part: name,
      cpuSeconds: cpuSecondsOf(pid),
      peakMemoryMiB: peakMemoryMiB(pid),
    })),
    {
      part: 'PostgreSQL',
      cpuSeconds: cpuSecondsOfTree(await installation.postmasterPid()),
      peakMemoryMiB: undefined,
    },
  ];
}
