/**
 * Reads of what a recomputation needs. Each looks rows up key by key: `LATERAL (… OFFSET 0)` leaves PostgreSQL
 * no other way. A plain join, planned once while the tables are nearly empty, reads whole indexes for every
 * batch, and its plan is kept until somebody analyzes the table.
 */
import type { Pool } from 'pg';
import type { Instant } from '#libs/events';
import {
  CONVERSION_FACT_COLUMNS,
  CONVERSION_FACT_NAMES,
  IS_TOLD,
  conversionFactOf,
  type ConversionFact,
} from '../facts/conversion-facts.js';
import { DEPOSIT_FACT_COLUMNS } from '../facts/deposit-transactions.js';
import {
  IDENTITY_KINDS,
  type Identity,
  type IdentityKind,
  type IdentityLinkFact,
} from '../facts/identity-links.js';
import { instantOf, instantText } from '../instants.js';

/** A touchpoint as far as projections need it. */
export interface JourneyTouch {
  brand: string;
  touch_id: string;
  click_id: string | null;
  client_id: string | null;
  user_id: string | null;
  player_id: string | null;
  occurred_at: Instant;
  utm_source: string | null;
  utm_medium: string | null;
  utm_campaign: string | null;
  sub_ids: Record<string, string>;
  first_received_at: Instant;
}

/** Brands and ids of one kind, as two arrays. */
function unzip(identities: readonly Identity[], kind: IdentityKind): [string[], string[]] {
  const some = identities.filter((i) => i.kind === kind);
  return [some.map((i) => i.brand), some.map((i) => i.id)];
}

/** The identities as arrays of brands and ids, kind by kind. */
function unzipAll(identities: readonly Identity[]): string[][] {
  return IDENTITY_KINDS.flatMap((kind) => unzip(identities, kind));
}

/** `unzipAll`'s arrays as the rows `w (brand, id)` of one kind. */
function wanted(kind: IdentityKind): string {
  const at = 2 * IDENTITY_KINDS.indexOf(kind);
  return `unnest($${at + 1}::text[], $${at + 2}::text[]) AS w (brand, id)`;
}

const DEPOSIT_FACT = CONVERSION_FACT_NAMES.map((name) => `${DEPOSIT_FACT_COLUMNS[name]} AS ${name}`).join(
  ', ',
);

const FACTS = `
  SELECT f.* FROM unnest($1::text[]) AS w (id), LATERAL
    (SELECT ${CONVERSION_FACT_COLUMNS} FROM tributary.conversion_facts f WHERE f.conversion_id = w.id AND ${IS_TOLD} OFFSET 0) AS f
  UNION ALL
  SELECT x.* FROM unnest($1::text[]) AS w (id), LATERAL
    (SELECT ${DEPOSIT_FACT} FROM tributary.transactions x WHERE x.conversion_id = w.id AND x.conversion_id > '' OFFSET 0) AS x`;

/** All facts of the conversions, those among them that are transactions of a product API included; what was retracted is
 * none. */
export async function readFacts(pool: Pool, conversionIds: readonly string[]): Promise<ConversionFact[]> {
  if (conversionIds.length === 0) return [];
  const found = await pool.query<Record<string, unknown>>({
    name: 'read facts',
    text: FACTS,
    values: [conversionIds],
  });
  return found.rows.map(conversionFactOf);
}

/** Facts by whose they are: a player's all, anybody else's only where they name no player. */
const factsOf = (kind: IdentityKind): string => `
  SELECT f.conversion_id FROM ${wanted(kind)}, LATERAL
    (SELECT f.conversion_id FROM tributary.conversion_facts f
      WHERE f.brand = w.brand AND f.${kind}_id = w.id ${kind === 'player' ? '' : 'AND f.player_id IS NULL'}
        AND ($9::text IS NULL OR f.type = $9) OFFSET 0) AS f`;

/** A player's deposits among the transactions of a product API. */
const DEPOSITS = `
  SELECT x.conversion_id FROM ${wanted('player')}, LATERAL
    (SELECT x.conversion_id FROM tributary.transactions x
      WHERE x.brand = w.brand AND x.player_id = w.id AND x.dir = 'IN' AND x.conversion_id IS NOT NULL
        AND ($9::text IS NULL OR $9 = 'deposit') OFFSET 0) AS x`;

