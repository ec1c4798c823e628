import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { conversionId } from '#libs/events';
import { transactionIdOf } from '../load/pixel-call.js';

const LOOK_EVERY_MS = 20;

/**
 * Watches for the rows of calls that were answered with 202: asks for those that are still missing by their
 * primary key, a few at a time, so that watching costs the database next to nothing.
 */
export class VisibleRows {
  /** From the 202 to the row, milliseconds, as rows were found; each up to 20 ms more than it was. */
  readonly delays: number[] = [];
  private readonly missing = new Map<string, number>();
  private ended = false;

  constructor(
    private readonly pool: Pool,
    private readonly run: string,
  ) {}

  /** A call's 202 came. @param atMs since the epoch */
  expect(n: number, atMs: number): void {
    this.missing.set(conversionId('default', 'deposit', `tx:${transactionIdOf(this.run, n)}`), atMs);
  }

  /** Looks until `end` was called and every row is there. @throws Error when some are missing for too long */
  async watch(limitMs: number): Promise<void> {
    let lastFoundAt = performance.now();
    while (!this.ended || this.missing.size > 0) {
      if ((await this.look()) > 0 || this.missing.size === 0) lastFoundAt = performance.now();
      if (performance.now() - lastFoundAt > limitMs) {
        throw new Error(`${this.missing.size} calls with a 202 have no row after ${limitMs / 1_000} s`);
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** No more calls are expected. */
  end(): void {
    this.ended = true;
  }

  private async look(): Promise<number> {
    if (this.missing.size === 0) return 0;
    const found = await this.pool.query<{ conversion_id: string }>({
      name: 'bench visible',
      text: 'SELECT conversion_id FROM tributary.conversions WHERE conversion_id = ANY($1)',
      values: [[...this.missing.keys()]],
    });
    const now = performance.timeOrigin + performance.now();
    for (const { conversion_id: id } of found.rows) {
      this.delays.push(now - this.missing.get(id)!);
      this.missing.delete(id);
    }
    return found.rows.length;
  }
}
