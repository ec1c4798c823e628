import type { Pool } from 'pg';
import { IdentityReader } from '#apps/attribution';
import { instantOf, instantText, readConversionIds } from '#libs/database';
import type { Instant } from '#libs/events';

/** A click as its table has it. */
export interface KnownClick {
  brand: string;
  click_id: string;
  link: string | null;
  occurred_at: Instant;
  player_id: string | null;
  utm_source: string | null;
  utm_medium: string | null;
  utm_campaign: string | null;
  sub_ids: Record<string, string>;
  event_id: string;
  receipt_id: string;
  first_receipt_id: string;
  first_received_at: Instant;
}

/** A click of a brand. */
export interface ClickOfBrand {
  brand: string;
  id: string;
}

/** The click, where anybody has told of it. */
export async function readClick(pool: Pool, { brand, id }: ClickOfBrand): Promise<KnownClick | undefined> {
  const found = await pool.query<KnownClick>(
    `SELECT c.brand, c.click_id, c.link, ${instantText('c.occurred_at')}, c.player_id, c.utm_source, c.utm_medium,
        c.utm_campaign, c.sub_ids, c.event_id, c.receipt_id, c.first_receipt_id, ${instantText('c.first_received_at')}
      FROM tributary.clicks c WHERE c.brand = $1 AND c.click_id = $2`,
    [brand, id],
  );
  return found.rows.map((row) => ({
    ...row,
    occurred_at: instantOf(row.occurred_at),
    first_received_at: instantOf(row.first_received_at),
  }))[0];
}

/** Conversions that name the click themselves. Its players' other conversions are not among them. */
export async function conversionIdsOfClick(pool: Pool, { brand, id }: ClickOfBrand): Promise<string[]> {
  const related = await new IdentityReader(pool).relatedTo([{ brand, kind: 'click', id }]);
  const near = await readConversionIds(pool, related);
  const found = await pool.query<{ conversion_id: string }>(
    `SELECT DISTINCT conversion_id FROM tributary.conversion_facts
      WHERE conversion_id = ANY($1) AND click_id = $2 ORDER BY conversion_id`,
    [near, id],
  );
  return found.rows.map((r) => r.conversion_id);
}
