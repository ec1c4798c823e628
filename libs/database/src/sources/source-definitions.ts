import type { Database } from '../database.js';

/** A file of a source, as it was found when a poller started. */
export interface LoadedDefinition {
  file: string;
  /** Null where the file does not even tell its name. */
  source: string | null;
  streams: string[];
  /** Why it cannot work; empty where it does. */
  problems: string[];
}

/** Puts these in the place of all that was there, for those who ask for the status. */
export async function replaceDefinitions(
  database: Database,
  definitions: readonly LoadedDefinition[],
): Promise<void> {
  await database.transaction(async (client) => {
    await client.query('LOCK TABLE tributary.source_definitions IN SHARE ROW EXCLUSIVE MODE');
    await client.query('DELETE FROM tributary.source_definitions');
    await client.query(
      `INSERT INTO tributary.source_definitions (file, source, streams, problems)
        SELECT * FROM jsonb_to_recordset($1::jsonb) AS d (file text, source text, streams text[], problems text[])`,
      [JSON.stringify(definitions)],
    );
  });
}
