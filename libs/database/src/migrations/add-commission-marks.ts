import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Writers of facts note whose commissions they may have changed.
 * A trigger runs once a statement, looks whether the brand has any agreement, and appends to a table without keys.
 *
 * `about` says what a mark's `subject` is:
 * - `subject`: a player, or `click:<id>` of an install without a player; `day`: of the fact, in UTC; null: who they are has
 *   changed, but none of the facts of their months;
 * - `click`: a click: of all who were acquired by it;
 * - `contact`: hash of an e-mail address or phone: all who share it;
 * - `sharers`: a player: all who share an e-mail address or phone with them;
 * - `brand`: all of the brand.
 */
export class AddCommissionMarks1764800100000 implements MigrationInterface {
  name = 'AddCommissionMarks1764800100000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

/** Whoever marks holds it shared; whoever stores agreements, alone: so that no writer misses the first agreement of a
 * brand. */
const MARKS_LOCK = 7_204_411_002;
/** Of the one who reckons; as in `commissions/worker-lock.ts`. */
const WORKER_LOCK = 7_204_411_003;

/** Rows of transition tables → marks `(brand, about, subject, day)`. Null subjects are left out. */
interface Marked {
  table: string;
  key: string;
  /** Without a change of any of these an update marks nothing; absent: every update is a change. */
  columns?: string;
  marks: (row: string) => string[];
}

const day = (column: string): string => `(${column} AT TIME ZONE 'UTC')::date`;
const ofDay =
  (instant: string) =>
  (row: string): string[] => [`'subject', ${row}.player_id, ${day(`${row}.${instant}`)}`];

const MARKED: Marked[] = [
  {
    table: 'conversions',
    key: 'conversion_id',
    columns: `brand, type, player_id, click_id, occurred_at, amount, currency, net_amount, status, is_first_deposit, updated_at`,
    marks: (row) => [
      `'subject', COALESCE(${row}.player_id, CASE ${row}.type WHEN 'install' THEN 'click:' || ${row}.click_id END),
        ${day(`${row}.occurred_at`)}`,
    ],
  },
  { table: 'transactions', key: 'id, brand', marks: ofDay('created_at') },
  { table: 'game_sessions', key: 'session_id, brand', marks: ofDay('created_at') },
  { table: 'bets', key: 'id, brand', marks: ofDay('created_at') },
  {
    table: 'players',
    key: 'id, brand',
    columns: 'ref_code, traffic_source, is_blocked, self_excluded, registered_at',
    marks: (row) => [`'subject', ${row}.id, NULL::date`, `'sharers', ${row}.id, NULL::date`],
  },
  {
    table: 'contacts',
    key: 'player_id, brand',
    columns: 'email, phone, created_at',
    marks: (row) => [
      `'subject', ${row}.player_id, NULL::date`,
      `'contact', md5(lower(${row}.email)), NULL::date`,
      `'contact', md5(${row}.phone), NULL::date`,
    ],
  },
  {
    table: 'clicks',
    key: 'click_id, brand',
    columns: 'link, sub_ids, utm_source, utm_campaign, occurred_at',
    marks: (row) => [`'click', ${row}.click_id, NULL::date`],
  },
];

const EVENTS = {
  insert: { referencing: 'NEW TABLE AS new_rows', rows: ['new_rows'] },
  update: { referencing: 'OLD TABLE AS old_rows NEW TABLE AS new_rows', rows: ['old_rows', 'new_rows'] },
  delete: { referencing: 'OLD TABLE AS old_rows', rows: ['old_rows'] },
} as const;
type Event = keyof typeof EVENTS;
const EVENT_NAMES = Object.keys(EVENTS) as Event[];

function markFunction({ table, key, columns, marks }: Marked, event: Event): string {
  const { rows } = EVENTS[event];
  // Of an update only what is changed: the rows of one side that the other does not have
  const unchanged = (own: string, other: string): string => {
    const names = columns!.split(',').map((c) => c.trim());
    const keys = key
      .split(',')
      .map((c) => `o.${c.trim()} = r.${c.trim()}`)
      .join(' AND ');
    const same = (side: string): string => `(${names.map((c) => `${side}.${c}`).join(', ')})`;
    return `FROM ${own} r WHERE NOT EXISTS (SELECT FROM ${other} o WHERE ${keys} AND ${same('o')} IS NOT DISTINCT FROM ${same('r')})`;
  };
  const from = (own: string): string =>
    event === 'update' && columns
      ? unchanged(own, own === 'old_rows' ? 'new_rows' : 'old_rows')
      : `FROM ${own} r WHERE true`;
  const selects = rows.flatMap((own) => marks('r').map((mark) => `SELECT r.brand, ${mark} ${from(own)}`));
  return `CREATE FUNCTION tributary.mark_${table}_${event}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NOT EXISTS (SELECT FROM ${rows[0]}) THEN RETURN NULL; END IF;
      PERFORM pg_advisory_xact_lock_shared(${MARKS_LOCK});
      IF NOT EXISTS (SELECT FROM tributary.agreement_versions WHERE superseded_at IS NULL) THEN RETURN NULL; END IF;
      INSERT INTO tributary.commission_marks (brand, about, subject, day)
        SELECT DISTINCT m.brand, m.about, m.subject, m.day
        FROM (${selects.join('\n          UNION ALL ')}) AS m (brand, about, subject, day)
        WHERE m.subject > '' AND m.brand IN (SELECT brand FROM tributary.agreement_versions WHERE superseded_at IS NULL);
      RETURN NULL;
    END $$`;
}

const FACTS = MARKED.flatMap((marked) =>
  EVENT_NAMES.flatMap((event) => [
    markFunction(marked, event),
    `CREATE TRIGGER mark_${event} AFTER ${event.toUpperCase()} ON tributary.${marked.table}
      REFERENCING ${EVENTS[event].referencing} FOR EACH STATEMENT
      EXECUTE FUNCTION tributary.mark_${marked.table}_${event}()`,
  ]),
);

// A rate is used for its own day and up to seven later ones. Who reckons now does so with the rates that were there: it
// ends before the marks are made.
const ratesFunction = (event: Event): string => {
  const rows = EVENTS[event].rows.map((r) => `SELECT quote, base, day FROM ${r}`).join(' UNION ALL ');
  return `CREATE FUNCTION tributary.mark_fx_rates_${event}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(${WORKER_LOCK});
      UPDATE tributary.commission_inputs SET revision = revision + 1;
      INSERT INTO tributary.commission_subjects_marked AS m (brand, subject, days, everything)
        WITH changed AS (
          SELECT DISTINCT currency, month FROM (${rows}) AS r
            CROSS JOIN LATERAL (VALUES (r.quote), (r.base)) AS c (currency)
            CROSS JOIN LATERAL (VALUES (to_char(r.day, 'YYYY-MM')), (to_char(r.day + 7, 'YYYY-MM'))) AS d (month)),
        months AS (SELECT month, array_agg(currency) AS currencies FROM changed GROUP BY month),
        touched AS (
          SELECT p.brand, p.subject, (x.period || '-15')::date AS day
            FROM tributary.commission_months x
            JOIN months ON months.month = x.period
            JOIN tributary.commission_players p ON p.subject = x.subject AND p.agreement = x.agreement
            JOIN tributary.agreements a ON a.agreement = x.agreement
            JOIN tributary.agreement_versions v ON v.agreement_no = a.agreement_no AND v.superseded_at IS NULL
            WHERE x.currencies <> '{}' AND months.currencies && (x.currencies || v.currency)
          UNION
          SELECT p.brand, p.subject, NULL::date FROM tributary.commission_players p WHERE p.currencies <> '{}')
        SELECT brand, subject, COALESCE(array_agg(day) FILTER (WHERE day IS NOT NULL), '{}'), false
        FROM touched GROUP BY brand, subject
      ON CONFLICT (brand, subject) DO UPDATE
        SET days = ARRAY(SELECT DISTINCT unnest(m.days || excluded.days) ORDER BY 1);
      RETURN NULL;
    END $$`;
};

const RATES = EVENT_NAMES.flatMap((event) => [
  ratesFunction(event),
  `CREATE TRIGGER mark_${event} AFTER ${event.toUpperCase()} ON tributary.fx_rates
    REFERENCING ${EVENTS[event].referencing} FOR EACH STATEMENT EXECUTE FUNCTION tributary.mark_fx_rates_${event}()`,
]);

const UP = [...FACTS, ...RATES];

const TRIGGERED = [...MARKED.map(({ table }) => table), 'fx_rates'];

const DOWN = TRIGGERED.flatMap((table) =>
  EVENT_NAMES.flatMap((event) => [
    `DROP TRIGGER mark_${event} ON tributary.${table}`,
    `DROP FUNCTION tributary.mark_${table}_${event}()`,
  ]),
);
