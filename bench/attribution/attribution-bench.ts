import { until } from '#test/until';
import type { Closers } from '../parts/closers.js';
import { databaseWork, untilGone, workBetween, type DatabaseWork } from '../parts/database-work.js';
import { drain, type Drained, type SettledBatches } from '../parts/drain.js';
import { openInstallation, withClient, type Installation, type LogEngine } from '../parts/installation.js';
import type { NodeProcess } from '../parts/node-process.js';
import { peakMemoryMiB } from '../parts/process-usage.js';
import { FACTS_PER_STORED, storePlayers } from '../parts/stored-players.js';
import { measureUpsertLimit, type UpsertLimit } from '../parts/upsert-limit.js';
import { conditionsOf, type Report } from '../report/report.js';
import { attributionTables, attributionTargets } from './attribution-report.js';
import { eventsOfPlayer, publishEvents, type EventOf, type Population } from './canonical-backlog.js';
import { EVENTS_PER_PLAYER, MIX, eventOfLife, movementOfLife, rowsOfLife, type Rows } from './player-life.js';

/** What a backlog is made of. */
export type EventMix = 'mixed' | 'transactions';

export interface AttributionOptions {
  log: LogEngine;
  /** Canonical events of one backlog. */
  events: number;
  /** Players who share them; without, one to ten events. */
  players?: number;
  /** One mix alone. */
  only?: EventMix;
  /** How often an empty database is filled by each mix; each time the limit is measured too. */
  rounds: number;
  /** Facts that are stored before one more mixed backlog, and a fifth of them before another. */
  stored?: number;
  profile?: string;
}

/** One backlog that was taken in. */
export interface AttributionRun extends Drained {
  mix: EventMix;
  events: number;
  /** Facts that were stored before. */
  storedBefore: number;
  /** The most memory that attribution had when half of the events were settled. */
  halfwayMemoryMiB: number;
  work: DatabaseWork;
  /** The limit, measured right after on the same server. */
  limit: UpsertLimit;
}

/** A mix of events: how they are made, and the rows that must be there in the end. */
interface Mix {
  eventOf: EventOf;
  rowsOf: (player: number, events: number) => Partial<Rows>;
}

const MIXES = {
  mixed: { eventOf: eventOfLife, rowsOf: rowsOfLife },
  transactions: { eventOf: movementOfLife, rowsOf: (_player, events) => ({ transactions: events }) },
} satisfies Record<EventMix, Mix>;

const DRAIN_LIMIT_MS = 30 * 60_000;
/** Of the notes on batches in work there is no row left. */
const NO_ROWS_OF_EVENTS = new Set(['unsettled_batches']);

/** Backlogs of canonical events from the log to settled rows, beside bare upserts of the same rows. */
export async function benchAttribution(options: AttributionOptions, closers: Closers): Promise<Report> {
  const population = {
    events: options.events,
    players: options.players ?? Math.ceil(options.events / EVENTS_PER_PLAYER),
  };
  const mixes = options.only ? [options.only] : (Object.keys(MIXES) as EventMix[]);
  const empty = mixes.flatMap((mix) => Array.from({ length: options.rounds }, () => ({ mix, stored: 0 })));
  const filled = options.stored
    ? [options.stored / 5, options.stored].map((stored) => ({ mix: 'mixed' as const, stored }))
    : [];
  const runs: AttributionRun[] = [];
  let conditions = '';
  for (const { mix, stored } of [...empty, ...filled]) {
    await closers.within(async (own) => {
      const installation = await openInstallation(options.log, own);
      conditions ||= await conditionsOf(installation);
      const players = Math.ceil(stored / FACTS_PER_STORED);
      if (players > 0) await storePlayers(installation.postgres.url, players);
      runs.push(await run(installation, mix, population, players * FACTS_PER_STORED, options.profile, own));
    });
  }
  return {
    bench: 'attribution',
    setting:
      `${population.events} events of ${population.players} players on conversion-events → 1 attribution → PostgreSQL. ` +
      `mixed: ${MIX}. transactions: withdrawals and, every third, a bonus; no deposits of real money, so that each ` +
      'is one row, the last writer of which wins',
    conditions,
    tables: attributionTables(runs),
    targets: attributionTargets(runs),
    figures: runs,
  };
}

async function run(
  installation: Installation,
  mix: EventMix,
  population: Population,
  storedBefore: number,
  profile: string | undefined,
  closers: Closers,
): Promise<AttributionRun> {
  const { url } = installation.postgres;
  const { eventOf, rowsOf }: Mix = MIXES[mix];
  const { events } = population;
  await publishEvents(installation.eventLog, population, eventOf);
  const rowsBefore = await countRows(url);
  const before = await databaseWork(url);
  let halfwayMemoryMiB = 0;
  const meanwhile = async (settled: SettledBatches, [app]: readonly NodeProcess[]): Promise<void> => {
    await until('half of the events are settled', () => settled.events >= events / 2, DRAIN_LIMIT_MS);
    halfwayMemoryMiB = peakMemoryMiB(app!.pid);
  };
  const drained = await drain(
    installation,
    { attributions: 1, normalizer: false, profile, meanwhile },
    closers,
  );
  await untilGone(url, 'attribution');
  const work = workBetween(before, await databaseWork(url));
  expectRows(rowsBefore, await countRows(url), population, rowsOf);
  const written = work.rows.map(({ table }) => table).filter((table) => !NO_ROWS_OF_EVENTS.has(table));
  const limit = await measureUpsertLimit(url, written, events);
  return { ...drained, mix, events, storedBefore, halfwayMemoryMiB, work, limit };
}

async function countRows(url: string): Promise<Rows> {
  return withClient(url, async (client) => {
    const found = await client.query<Rows>(
      `SELECT (SELECT count(*)::float8 FROM tributary.conversions) AS conversions,
        (SELECT count(*)::float8 FROM tributary.transactions) AS transactions,
        (SELECT count(*)::float8 FROM tributary.game_sessions) AS game_sessions`,
    );
    return found.rows[0]!;
  });
}

/** A figure of a sink that loses rows is worth nothing. @throws Error where rows are missing or too many */
function expectRows(before: Rows, after: Rows, population: Population, rowsOf: Mix['rowsOf']): void {
  const expected: Rows = { conversions: 0, transactions: 0, game_sessions: 0 };
  const tables = Object.keys(expected) as (keyof Rows)[];
  for (let player = 0; player < population.players; player++) {
    const rows = rowsOf(player, eventsOfPlayer(population, player));
    for (const table of tables) expected[table] += rows[table] ?? 0;
  }
  for (const table of tables) {
    const added = after[table] - before[table];
    if (added !== expected[table]) throw new Error(`${added} rows in ${table} instead of ${expected[table]}`);
  }
}
