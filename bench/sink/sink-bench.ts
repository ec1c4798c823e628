import type { Closers } from '../parts/closers.js';
import { openInstallation, withClient, type Installation, type LogEngine } from '../parts/installation.js';
import { conditionsOf, type Report } from '../report/report.js';
import { publishBacklog } from './backlog.js';
import { drain, type Drained } from '../parts/drain.js';
import { EVENTS_PER_PLAYER, MIX, visibleRowsOf } from './player-events.js';
import { takeAway, type Outage, type Recovery } from './recovery.js';
import { sinkTables, sinkTargets } from './sink-report.js';
import { CONVERSIONS_PER_STORED, storePlayers } from '../parts/stored-players.js';
import { measureUpsertLimit, type UpsertLimit } from '../parts/upsert-limit.js';

export interface SinkOptions {
  log: LogEngine;
  /** Pixel events of one backlog. */
  events: number;
  attributions: number;
  /** How often an empty database is filled; each time the limit is measured too. */
  rounds: number;
  /** Conversions that are stored before one more backlog. */
  stored?: number;
  restartPostgres?: true;
  killPostgres?: true;
  profile?: string;
}

/** One backlog that was taken in. */
export interface SinkRun extends Drained {
  events: number;
  /** Conversions that were stored before. */
  storedBefore: number;
  /** The limit, measured right after on the same server. */
  limit: UpsertLimit;
}

/** What the benchmark found. */
export interface SinkFigures {
  runs: SinkRun[];
  recoveries: Recovery[];
}

const FIRST_PLAYER = 1;
/** Batches in work at the moment of the outage are not the first. */
const OUTAGE_AFTER_EVENTS = 20_000;

/** A backlog of pixel events from the log to settled rows, beside bare upserts of the same rows. */
export async function benchSink(options: SinkOptions, closers: Closers): Promise<Report> {
  const players = Math.ceil(options.events / EVENTS_PER_PLAYER / 10) * 10;
  const figures: SinkFigures = { runs: [], recoveries: [] };
  let conditions = '';
  const onFresh = (work: (installation: Installation, own: Closers) => Promise<void>): Promise<void> =>
    closers.within(async (own) => {
      const installation = await openInstallation(options.log, own);
      conditions ||= await conditionsOf(installation);
      await work(installation, own);
    });
  const fillings = [...Array<number>(options.rounds).fill(0), ...(options.stored ? [options.stored] : [])];
  for (const stored of fillings) {
    await onFresh(async (installation, own) => {
      if (stored > 0)
        await storePlayers(installation.postgres.url, Math.ceil(stored / CONVERSIONS_PER_STORED));
      figures.runs.push(await run(installation, players, stored, options, own));
    });
  }
  const outages: Outage[] = [
    ...(options.restartPostgres ? (['restart'] as const) : []),
    ...(options.killPostgres ? (['kill -9'] as const) : []),
  ];
  for (const outage of outages) {
    await onFresh(async (installation, own) => {
      figures.recoveries.push(await recover(installation, players, outage, options, own));
    });
  }
  return {
    bench: 'sink',
    setting:
      `${players * EVENTS_PER_PLAYER} pixel events on raw-events → 1 normalizer, ${options.attributions} attribution ` +
      `→ PostgreSQL; ${MIX}`,
    conditions,
    tables: sinkTables(figures),
    targets: sinkTargets(figures),
    figures,
  };
}

async function run(
  installation: Installation,
  players: number,
  storedBefore: number,
  { attributions, profile }: SinkOptions,
  closers: Closers,
): Promise<SinkRun> {
  const events = await publishBacklog(installation.eventLog, FIRST_PLAYER, players);
  const drained = await drain(installation, { attributions, profile }, closers);
  await expectRows(installation, players);
  const limit = await measureUpsertLimit(installation.postgres.url, ['conversions'], events);
  return { ...drained, events, storedBefore, limit };
}

async function recover(
  installation: Installation,
  players: number,
  outage: Outage,
  { attributions }: SinkOptions,
  closers: Closers,
): Promise<Recovery> {
  const events = await publishBacklog(installation.eventLog, FIRST_PLAYER, players);
  let recovery: Recovery | undefined;
  const meanwhile = async (settled: Parameters<typeof takeAway>[3]): Promise<void> => {
    const after = Math.min(OUTAGE_AFTER_EVENTS, events / 3);
    recovery = await takeAway(installation.postgres, outage, after, settled);
  };
  await drain(installation, { attributions, meanwhile }, closers);
  await expectRows(installation, players);
  return recovery!;
}

/** A figure of a sink that loses rows is worth nothing. @throws Error where rows are missing or too many */
async function expectRows({ postgres }: Installation, players: number): Promise<void> {
  const stored = await withClient(postgres.url, async (client) => {
    const found = await client.query<{ rows: number }>(
      `SELECT count(*)::int AS rows FROM tributary.conversions WHERE revision > 0`,
    );
    return found.rows[0]!.rows;
  });
  if (stored !== visibleRowsOf(players)) {
    throw new Error(`${stored} rows in conversions instead of ${visibleRowsOf(players)}`);
  }
}
