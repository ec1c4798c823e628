import type { Closers } from './closers.js';
import { startApp, type Installation } from './installation.js';
import type { Line, NodeProcess } from './node-process.js';
import { cpuSecondsOf, cpuSecondsOfTree, peakMemoryMiB } from './process-usage.js';
import { untilDrained } from './until-drained.js';

/** What a part of the machine used meanwhile. */
export interface Usage {
  part: string;
  cpuSeconds: number;
  /** Undefined where its processes share memory. */
  peakMemoryMiB: number | undefined;
}

/** A backlog that was taken in. */
export interface Drained {
  /** From the apps' start of work to the last batch that was settled. */
  seconds: number;
  /** Canonical events in a batch of attribution, on average. */
  eventsPerBatch: number;
  /** Sum of the batches' durations; some overlap. */
  batchSeconds: number;
  usage: Usage[];
}

export interface DrainOptions {
  /** Processes of attribution. */
  attributions: number;
  /** Without: the backlog is on `conversion-events`. Default true. */
  normalizer?: boolean;
  profile?: string | undefined;
  /** Is begun with the drain, and waited for. */
  meanwhile?: ((settled: SettledBatches, attributions: readonly NodeProcess[]) => Promise<void>) | undefined;
}

/** Hears of the batches that attribution has settled. */
export class SettledBatches {
  count = 0;
  events = 0;
  /** Sum of their durations. */
  ms = 0;
  /** When the first of them was begun, epoch milliseconds. */
  firstAtMs = Infinity;
  /** When the last of them was settled, epoch milliseconds. */
  lastAtMs = 0;

  readonly hear = (line: Line): void => {
    if (line['msg'] !== 'attributed') return;
    const at = Date.parse(String(line['time']));
    const ms = Number(line['ms']);
    this.count++;
    this.events += Number(line['in']);
    this.ms += ms;
    this.firstAtMs = Math.min(this.firstAtMs, at - ms);
    this.lastAtMs = Math.max(this.lastAtMs, at);
  };
}

/** Starts attribution, and the normalizer where there is one, on the backlog that lies there; waits until every row
 * of it is settled. */
export async function drain(
  installation: Installation,
  { attributions: count, normalizer = true, profile: profileTo, meanwhile }: DrainOptions,
  closers: Closers,
): Promise<Drained> {
  const settled = new SettledBatches();
  const attributions = await Promise.all(
    Array.from({ length: count }, () =>
      startApp('attribution', installation, closers, { profileTo, onLine: settled.hear }),
    ),
  );
  const normalizers = normalizer ? [await startApp('normalizer', installation, closers, { profileTo })] : [];
  const startedAtMs = Date.now();
  const apps = [...normalizers, ...attributions];
  const before = await usageOf(installation, apps);
  await meanwhile?.(settled, attributions);
  await untilDrained(installation);
  const after = await usageOf(installation, apps);
  await Promise.all(apps.map((a) => a.stop()));
  return {
    seconds: (settled.lastAtMs - Math.min(startedAtMs, settled.firstAtMs)) / 1_000,
    eventsPerBatch: settled.events / settled.count,
    batchSeconds: settled.ms / 1_000,
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
