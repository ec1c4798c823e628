import type { Pool } from 'pg';
import type { TopicSpec } from '../event-log.js';
import { inTransaction } from './pool.js';

/** A topic as the tables know it. */
export interface Topic {
  id: number;
  name: string;
  partitions: number;
  compacted: boolean;
}

/** Reads topics by name and remembers them: a topic is never deleted, and never changes its partitions. */
export class Topics {
  private readonly known = new Map<string, Topic>();

  constructor(private readonly pool: Pool) {}

  /** @throws Error when there is no such topic */
  async get(name: string): Promise<Topic> {
    const known = this.known.get(name);
    if (known) return known;
    const { rows } = await this.pool.query<Topic>(
      `SELECT topic_id AS id, name, partitions, compacted FROM event_log.topics WHERE name = $1`,
      [name],
    );
    const [topic] = rows;
    if (!topic) throw new Error(`topic ${name} does not exist`);
    this.known.set(name, topic);
    return topic;
  }

  /** Compaction of a topic may be switched on or off. */
  forget(): void {
    this.known.clear();
  }
}

/** Creates what is missing; retention and compaction of what exists follow the specification. */
export async function ensureTopics(pool: Pool, specs: readonly TopicSpec[]): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('event_log.topics', 0))`);
    for (const spec of specs) {
      await client.query(
        `INSERT INTO event_log.topics (name, partitions, retention_ms, compacted) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET retention_ms = excluded.retention_ms, compacted = excluded.compacted
         WHERE (topics.retention_ms, topics.compacted) IS DISTINCT FROM (excluded.retention_ms, excluded.compacted)`,
        [spec.name, spec.partitions, spec.retentionMs, spec.compacted],
      );
      await client.query(
        `INSERT INTO event_log.partitions (topic_id, partition)
         SELECT topic_id, generate_series(0, partitions - 1) FROM event_log.topics WHERE name = $1
         ON CONFLICT DO NOTHING`,
        [spec.name],
      );
    }
  });
}

/** Those of the names under which there is no topic, in the order given. */
export async function missingTopics(pool: Pool, names: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) WITH ORDINALITY AS wanted (name, place)
     WHERE NOT EXISTS (SELECT FROM event_log.topics WHERE topics.name = wanted.name) ORDER BY place`,
    [names],
  );
  return rows.map((row) => row.name);
}
