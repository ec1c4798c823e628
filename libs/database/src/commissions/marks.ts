import type { Pool, PoolClient } from 'pg';

/** Who is to be reckoned anew. */
export interface MarkedSubject {
  subject: string;
  /** Days of UTC whose facts changed: `2026-10-31`. */
  days: string[];
  /** Whether all of their months are to be read again. */
  everything: boolean;
}

/** Marks that are taken at a time. */
const MARKS = 200_000;

/**
 * Turns marks into the subjects that they are about, as far as these are known now: who comes to a click or a contact later
 * marks themselves. Under the worker's lock.
 * @returns whether there may be more
 */
export async function collectMarks(client: PoolClient): Promise<boolean> {
  const collected = await client.query<{ taken: string }>({
    name: 'collect commission marks',
    text: `
    WITH taken AS MATERIALIZED (
      DELETE FROM tributary.commission_marks
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM tributary.commission_marks LIMIT ${MARKS}))
        RETURNING brand, about, subject, day),
    about AS MATERIALIZED (SELECT DISTINCT brand, about, subject FROM taken WHERE about <> 'subject'),
    hashes AS MATERIALIZED (
      SELECT brand, subject AS hash FROM about WHERE about = 'contact'
      UNION SELECT a.brand, h.hash FROM about a
        JOIN tributary.contacts c ON c.player_id = a.subject AND c.brand = a.brand
        CROSS JOIN LATERAL (VALUES (md5(lower(c.email))), (md5(c.phone))) AS h (hash)
        WHERE a.about = 'sharers' AND h.hash IS NOT NULL),
    subjects (brand, subject, day, everything) AS (
      SELECT brand, subject, day, false FROM taken WHERE about = 'subject'
      UNION ALL SELECT a.brand, c.subject, NULL, false FROM about a CROSS JOIN LATERAL (
          SELECT DISTINCT COALESCE(c.player_id, CASE c.type WHEN 'install' THEN 'click:' || c.click_id END) AS subject
            FROM tributary.conversions c WHERE c.click_id = a.subject AND c.brand = a.brand) AS c
        WHERE a.about = 'click' AND c.subject IS NOT NULL
      UNION ALL SELECT h.brand, c.player_id, NULL, false FROM hashes h CROSS JOIN LATERAL (
          SELECT c.player_id FROM tributary.contacts c
            WHERE md5(lower(c.email)) = h.hash AND c.brand = h.brand AND c.email > ''
          UNION SELECT c.player_id FROM tributary.contacts c
            WHERE md5(c.phone) = h.hash AND c.brand = h.brand AND c.phone > '') AS c
      UNION ALL SELECT a.brand, s.subject, NULL, true FROM about a CROSS JOIN LATERAL (${subjectsOf('a.brand')}) AS s
        WHERE a.about = 'brand'),
    marked AS (
      INSERT INTO tributary.commission_subjects_marked AS m (brand, subject, days, everything)
        SELECT brand, subject, COALESCE(array_agg(DISTINCT day) FILTER (WHERE day IS NOT NULL), '{}'), bool_or(everything)
          FROM subjects GROUP BY brand, subject
        ON CONFLICT (brand, subject) DO UPDATE
          SET days = ARRAY(SELECT DISTINCT unnest(m.days || excluded.days) ORDER BY 1),
            everything = m.everything OR excluded.everything)
    SELECT count(*) AS taken FROM taken`,
  });
  return Number(collected.rows[0]!.taken) === MARKS;
}

/** All whom an agreement of the brand may cover, or covers. */
function subjectsOf(brand: string): string {
  return `SELECT DISTINCT COALESCE(c.player_id, CASE c.type WHEN 'install' THEN 'click:' || c.click_id END) AS subject
        FROM tributary.conversions c
        WHERE c.brand = ${brand} AND (c.player_id IS NOT NULL OR (c.type = 'install' AND c.click_id IS NOT NULL))
      UNION SELECT p.id FROM tributary.players p
        WHERE p.brand = ${brand} AND (p.ref_code IS NOT NULL OR p.traffic_source IS NOT NULL)
      UNION SELECT p.subject FROM tributary.commission_players p WHERE p.brand = ${brand}`;
}

/** All whom an agreement of the brand may cover. */
export async function readSubjects(client: PoolClient, brand: string): Promise<string[]> {
  const found = await client.query<{ subject: string }>(
    `SELECT subject FROM (${subjectsOf('$1')}) AS s ORDER BY subject`,
    [brand],
  );
  return found.rows.map((row) => row.subject);
}

/** Takes some of the marked subjects of one brand; they are no longer marked when the transaction commits. Who is set aside
 * comes with what they were marked for before. */
export async function takeSubjects(
  client: PoolClient,
  limit: number,
): Promise<{ brand: string; subjects: MarkedSubject[] } | undefined> {
  const taken = await client.query<MarkedSubject & { brand: string }>({
    name: 'take marked subjects',
    text: `
    WITH next AS (
      SELECT m.brand, m.subject FROM tributary.commission_subjects_marked m
        WHERE m.brand = (SELECT brand FROM tributary.commission_subjects_marked ORDER BY brand LIMIT 1)
        ORDER BY m.subject LIMIT $1),
    taken AS (
      DELETE FROM tributary.commission_subjects_marked m USING next
        WHERE m.brand = next.brand AND m.subject = next.subject
        RETURNING m.brand, m.subject, m.days, m.everything)
    SELECT t.brand, t.subject, (t.days || COALESCE(a.days, '{}'))::text[] AS days,
        t.everything OR COALESCE(a.everything, false) AS everything
      FROM taken t LEFT JOIN tributary.commissions_set_aside a ON a.brand = t.brand AND a.subject = t.subject
      ORDER BY t.subject`,
    values: [limit],
  });
  const [first] = taken.rows;
  return first && { brand: first.brand, subjects: taken.rows };
}

