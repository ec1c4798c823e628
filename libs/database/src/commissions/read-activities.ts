import type { PoolClient } from 'pg';
import { instantOf, instantText } from '../instants.js';
import { DEPOSITED, MOVEMENTS, PAID_DEPOSITS, REAL_BETS, REAL_GAMES } from './real-money.js';

/** A subject, and the time whose facts are to be read; half open. Those of one subject do not overlap. */
export interface WantedFacts {
  subject: string;
  from: string;
  to: string;
}

/** How amounts are turned into the agreement's currency. */
export interface Factors {
  currency: string;
  time_zone: string;
  /** Of currency and local day; a provisional one stands in for one to come. */
  factors: readonly { currency: string; day: string; factor: string; provisional: boolean }[];
}

const TYPES = {
  prize: 'Prize',
  compensation: 'Compensation',
  cash_back: 'Cash back',
  other: 'Other',
} as const;
type MovedBy = `${keyof typeof TYPES}_${'in' | 'out'}`;
const MOVED = Object.entries(TYPES).flatMap(([name, type]) =>
  (['in', 'out'] as const).map((dir) => ({
    name: `${name}_${dir}` as MovedBy,
    type,
    dir: dir.toUpperCase(),
  })),
);
const SUMS = [
  'stakes',
  'wins',
  'deposits',
  'chargebacks',
  'withdrawals',
  ...MOVED.map(({ name }) => name),
] as const;
const COUNTS = ['deposit_count', 'transaction_count', 'session_count', 'bet_count'] as const;

/** What one subject's facts between two bounds come to, in the agreement's currency; exact, with as many places as it takes. */
export type ActivityRow = Record<(typeof SUMS)[number], string> &
  Record<(typeof COUNTS)[number], number> & {
    subject: string;
    /** 1: from the first bound on to the second. */
    piece: number;
    /** 16 hexadecimal digits. */
    hash: string;
    received_at: string | null;
    /** Other than the agreement's. */
    currencies: string[];
    /** `USD 2026-10-03`, sorted. */
    missing_rates: string[];
    /** `USD 2026-10`, sorted: of what was turned with provisional factors. */
    provisional_rates: string[];
    /** The latest instant of its facts. */
    last_at: string;
  };

/** 64 bits of the MD5 of a text: the same in every version of PostgreSQL. */
const hash = (text: string): string => `bit_xor(('x' || substr(md5(${text}), 1, 16))::bit(64)::bigint)`;

interface Source {
  table: string;
  alias: string;
  at: string;
  condition: string;
  sums: Partial<Record<(typeof SUMS)[number], string>>;
  count: (typeof COUNTS)[number];
  hash: string;
  received: string;
}

const SOURCES: Source[] = [
  {
    table: 'conversions',
    alias: 'c',
    at: 'c.occurred_at',
    condition: PAID_DEPOSITS,
    sums: { deposits: DEPOSITED, chargebacks: 'c.amount - COALESCE(c.net_amount, c.amount)' },
    count: 'deposit_count',
    hash: `concat_ws('|', c.conversion_id, extract(epoch FROM c.occurred_at), c.amount, c.net_amount, c.currency, c.status)`,
    received: 'c.updated_at',
  },
  {
    table: 'transactions',
    alias: 'x',
    at: 'x.created_at',
    condition: MOVEMENTS,
    sums: {
      withdrawals: `CASE WHEN x.dir = 'OUT' AND (x.type IS NULL OR x.type = 'Normal') THEN x.amount ELSE 0 END`,
      ...Object.fromEntries(
        MOVED.map(({ name, type, dir }) => [
          name,
          `CASE WHEN x.type = '${type}' AND x.dir = '${dir}' THEN x.amount ELSE 0 END`,
        ]),
      ),
    },
    count: 'transaction_count',
    hash: `concat_ws('|', 'transaction', x.id, x.canonical_event_id)`,
    received: 'x.received_at',
  },
  {
    table: 'game_sessions',
    alias: 'g',
    at: 'g.created_at',
    condition: REAL_GAMES,
    sums: { stakes: 'g.bet_amount', wins: 'g.win_amount' },
    count: 'session_count',
    hash: `concat_ws('|', 'game_session', g.session_id, g.canonical_event_id)`,
    received: 'g.received_at',
  },
  {
    table: 'bets',
    alias: 'b',
    at: 'b.created_at',
    condition: REAL_BETS,
    sums: { stakes: 'b.stake', wins: 'COALESCE(b.win_amount, 0)' },
    count: 'bet_count',
    hash: `concat_ws('|', 'bet', b.id, b.canonical_event_id)`,
    received: 'b.received_at',
  },
];

