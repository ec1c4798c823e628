import type { Database } from '../database.js';

/** A file of a source, as it was found when the app that reads it started. */
export interface LoadedDefinition {
  file: string;
  /** Null where the file does not even tell its name. */
  source: string | null;
  streams: string[];
  /** Why it cannot work; empty where it does. */
  problems: string[];
}

/** Puts these in the place of all that the app had there, for those who ask for the status. */
export async function replaceDefinitions(
  database: Database,
  app: string,
  definitions: readonly LoadedDefinition[],
): Promise<void> {
  await database.transaction(async (client) => {
    await client.query('LOCK TABLE tributary.source_definitions IN SHARE ROW EXCLUSIVE MODE');
    await client.query('DELETE FROM tributary.source_definitions WHERE app = $1', [app]);
    await client.query(
      `INSERT INTO tributary.source_definitions (app, file, source, streams, problems)
        SELECT $1, d.* FROM jsonb_to_recordset($2::jsonb) AS d (file text, source text, streams text[], problems text[])
        ON CONFLICT (file) DO UPDATE SET app = excluded.app, source = excluded.source, streams = excluded.streams,
          problems = excluded.problems, loaded_at = excluded.loaded_at`,
      [app, JSON.stringify(definitions)],
    );
  });
}
