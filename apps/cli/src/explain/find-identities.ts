import type { Pool } from 'pg';
import { IDENTITY_KINDS, type Identity, type IdentityKind } from '#libs/database';

/** Where ids of each kind stand that may be in no link. Every one of them goes by an index. */
const PLACES: Record<IdentityKind, readonly string[]> = {
  click: ['clicks', 'touchpoints', 'conversion_facts'],
  client: ['touchpoints', 'conversion_facts'],
  user: ['touchpoints', 'conversion_facts'],
  player: ['touchpoints', 'conversion_facts', 'transactions'],
};

const inPlace = (kind: IdentityKind, table: string): string => {
  const partial = table === 'conversion_facts' && kind !== 'player' ? ' AND player_id IS NULL' : '';
  return `SELECT '${kind}' AS kind, brand, ${kind}_id AS id FROM tributary.${table}
    WHERE ${kind}_id = ANY($1)${partial}`;
};

const FOUND = [
  'SELECT left_kind AS kind, brand, left_id AS id FROM tributary.identity_links WHERE left_id = ANY($1)',
  'SELECT right_kind, brand, right_id FROM tributary.identity_links WHERE right_id = ANY($1)',
  `SELECT 'player', brand, id FROM tributary.players WHERE id = ANY($1)`,
  ...IDENTITY_KINDS.flatMap((kind) => PLACES[kind].map((table) => inPlace(kind, table))),
].join(' UNION ');

/** Whom an id names: clicks, clients, users and players. Our own click ids are told apart by no capital letters. */
export async function findIdentities(pool: Pool, id: string): Promise<Identity[]> {
  const found = await pool.query<Identity>(
    `SELECT kind, brand, id FROM (${FOUND}) AS f ORDER BY kind, brand, id`,
    [[...new Set([id, id.toLowerCase()])]],
  );
  return found.rows;
}