const CONVERSION_IDS = [...IDENTITY_KINDS.map(factsOf), DEPOSITS].join(' UNION ');

/**
 * Ids of the conversions of the players, and of those that name no player but one of the other identities.
 * @param type only conversions of this type
 */
export async function readConversionIds(
  pool: Pool,
  identities: readonly Identity[],
  type?: 'deposit',
): Promise<string[]> {
  if (identities.length === 0) return [];
  const found = await pool.query<{ conversion_id: string }>({
    name: 'read conversion ids',
    text: CONVERSION_IDS,
    values: [...unzipAll(identities), type ?? null],
  });
  return found.rows.map((r) => r.conversion_id);
}

/** An identity, and the time whose conversions are asked for; both ends inclusive, `-infinity` and `infinity` too. */
export interface IdentityWindow {
  identity: Identity;
  from: Instant;
  to: Instant;
}

/** Four arrays a kind: brands, ids, from, to. */
function wantedWithin(kind: IdentityKind): string {
  const at = 4 * IDENTITY_KINDS.indexOf(kind);
  return `unnest($${at + 1}::text[], $${at + 2}::text[], $${at + 3}::timestamptz[], $${at + 4}::timestamptz[])
    AS w (brand, id, since, until)`;
}

const factsWithin = (kind: IdentityKind): string => `
  SELECT f.conversion_id FROM ${wantedWithin(kind)}, LATERAL
    (SELECT f.conversion_id FROM tributary.conversion_facts f
      WHERE f.brand = w.brand AND f.${kind}_id = w.id AND f.occurred_at BETWEEN w.since AND w.until OFFSET 0) AS f`;

const IDS_WITHIN = [
  ...IDENTITY_KINDS.map(factsWithin),
  `SELECT x.conversion_id FROM ${wantedWithin('player')}, LATERAL
    (SELECT x.conversion_id FROM tributary.transactions x
      WHERE x.brand = w.brand AND x.player_id = w.id AND x.dir = 'IN' AND x.conversion_id IS NOT NULL
        AND x.created_at BETWEEN w.since AND w.until OFFSET 0) AS x`,
].join(' UNION ');

/** Ids of the conversions that name the identities in their time. */
export async function readIdsWithin(pool: Pool, windows: readonly IdentityWindow[]): Promise<string[]> {
  if (windows.length === 0) return [];
  const found = await pool.query<{ conversion_id: string }>({
    name: 'read ids within',
    text: IDS_WITHIN,
    values: unzipWindows(windows),
  });
  return found.rows.map((r) => r.conversion_id);
}

/** A deposit by the word of one fact. */
export interface DepositWord {
  kind: IdentityKind;
  brand: string;
  /** Who names it. */
  id: string;
  conversion_id: string;
  occurred_at: Instant;
}

const earliestFacts = (kind: IdentityKind): string => `
  SELECT '${kind}' AS kind, 'facts' AS place, w.brand, w.id, f.conversion_id, ${instantText('f.occurred_at')}
  FROM ${wanted(kind)}, LATERAL
    (SELECT f.conversion_id, f.occurred_at FROM tributary.conversion_facts f
      WHERE f.brand = w.brand AND f.${kind}_id = w.id ${kind === 'player' ? '' : 'AND f.player_id IS NULL'}
        AND f.type = 'deposit' ORDER BY f.occurred_at LIMIT $9) AS f`;

const EARLIEST_DEPOSITS = [
  ...IDENTITY_KINDS.map(earliestFacts),
  `SELECT 'player', 'transactions', w.brand, w.id, x.conversion_id, ${instantText('x.created_at')}
  FROM ${wanted('player')}, LATERAL
    (SELECT x.conversion_id, x.created_at FROM tributary.transactions x
      WHERE x.brand = w.brand AND x.player_id = w.id AND x.dir = 'IN' AND x.conversion_id IS NOT NULL
      ORDER BY x.created_at LIMIT $9) AS x`,
].join(' UNION ALL ');

