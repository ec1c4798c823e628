import { closePeriod, runCommissions, storeDeals } from '#apps/commissions';
import type { DealFile } from '#libs/commissions';
import { upsertEntityRows, type Database } from '#libs/database';
import type { Closers } from '../parts/closers.js';
import { openInstallation } from '../parts/installation.js';
import { conditionsOf, figure, median, type Report } from '../report/report.js';
import { BARE_SUM, BRAND, FACTS_PER_PLAYER, sessionRows, storeMonth, touchPlayers } from './casino-month.js';

export interface CommissionsOptions {
  /** Per cent of 100,000 players. */
  scale: number;
}

/** One run of the worker. */
interface Run {
  what: string;
  players: number;
  seconds: number;
}

/** The month closed, and what is kept of it. */
interface Close {
  seconds: number;
  facts: number;
  /** What `statement_players` has grown by. */
  megabytes: number;
}

/** Upserts of sessions, as often with the triggers as without. */
interface Marking {
  what: string;
  /** Microseconds a row. */
  without: number;
  with: number;
}

const NOW = new Date('2026-11-05T12:00:00Z');
const TOUCHED = [100, 1_000, 10_000];
const ROUNDS = 15;

const DEALS: DealFile[] = [
  {
    ...{ ngr: 'net', brand: BRAND, time_zone: 'UTC' },
    versions: [
      {
        ...{
          from: '2026-01-01',
          tax: '0.1',
          provider: '0.15',
          platform: '0',
          bonus: ['Prize'],
          jackpot: '0.01',
        },
        ...{
          chargebacks: true,
          adjustments: ['Other'],
          deposit_fee: '0.02',
          withdrawal_fee: '0',
          admin_fee: '0.05',
        },
      },
    ],
  },
  {
    ...{
      agreement: 'acme',
      partner: 'Acme',
      brand: BRAND,
      currency: 'EUR',
      time_zone: 'UTC',
      fx: { date: 'day' },
    },
    covers: [{ link: 'acme*' }],
    excluded: { cpa: ['blocked', 'duplicate'], revenue_share: ['blocked', 'duplicate'] },
    plans: [
      {
        ...{ type: 'hybrid', from: '2026-01-01', ngr: 'net' },
        cpa: {
          ...{ on: 'qualification', amount: '40' },
          qualification: { within_days: 30, of: 'registration', deposit_amount: '50', wager_count: 100 },
        },
        revenue_share: { rate: '0.25', carry_over: true, ring_fenced: false },
      },
    ],
  },
];

/** A month of players reckoned from nothing, then after some of them have played on, beside the bare sum of the facts; what it
 * takes to close it with all the facts that it rests on; and what marking costs those who write facts. */
export async function benchCommissions({ scale }: CommissionsOptions, closers: Closers): Promise<Report> {
  const players = 1_000 * scale;
  const installation = await openInstallation('postgres', closers);
  const { database, postgres } = installation;
  await storeMonth(postgres.url, players);
  const markings = [await measureMarking(database, players, 'no agreement of any brand', 0)];
  const limit = await secondsOf(() => database.pool.query(BARE_SUM));
  await storeDeals(database, DEALS, NOW);
  const runs = [await run(database, 'all', players)];
  for (const touched of TOUCHED.filter((n) => n <= players / 2)) {
    await touchPlayers(postgres.url, touched, players);
    runs.push(await run(database, `${figure(touched)} who played on`, touched));
  }
  const close = await measureClose(database);
  markings.push(await measureMarking(database, players, 'an agreement of the brand', 1));
  const peakMiB = process.resourceUsage().maxRSS / 1_024;
  const perPlayer = (r: Run): number => (1_000 * r.seconds) / r.players;
  return {
    bench: 'commissions',
    setting: `a month of ${players} players with ${FACTS_PER_PLAYER} facts each, one hybrid agreement with thresholds`,
    conditions: await conditionsOf(installation),
    tables: [
      {
        title: `Runs; the bare SQL sum over the same facts takes ${figure(limit)} s; peak memory ${figure(peakMiB)} MiB`,
        head: ['players', 'seconds', 'ms a player', 'of the bare sum'],
        rows: runs.map((r) => [
          r.what,
          figure(r.seconds),
          figure(perPlayer(r)),
          `${figure(r.seconds / limit)} ×`,
        ]),
      },
      {
        title: 'Closing the month, with all facts that it rests on',
        head: ['facts', 'seconds', 'MB kept', 'bytes a fact', 'of the bare sum'],
        rows: [
          [
            figure(close.facts),
            figure(close.seconds),
            figure(close.megabytes),
            figure((close.megabytes * 1e6) / close.facts),
            `${figure(close.seconds / limit)} ×`,
          ],
        ],
      },
      {
        title: 'Upserts of new game sessions, a thousand a statement, in turns',
        head: ['with', 'µs a row', 'without the triggers', 'more'],
        rows: markings.map((m) => [
          m.what,
          figure(m.with),
          figure(m.without),
          `${figure(100 * (m.with / m.without - 1))} %`,
        ]),
      },
    ],
    targets: [],
    figures: { players, limitSeconds: limit, peakMiB, runs, close, markings },
  };
}

async function run(database: Database, what: string, players: number): Promise<Run> {
  let reckoned = 0;
  const seconds = await secondsOf(async () => {
    reckoned = (await runCommissions(database, { now: NOW })).subjects;
  });
  if (reckoned !== players) throw new Error(`${reckoned} players were reckoned instead of ${players}`);
  return { what, players, seconds };
}

async function measureClose(database: Database): Promise<Close> {
  const seconds = await secondsOf(() =>
    closePeriod(database, { agreement: 'acme', period: '2026-10', closedBy: 'bench', now: NOW }),
  );
  const kept = await database.pool.query<{ facts: number; bytes: number }>(
    `SELECT sum(cardinality(kinds))::float8 AS facts, pg_total_relation_size('tributary.statement_players')::float8 AS bytes
      FROM tributary.statement_players`,
  );
  const { facts, bytes } = kept.rows[0]!;
  return { seconds, facts, megabytes: bytes / 1e6 };
}

/** Writes with and without the triggers, in turns, as tables grow meanwhile; then lets go of the marks. */
async function measureMarking(
  database: Database,
  players: number,
  what: string,
  part: number,
): Promise<Marking> {
  const micros = { with: [] as number[], without: [] as number[] };
  for (let round = 0; round < 2 * ROUNDS; round++) {
    const has = round % 2 === 0 ? 'with' : 'without';
    await database.pool.query(
      `ALTER TABLE tributary.game_sessions ${has === 'with' ? 'ENABLE' : 'DISABLE'} TRIGGER USER`,
    );
    const statement = upsertEntityRows('game_session')(sessionRows(part * 2 * ROUNDS + round, players));
    micros[has].push(
      (await secondsOf(() => database.transaction((client) => client.query(statement)))) * 1_000,
    );
  }
  await database.pool.query('ALTER TABLE tributary.game_sessions ENABLE TRIGGER USER');
  await database.pool.query('TRUNCATE tributary.commission_marks');
  return { what, with: median(micros.with), without: median(micros.without) };
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1_000;
}
