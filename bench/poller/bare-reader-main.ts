import { FIRST_HOUR_MS, HOUR_MS } from './partner-rows.js';

/**
 * Limit of every poller on Node: fetches the answers one after another and parses them, JSON whole, CSV by lines and
 * commas, and does nothing else. Arguments: `json` or `csv`, the partner's port, how many answers. Says rows and
 * seconds in a line of JSON.
 */
const [format, port, answers] = process.argv.slice(2);
const partner = `http://127.0.0.1:${port}`;
const startedAt = performance.now();
let rows = 0;
for (let i = 0; i < Number(answers); i++) {
  if (format === 'json') {
    const response = await fetch(`${partner}/pages?page=${i + 1}`);
    rows += (JSON.parse(await response.text()) as { data: unknown[] }).data.length;
  } else {
    const from = new Date(FIRST_HOUR_MS + i * HOUR_MS).toISOString().slice(0, 19);
    const response = await fetch(`${partner}/hours?from=${from.replace('T', '+')}`);
    const [head, ...lines] = (await response.text()).split('\n');
    if (head!.split(',').length < 2) throw new Error('the partner answered no CSV');
    for (const line of lines) if (line !== '') rows += line.split(',').length > 1 ? 1 : 0;
  }
}
const seconds = (performance.now() - startedAt) / 1_000;
const { user, system } = process.cpuUsage();
process.stdout.write(`${JSON.stringify({ rows, seconds, cpuSeconds: (user + system) / 1e6 })}\n`);