/** The earliest deposits of some identities, and how far they are all there. */
export interface EarliestDeposits {
  conversionIds: string[];
  /** Identities that have more: all of their deposits before this instant are among the ids. */
  known: { identity: Identity; before: Instant }[];
}

/**
 * The earliest deposits of the players, and of the other identities those that name no player.
 * @param limit how many words of each, at most
 */
export async function readEarliestDeposits(
  pool: Pool,
  identities: readonly Identity[],
  limit: number,
): Promise<EarliestDeposits> {
  if (identities.length === 0) return { conversionIds: [], known: [] };
  const found = await pool.query<DepositWord & { place: string }>({
    name: 'read earliest deposits',
    text: EARLIEST_DEPOSITS,
    values: [...unzipAll(identities), limit],
  });
  const byOwner = new Map<string, (DepositWord & { place: string })[]>();
  for (const row of found.rows) {
    const key = `${row.place}\0${row.kind}\0${row.brand}\0${row.id}`;
    const there = byOwner.get(key);
    if (there) there.push(row);
    else byOwner.set(key, [row]);
  }
  return {
    conversionIds: [...new Set(found.rows.map((r) => r.conversion_id))],
    known: [...byOwner.values()]
      .filter((rows) => rows.length === limit)
      .map((rows) => ({
        identity: { brand: rows[0]!.brand, kind: rows[0]!.kind, id: rows[0]!.id },
        before: rows.map((r) => instantOf(r.occurred_at)).reduce((a, b) => (a > b ? a : b)),
      })),
  };
}

/** Four arrays a kind, as `wantedWithin` has them. */
function unzipWindows(windows: readonly IdentityWindow[]): string[][] {
  return IDENTITY_KINDS.flatMap((kind) => {
    const some = windows.filter(({ identity }) => identity.kind === kind);
    return [
      some.map((w) => w.identity.brand),
      some.map((w) => w.identity.id),
      some.map((w) => w.from),
      some.map((w) => w.to),
    ];
  });
}

const depositsWithin = (kind: IdentityKind): string => `
  SELECT f.conversion_id FROM ${wantedWithin(kind)}, LATERAL
    (SELECT f.conversion_id FROM tributary.conversion_facts f
      WHERE f.brand = w.brand AND f.${kind}_id = w.id ${kind === 'player' ? '' : 'AND f.player_id IS NULL'}
        AND f.occurred_at BETWEEN w.since AND w.until AND f.type = 'deposit' AND f.weak = $17 OFFSET 0) AS f`;

const DEPOSITS_WITHIN = [
  ...IDENTITY_KINDS.map(depositsWithin),
  `SELECT x.conversion_id FROM ${wantedWithin('player')}, LATERAL
    (SELECT x.conversion_id FROM tributary.transactions x
      WHERE x.brand = w.brand AND x.player_id = w.id AND x.dir = 'IN' AND x.conversion_id IS NOT NULL AND NOT $17
        AND x.created_at BETWEEN w.since AND w.until OFFSET 0) AS x`,
].join(' UNION ');

/** The deposits of the players in their time, and of the other identities those that name no player.
 * @param weak those without a transaction id, or those with one */
export async function readDepositsWithin(
  pool: Pool,
  windows: readonly IdentityWindow[],
  weak: boolean,
): Promise<string[]> {
  if (windows.length === 0) return [];
  const found = await pool.query<{ conversion_id: string }>({
    name: 'read deposits within',
    text: DEPOSITS_WITHIN,
    values: [...unzipWindows(windows), weak],
  });
  return found.rows.map((r) => r.conversion_id);
}

const linksAt = (end: 'left' | 'right'): string => `
  SELECT l.* FROM unnest($1::text[], $2::text[], $3::text[]) AS w (brand, kind, id), LATERAL
    (SELECT l.brand, l.left_kind, l.left_id, l.right_kind, l.right_id, ${instantText('l.occurred_at')},
      (l.registered_at AT TIME ZONE 'UTC')::text AS registered_at, ${instantText('l.first_received_at')}
    FROM tributary.identity_links l
    WHERE l.brand = w.brand AND l.${end}_kind = w.kind AND l.${end}_id = w.id OFFSET 0) AS l`;