/** Those of an agreement are to be reckoned anew, all of their months. */
export async function markAgreement(client: PoolClient, agreement: string): Promise<void> {
  await client.query(
    `INSERT INTO tributary.commission_subjects_marked (brand, subject, days, everything)
      SELECT brand, subject, '{}', true FROM tributary.commission_players WHERE agreement = $1
      ON CONFLICT (brand, subject) DO UPDATE SET everything = true`,
    [agreement],
  );
}

/** These are to be reckoned anew, all of their months. */
export async function markSubjects(
  client: PoolClient,
  brand: string,
  subjects: readonly string[],
): Promise<void> {
  await client.query(
    `INSERT INTO tributary.commission_subjects_marked (brand, subject, days, everything)
      SELECT $1, subject, '{}', true FROM unnest($2::text[]) AS s (subject) ORDER BY subject
      ON CONFLICT (brand, subject) DO UPDATE SET everything = true`,
    [brand, subjects],
  );
}

/** All of a brand are to be reckoned anew; who they are is looked up when this is committed. */
export async function markBrand(client: PoolClient, brand: string): Promise<void> {
  await client.query(
    `INSERT INTO tributary.commission_marks (brand, about, subject) VALUES ($1, 'brand', $1)`,
    [brand],
  );
}

/** How much waits: marks as they were made, subjects, and partners' months. @param begun the last month that has begun: later ones
 * do not wait for anybody yet */
export async function countMarks(
  pool: Pool | PoolClient,
  begun: string,
): Promise<{ marks: number; subjects: number; periods: number }> {
  const found = await pool.query<{ marks: number; subjects: number; periods: number }>(
    `SELECT (SELECT count(*)::float8 FROM tributary.commission_marks) AS marks,
      (SELECT count(*)::float8 FROM tributary.commission_subjects_marked) AS subjects,
      (SELECT count(*)::float8 FROM tributary.commission_periods_marked WHERE period <= $1) AS periods`,
    [begun],
  );
  return found.rows[0]!;
}

/** How many subjects of a brand are marked whose facts of these days (both included), or who are as a whole, changed. */
export async function countMarkedWithin(
  client: PoolClient,
  brand: string,
  days: { first: string; last: string },
): Promise<number> {
  const found = await client.query<{ count: number }>(
    `SELECT count(*)::float8 AS count FROM tributary.commission_subjects_marked m
      WHERE m.brand = $1 AND (m.everything OR m.days = '{}'
        OR EXISTS (SELECT FROM unnest(m.days) AS d (day) WHERE d.day BETWEEN $2 AND $3))`,
    [brand, days.first, days.last],
  );
  return found.rows[0]!.count;
}

/** How many marks may concern a month of an agreement: of its brand, in these days (both included) or in any, and its own lines'
 * of the month or of earlier ones. */
export async function countMarksOf(
  client: PoolClient,
  { brand, agreement, period }: { brand: string; agreement: string; period: string },
  days: { first: string; last: string },
): Promise<number> {
  const found = await client.query<{ marks: number; periods: number }>(
    `SELECT
      (SELECT count(*)::float8 FROM tributary.commission_marks
        WHERE brand = $1 AND (day IS NULL OR day BETWEEN $4 AND $5)) AS marks,
      (SELECT count(*)::float8 FROM tributary.commission_periods_marked
        WHERE agreement = $2 AND period <= $3) AS periods`,
    [brand, agreement, period, days.first, days.last],
  );
  const { marks, periods } = found.rows[0]!;
  return marks + periods + (await countMarkedWithin(client, brand, days));
}

/** Partners' own lines of these months wait to be reckoned. */
export async function markPeriods(
  client: PoolClient,
  periods: readonly { agreement: string; period: string }[],
): Promise<void> {
  if (periods.length === 0) return;
  await client.query({
    name: 'mark commission periods',
    text: `INSERT INTO tributary.commission_periods_marked SELECT * FROM unnest($1::text[], $2::text[])
      ON CONFLICT DO NOTHING`,
    values: [periods.map((p) => p.agreement), periods.map((p) => p.period)],
  });
}

/** Takes the marked months of the first agreement that has any; what is set aside of it is not forgotten. @param begun the last
 * month that has begun: marks of later ones stay */
export async function takePeriods(
  client: PoolClient,
  begun: string,
): Promise<{ agreement: string; earliest: string } | undefined> {
  const taken = await client.query<{ agreement: string | null; earliest: string }>(
    `WITH taken AS (
      DELETE FROM tributary.commission_periods_marked WHERE period <= $1 AND agreement =
        (SELECT agreement FROM tributary.commission_periods_marked WHERE period <= $1 ORDER BY agreement LIMIT 1)
        RETURNING agreement, period)
    SELECT min(t.agreement) AS agreement, least(min(t.period), min(a.period)) AS earliest
      FROM taken t LEFT JOIN tributary.commissions_set_aside a ON a.agreement = t.agreement AND a.subject = ''`,
    [begun],
  );
  const { agreement, earliest } = taken.rows[0]!;
  return agreement === null ? undefined : { agreement, earliest };
}

/** Whether partner's own lines of a month of an agreement wait to be reckoned; later months change nothing of it. */
export async function hasMarkedPeriods(
  client: PoolClient,
  agreement: string,
  period: string,
): Promise<boolean> {
  const found = await client.query(
    'SELECT FROM tributary.commission_periods_marked WHERE agreement = $1 AND period <= $2 LIMIT 1',
    [agreement, period],
  );
  return found.rows.length > 0;
}
