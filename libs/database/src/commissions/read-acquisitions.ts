import type { PoolClient } from 'pg';
import { instantOf, instantText } from '../instants.js';

/** Something that a player, or the click of an install, did for the first time. */
export interface FirstConversion {
  at: string;
  conversion_id: string;
}

/** What is known of how a subject was acquired, and of who they are. */
export interface AcquisitionRow {
  subject: string;
  /** When they registered, else when they installed, else when the click was made; null where none of these is known. */
  acquired_at: string | null;
  click_id: string | null;
  /** Of the click: null where it is not known. */
  click_at: string | null;
  link: string | null;
  sub_ids: Record<string, string>;
  /** `utm_source` of the click, else `traffic_source` of the player. */
  source: string | null;
  campaign: string | null;
  ref_code: string | null;
  install: FirstConversion | null;
  registration: FirstConversion | null;
  /** The first deposit, where it is approved. */
  ftd: FirstConversion | null;
  self_excluded: boolean;
  blocked: boolean;
  /** Another player of the brand with the same e-mail address or phone registered earlier. */
  duplicate: boolean;
}

/** `click:<id>`: of an install whose player is not known. */
const CLICK = 'click:';

const HAPPENED = `c.status NOT IN ('rejected', 'reversed')`;

const first = (type: string, condition: string): string =>
  `SELECT c.conversion_id, c.occurred_at, c.click_id FROM tributary.conversions c
    WHERE c.player_id = s.subject AND c.brand = $2 AND c.type = '${type}' AND ${condition}
    ORDER BY c.occurred_at, c.conversion_id LIMIT 1`;

const registered = (contact: string): string =>
  `(COALESCE((SELECT p.registered_at FROM tributary.players p WHERE p.id = ${contact}.player_id AND p.brand = $2),
    ${contact}.created_at), ${contact}.player_id)`;

const sharing = (same: string): string =>
  `EXISTS (SELECT FROM tributary.contacts other WHERE ${same} AND other.brand = $2
    AND ${registered('other')} < ${registered('mine')})`;

const OF_PLAYERS = `SELECT s.subject, COALESCE(r.click_id, e.click_id) AS click_id,
    ${instantText('k.occurred_at').replace(/ AS .*$/, '')} AS click_at,
    k.link, k.sub_ids, COALESCE(k.utm_source, p.traffic_source) AS source, k.utm_campaign AS campaign, p.ref_code,
    ${instantText('p.registered_at').replace(/ AS .*$/, '')} AS registered_at,
    i.conversion_id AS install_id, ${instantText('i.occurred_at').replace(/ AS .*$/, '')} AS install_at,
    r.conversion_id AS registration_id, ${instantText('r.occurred_at').replace(/ AS .*$/, '')} AS registration_at,
    d.conversion_id AS ftd_id, ${instantText('d.occurred_at').replace(/ AS .*$/, '')} AS ftd_at,
    COALESCE(p.self_excluded, false) AS self_excluded, COALESCE(p.is_blocked, false) AS blocked,
    COALESCE(
      (SELECT (mine.email > '' AND ${sharing(`md5(lower(other.email)) = md5(lower(mine.email)) AND other.email > ''`)})
          OR (mine.phone > '' AND ${sharing(`md5(other.phone) = md5(mine.phone) AND other.phone > ''`)})
        FROM tributary.contacts mine WHERE mine.player_id = s.subject AND mine.brand = $2), false) AS duplicate
  FROM unnest($1::text[]) AS s (subject)
  LEFT JOIN LATERAL (${first('registration', HAPPENED)}) AS r ON true
  LEFT JOIN LATERAL (SELECT c.click_id FROM tributary.conversions c
    WHERE r.conversion_id IS NULL AND c.player_id = s.subject AND c.brand = $2 AND c.click_id IS NOT NULL
    ORDER BY c.occurred_at, c.conversion_id LIMIT 1) AS e ON true
  LEFT JOIN LATERAL (${first('install', HAPPENED)}) AS i ON true
  LEFT JOIN LATERAL (${first('deposit', `c.is_first_deposit AND c.status = 'approved'`)}) AS d ON true
  LEFT JOIN LATERAL (SELECT * FROM tributary.clicks k
    WHERE k.click_id = COALESCE(r.click_id, e.click_id) AND k.brand = $2 OFFSET 0) AS k ON true
  LEFT JOIN LATERAL (SELECT * FROM tributary.players p WHERE p.id = s.subject AND p.brand = $2 OFFSET 0) AS p ON true`;