// $1–$3: whose, from, to; $4: brand; $5: bounds; $6: currency; $7: zone; $8–$11: factors
function sumsOf({ table, alias, at, condition, sums, count, hash: text, received }: Source): string {
  const columns = [
    ...SUMS.map((name) => (sums[name] ? `sum(${sums[name]})` : '0::numeric') + ` AS ${name}`),
    ...COUNTS.map((name) => (name === count ? 'count(*)' : '0::bigint') + ` AS ${name}`),
    `${hash(text)} AS hash`,
    `max(${received}) AS received_at`,
    `max(${at}) AS last_at`,
  ];
  return `SELECT w.subject, f.* FROM wanted w CROSS JOIN LATERAL (
      SELECT width_bucket(${at}, $5::timestamptz[]) AS piece, ${alias}.currency,
        CASE WHEN ${alias}.currency <> $6 THEN (${at} AT TIME ZONE $7)::date END AS day, ${columns.join(', ')}
      FROM tributary.${table} ${alias}
      WHERE ${alias}.player_id = w.subject AND ${alias}.brand = $4 AND ${at} >= w.starts AND ${at} < w.ends AND ${condition}
      GROUP BY 1, 2, 3) AS f`;
}

const READ = `
  WITH wanted AS (SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS w (subject, starts, ends)),
  factors AS (SELECT * FROM unnest($8::text[], $9::date[], $10::numeric[], $11::boolean[])
    AS f (currency, day, factor, provisional)),
  native AS (${SOURCES.map(sumsOf).join('\n    UNION ALL ')}),
  turned AS (
    SELECT n.*, CASE WHEN n.day IS NULL THEN 1 ELSE f.factor END AS factor, f.provisional
      FROM native n LEFT JOIN factors f ON f.currency = n.currency AND f.day = n.day)
  SELECT subject, piece,
    ${SUMS.map((name) => `trim_scale(COALESCE(sum(${name} * factor), 0))::text AS ${name}`).join(', ')},
    ${COUNTS.map((name) => `sum(${name})::float8 AS ${name}`).join(', ')},
    lpad(to_hex(bit_xor(hash)), 16, '0') AS hash,
    ${instantText('max(received_at)').replace(/ AS .*$/, '')} AS received_at,
    ${instantText('max(last_at)').replace(/ AS .*$/, '')} AS last_at,
    COALESCE(array_agg(DISTINCT currency ORDER BY currency) FILTER (WHERE day IS NOT NULL), '{}') AS currencies,
    COALESCE(array_agg(DISTINCT currency || ' ' || day::text ORDER BY currency || ' ' || day::text)
      FILTER (WHERE factor IS NULL), '{}') AS missing_rates,
    COALESCE(array_agg(DISTINCT currency || to_char(day, ' YYYY-MM') ORDER BY currency || to_char(day, ' YYYY-MM'))
      FILTER (WHERE provisional), '{}') AS provisional_rates
  FROM turned GROUP BY subject, piece`;

/**
 * Sums the facts of subjects between bounds; where there are none there is no row.
 * @param bounds instants, ascending; what lies before the first is piece 0, what lies at or behind the last has the
 * greatest piece
 */
export async function readActivities(
  client: PoolClient,
  brand: string,
  wanted: readonly WantedFacts[],
  bounds: readonly string[],
  { currency, time_zone, factors }: Factors,
): Promise<ActivityRow[]> {
  if (wanted.length === 0 || bounds.length === 0) return [];
  const found = await client.query<ActivityRow>({
    name: 'read activities',
    text: READ,
    values: [
      ...[wanted.map((w) => w.subject), wanted.map((w) => w.from), wanted.map((w) => w.to)],
      ...[brand, bounds, currency, time_zone],
      ...[factors.map((f) => f.currency), factors.map((f) => f.day), factors.map((f) => f.factor)],
      factors.map((f) => f.provisional),
    ],
  });
  return found.rows.map((row) => ({
    ...row,
    received_at: row.received_at === null ? null : instantOf(row.received_at),
    last_at: instantOf(row.last_at),
  }));
}
