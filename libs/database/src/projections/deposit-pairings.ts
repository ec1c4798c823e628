import type { PoolClient } from 'pg';
import { defineInsert } from '../set-statement.js';

/** Which strong deposit a weak one is the same as, as one recomputation sees it. */
export interface DepositPairing {
  conversion_id: string;
  /** Conversion id of the strong deposit; null: the weak one stands alone. */
  paired_with: string | null;
  revision: bigint;
}

const upsert = defineInsert<DepositPairing>(
  'deposit_pairings',
  {
    conversion_id: { type: 'text', of: (p) => p.conversion_id },
    paired_with: { type: 'text', of: (p) => p.paired_with },
    revision: { type: 'bigint', of: (p) => p.revision },
  },
  `ON CONFLICT (conversion_id) DO UPDATE SET paired_with = excluded.paired_with, revision = excluded.revision
   WHERE t.revision < excluded.revision RETURNING conversion_id`,
);

/**
 * Writes pairings that no later recomputation has written, and holds their rows until the transaction ends:
 * so two recomputations never disagree on whether a weak deposit has a row of its own. Distinct, sorted by
 * conversion id.
 * @returns the ids whose pairing was written; the others' visible rows belong to the later recomputation
 */
export async function upsertDepositPairings(
  client: PoolClient,
  pairings: readonly DepositPairing[],
): Promise<Set<string>> {
  if (pairings.length === 0) return new Set();
  const written = await client.query<{ conversion_id: string }>(upsert(pairings));
  return new Set(written.rows.map((r) => r.conversion_id));
}

/** Removes the pairings of deposits of which nobody tells any more, unless a later recomputation has written them. */
export async function deleteDepositPairings(
  client: PoolClient,
  ids: readonly string[],
  revision: bigint,
): Promise<void> {
  if (ids.length === 0) return;
  await client.query({
    name: 'delete deposit pairings',
    text: 'DELETE FROM tributary.deposit_pairings WHERE conversion_id = ANY($1) AND revision < $2',
    values: [ids, String(revision)],
  });
}
