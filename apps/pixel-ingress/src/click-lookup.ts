import type { Brand } from '#libs/brands';
import type { Database } from '#libs/database';

/** A test call must not wait for a database that does not answer. */
const TIMEOUT_MS = 1_000;

interface ClickRow {
  link: string | null;
  sub_ids: Record<string, string>;
  utm: Record<string, string>;
}

const SQL = `
  SELECT link, sub_ids, jsonb_strip_nulls(jsonb_build_object('source', utm_source, 'medium', utm_medium,
    'campaign', utm_campaign, 'term', utm_term, 'content', utm_content)) AS utm
  FROM tributary.clicks WHERE brand = $1 AND click_id = $2`;

/**
 * Finds the tracking link of a click, for test calls only: those are rare, so a database may be asked, and
 * replicas of the ingress need no memory in common. Where there is no database, no such click yet, or no
 * answer in time, the link is unknown and the call is answered as any other.
 */
export class ClickLookup {
  /** @param database connects at first use; undefined where the ingress has none */
  constructor(
    private readonly database: Database | undefined,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** The click's own tracking link, filled in; undefined where it is not known. */
  async trackingLink(brand: Brand, clickId: string): Promise<string | undefined> {
    if (!this.database || brand.links.size === 0) return undefined;
    try {
      const row = await this.read(this.database, brand.name, clickId);
      const link = row?.link ? brand.links.get(row.link) : undefined;
      return link?.url.fill({ click_id: clickId, sub_ids: row?.sub_ids, utm: row?.utm });
    } catch (e) {
      this.onFailure(e);
      return undefined;
    }
  }

  private async read(database: Database, brand: string, clickId: string): Promise<ClickRow | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
    });
    const answer = database.pool.query<ClickRow>(SQL, [brand, clickId]);
    return Promise.race([answer, late])
      .then(({ rows }) => rows[0])
      .finally(() => clearTimeout(timer));
  }
}
