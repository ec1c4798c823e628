import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The definition of `playWindows` at a URL; parts of it can be said otherwise. */
export function windowSource(
  url: string,
  more: { boundary?: string; timezone?: string; paginator?: string } = {},
): string {
  const {
    boundary = 'half_open',
    timezone = 'UTC',
    paginator = '{ type: page, page_param: page, size_param: size, size: 50, stop: { total_path: total } }',
  } = more;
  return `name: windows
type: http
brand: default
authenticator: { type: api_key, in: header, name: X-Key, value: '\${secret.WINDOWS_KEY}' }
streams:
  - name: rows
    poll_interval: PT5M
    requester:
      url: ${url}/rows
      query: { from: '\${window.from}', to: '\${window.to}' }
    incremental_sync:
      type: datetime
      start: 2026-01-01
      step: PT1H
      format: yyyy-MM-dd HH:mm:ss
      timezone: ${timezone}
      boundary: ${boundary}
    decoder: { type: json }
    record_selector: { path: data }
    paginator: ${paginator}
    primary_key: [id]
    cursor_field: changed
    mapping:
      - event: payout
        fields:
          transaction_id: id
          player_id: user
          occurred_at: { path: at, time: 'yyyy-MM-dd HH:mm:ss', timezone: UTC }
          amount: { path: amount, money: { path: currency } }
`;
}

/** Writes a file into the folder of sources below a folder. @returns its path */
export function writeSource(folder: string, name: string, text: string): string {
  const dir = join(folder, 'sources');
  mkdirSync(dir, { recursive: true });
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}