const OF_CLICKS = `SELECT s.subject, substr(s.subject, ${CLICK.length + 1}) AS click_id,
    ${instantText('k.occurred_at').replace(/ AS .*$/, '')} AS click_at,
    k.link, k.sub_ids, k.utm_source AS source, k.utm_campaign AS campaign, NULL AS ref_code, NULL AS registered_at,
    i.conversion_id AS install_id, ${instantText('i.occurred_at').replace(/ AS .*$/, '')} AS install_at,
    NULL AS registration_id, NULL AS registration_at, NULL AS ftd_id, NULL AS ftd_at,
    false AS self_excluded, false AS blocked, false AS duplicate
  FROM unnest($1::text[]) AS s (subject)
  CROSS JOIN LATERAL (SELECT c.conversion_id, c.occurred_at FROM tributary.conversions c
    WHERE c.click_id = substr(s.subject, ${CLICK.length + 1}) AND c.brand = $2 AND c.player_id IS NULL
      AND c.type = 'install' AND ${HAPPENED} ORDER BY c.occurred_at, c.conversion_id LIMIT 1) AS i
  LEFT JOIN LATERAL (SELECT * FROM tributary.clicks k
    WHERE k.click_id = substr(s.subject, ${CLICK.length + 1}) AND k.brand = $2 OFFSET 0) AS k ON true`;

/**
 * How these of a brand were acquired: by the click of their earliest registration, or, without one, of their earliest
 * conversion that has a click. A click whose install is gone, or now has a player, is left out.
 */
export async function readAcquisitions(
  client: PoolClient,
  brand: string,
  subjects: readonly string[],
): Promise<AcquisitionRow[]> {
  const clicks = subjects.filter((s) => s.startsWith(CLICK));
  const players = subjects.filter((s) => !s.startsWith(CLICK));
  const rows: Record<string, unknown>[] = [];
  for (const [name, text, of] of [
    ['players', OF_PLAYERS, players],
    ['clicks', OF_CLICKS, clicks],
  ] as const) {
    if (of.length === 0) continue;
    const found = await client.query<Record<string, unknown>>({
      name: `read acquisitions of ${name}`,
      text,
      values: [of, brand],
    });
    rows.push(...found.rows);
  }
  return rows.map(acquisitionOf);
}

function acquisitionOf(row: Record<string, unknown>): AcquisitionRow {
  const happened = (what: string): FirstConversion | null =>
    typeof row[`${what}_at`] === 'string'
      ? { at: instantOf(row[`${what}_at`] as string), conversion_id: row[`${what}_id`] as string }
      : null;
  const { subject, click_id, link, sub_ids, source, campaign, ref_code } = row as unknown as AcquisitionRow;
  const { self_excluded, blocked, duplicate } = row as unknown as AcquisitionRow;
  const instant = (name: string): string | null =>
    typeof row[name] === 'string' ? instantOf(row[name]) : null;
  const [install, registration, click_at] = [
    happened('install'),
    happened('registration'),
    instant('click_at'),
  ];
  return {
    ...{ subject, click_id, link, source, campaign, ref_code, self_excluded, blocked, duplicate },
    acquired_at: registration?.at ?? instant('registered_at') ?? install?.at ?? click_at,
    click_at,
    sub_ids: sub_ids ?? {},
    ...{ install, registration },
    ftd: happened('ftd'),
  };
}
