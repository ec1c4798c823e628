import { Metrics } from '#libs/runtime';
import type { HttpSend } from '#libs/sources';
import { retryAfterMs, watchSending } from './partner-sending.js';

const NOW = Date.parse('2026-11-21T10:00:00Z');

it.each([
  ['30', 30_000],
  ['0', 0],
  ['Sat, 21 Nov 2026 10:00:30 GMT', 30_000],
  ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
  ['86400', 3_600_000],
  ['soon', undefined],
  [undefined, undefined],
])('takes %p for %p milliseconds', (value, ms) => {
  expect(retryAfterMs(value, NOW)).toBe(ms);
});

it('counts answers and holds the budget back where it is too much', async () => {
  const metrics = new Metrics();
  const blocked: number[] = [];
  const statuses = [200, 429, 429, 503];
  const send: HttpSend = async () => {
    const status = statuses.shift();
    if (status === undefined) throw new Error('no connection');
    const headers: Record<string, string> = statuses.length === 2 ? { 'retry-after': '7' } : {};
    return { status, headers, body: Object.assign((async function* () {})(), { destroy: () => {} }) };
  };
  const watched = watchSending(send, 'p', metrics, async (ms) => void blocked.push(ms));
  const ask = () =>
    watched({ method: 'GET', url: '', headers: {} }, { timeoutMs: 1, signal: new AbortController().signal });
  for (let i = 0; i < 4; i++) await ask();
  await expect(ask()).rejects.toThrow('no connection');
  expect(blocked).toEqual([7_000]);
  const { values } = await metrics.sourceRequests.get();
  expect(Object.fromEntries(values.map((v) => [v.labels.status, v.value]))).toEqual({
    '2xx': 1,
    '4xx': 2,
    '5xx': 1,
    none: 1,
  });
});