/** The links that have one of the identities at either end; one that has two of them comes twice. */
export async function readLinks(pool: Pool, identities: readonly Identity[]): Promise<IdentityLinkFact[]> {
  if (identities.length === 0) return [];
  const found = await pool.query<IdentityLinkFact>({
    name: 'read links',
    text: `${linksAt('left')} UNION ALL ${linksAt('right')}`,
    values: [identities.map((i) => i.brand), identities.map((i) => i.kind), identities.map((i) => i.id)],
  });
  return found.rows.map((row) => ({
    ...row,
    occurred_at: instantOf(row.occurred_at),
    registered_at: row.registered_at === null ? null : instantOf(row.registered_at),
    first_received_at: instantOf(row.first_received_at),
  }));
}

const TOUCH_COLUMNS = `t.brand, t.touch_id, t.click_id, t.client_id, t.user_id, t.player_id,
  ${instantText('t.occurred_at')}, t.utm_source, t.utm_medium, t.utm_campaign, t.sub_ids,
  ${instantText('t.first_received_at')}`;

const touchesOf = (kind: IdentityKind): string => `
  SELECT t.* FROM ${wantedWithin(kind)}, LATERAL
    (SELECT ${TOUCH_COLUMNS} FROM tributary.touchpoints t
      WHERE t.brand = w.brand AND t.${kind}_id = w.id AND t.occurred_at BETWEEN w.since AND w.until OFFSET 0) AS t`;

const TOUCHES = IDENTITY_KINDS.map(touchesOf).join(' UNION ALL ');

/** The touches of the identities in their time; one of two of them comes twice. */
export async function readTouchesWithin(
  pool: Pool,
  windows: readonly IdentityWindow[],
): Promise<JourneyTouch[]> {
  if (windows.length === 0) return [];
  const found = await pool.query<JourneyTouch>({
    name: 'read touches',
    text: TOUCHES,
    values: unzipWindows(windows),
  });
  return found.rows.map((row) => ({
    ...row,
    occurred_at: instantOf(row.occurred_at),
    first_received_at: instantOf(row.first_received_at),
  }));
}

/** All touches of the identities; one of two of them comes twice. */
export function readTouches(pool: Pool, identities: readonly Identity[]): Promise<JourneyTouch[]> {
  return readTouchesWithin(
    pool,
    identities.map((identity) => ({ identity, from: '-infinity', to: 'infinity' })),
  );
}

/** The next conversion ids behind one, in order, those that were retracted included; the empty string is before all. */
export async function readConversionIdsAfter(pool: Pool, after: string, limit: number): Promise<string[]> {
  const found = await pool.query<{ conversion_id: string }>({
    name: 'read conversion ids after',
    text: `(SELECT DISTINCT conversion_id FROM tributary.conversion_facts WHERE conversion_id > $1
        ORDER BY conversion_id LIMIT $2)
      UNION (SELECT conversion_id FROM tributary.transactions WHERE conversion_id > $1 AND conversion_id > ''
        ORDER BY conversion_id LIMIT $2)
      ORDER BY conversion_id LIMIT $2`,
    values: [after, limit],
  });
  return found.rows.map((r) => r.conversion_id);
}

/** Ids of every conversion that has a fact, or had one. */
const ALL_IDS = `(SELECT conversion_id FROM tributary.conversion_facts
  UNION ALL SELECT conversion_id FROM tributary.transactions WHERE conversion_id > '') AS told`;

/** How many conversions have facts, or had some. */
export async function countConversions(pool: Pool): Promise<number> {
  const counted = await pool.query<{ n: string }>(
    `SELECT count(DISTINCT conversion_id) AS n FROM ${ALL_IDS}`,
  );
  return Number(counted.rows[0]!.n);
}

/** Those of the conversion ids that have a fact, or had one. */
export async function withFacts(pool: Pool, conversionIds: readonly string[]): Promise<Set<string>> {
  const found = await pool.query<{ conversion_id: string }>(
    `SELECT conversion_id FROM tributary.conversion_facts WHERE conversion_id = ANY($1)
      UNION SELECT conversion_id FROM tributary.transactions WHERE conversion_id = ANY($1) AND conversion_id > ''`,
    [conversionIds],
  );
  return new Set(found.rows.map((r) => r.conversion_id));
}
