import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FIRST_HOUR_MS } from './partner-rows.js';

/** How the rows come: pages of JSON, or windows of an hour in CSV. */
export const READINGS = ['json', 'csv'] as const;
export type Reading = (typeof READINGS)[number];

/**
 * Writes the definition of one reading: all fields of a transaction, mapped and checked as those that ship.
 * @returns the folder
 */
export async function writeSource(folder: string, reading: Reading, port: number): Promise<string> {
  const directory = join(folder, reading);
  await mkdir(directory, { recursive: true });
  const time = `time: 'yyyy-MM-dd HH:mm:ss', timezone: UTC`;
  const how = {
    json: `
    requester: { url: 'http://127.0.0.1:${port}/pages' }
    incremental_sync: { type: full_refresh }
    decoder: { type: json }
    record_selector: { path: data }
    paginator: { type: page, page_param: page, stop: { last_page_path: meta.last_page, total_path: meta.total } }`,
    csv: `
    requester:
      url: http://127.0.0.1:${port}/hours
      query: { from: '\${window.from}', to: '\${window.to}' }
    incremental_sync:
      type: datetime
      start: ${new Date(FIRST_HOUR_MS).toISOString().slice(0, 10)}
      step: PT1H
      format: yyyy-MM-dd HH:mm:ss
      timezone: UTC
    error_handler: { rules: [{ http: [404], action: empty }] }
    decoder: { type: csv }`,
  }[reading];
  await writeFile(
    join(directory, `bench-${reading}.yaml`),
    `name: bench-${reading}
type: http
brand: bench
streams:
  - name: transactions
    poll_interval: PT1H${how}
    primary_key: [id]
    cursor_field: updated_at
    mapping:
      - event: transaction
        fields:
          id: id
          player_id: player_id
          amount: { path: amount, money: { path: currency } }
          type: type
          status: status
          payment_system: payment_system
          dir: dir
          created_at: { path: created_at, ${time} }
          updated_at: { path: updated_at, ${time} }
          wallet_id: wallet_id
          comment: comment
`,
  );
  return directory;
}
