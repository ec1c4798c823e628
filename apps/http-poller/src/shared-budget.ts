import type { Pool } from 'pg';
import { blockBudget, takeFromBudget, type Allowance } from '#libs/database';
import { canonicalJson, hashParts } from '#libs/events';
import type { ApiBudget, AuthenticatorDefinition, HttpSourceDefinition } from '#libs/sources';
import { waitUnlessAborted } from '#libs/polling';

/** Which row of the budgets a stream draws on. It tells no secret. */
export function budgetKeyOf(
  { name, api_budget }: HttpSourceDefinition,
  authenticator: AuthenticatorDefinition,
): string {
  const secrets = [...canonicalJson(authenticator).matchAll(/\$\{(secret\.[^}]*)\}/g)].map((m) => m[1]!);
  const isOfSource = api_budget?.scope === 'source' || secrets.length === 0;
  return isOfSource ? `source:${name}` : `credential:${hashParts([...new Set(secrets)].sort()).slice(0, 32)}`;
}

/** A partner's budget, shared by all processes through the database. */
export class SharedBudget implements ApiBudget {
  /**
   * @param reserve permissions that are left to more urgent ones
   * @param onWait told how long each permission was waited for
   * @param stopping ends every wait
   */
  constructor(
    private readonly pool: Pool,
    private readonly key: string,
    private readonly allowance: Allowance,
    private readonly reserve: number,
    private readonly onWait: (waitedMs: number) => void,
    private readonly stopping: AbortSignal,
  ) {}

  async take(signal: AbortSignal): Promise<void> {
    const from = performance.now();
    for (;;) {
      const waitMs = await takeFromBudget(this.pool, this.key, this.allowance, this.reserve);
      if (waitMs === 0) return this.onWait(performance.now() - from);
      await waitUnlessAborted(Math.min(waitMs, LONGEST_SLEEP_MS), signal, this.stopping);
    }
  }

  /** The partner has said that it is too much: nobody asks for so long. */
  async block(forMs: number): Promise<void> {
    await blockBudget(this.pool, this.key, forMs);
  }
}

/** Timers of Node take no more than 2^31 milliseconds. */
const LONGEST_SLEEP_MS = 60 * 60_000;
