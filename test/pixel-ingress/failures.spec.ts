import { once } from 'node:events';
import { connect } from 'node:net';
import type { EventLog } from '#libs/event-log';
import { SettingsError, openPlatform } from '#libs/runtime';
import { pixelIngress } from '#apps/pixel-ingress';
import { testDatabase } from '#test/postgres';
import { startIngress } from './start-ingress.js';

const PATH = '/convert/fd3ba970-2330-4576-94ba-e1efc470bd56?type=install';

it('answers 503 with Retry-After while the log is away, and counts it', async () => {
  const ingress = await startIngress();
  try {
    expect((await fetch(ingress.url + PATH)).status).toBe(202);
    await ingress.database.drop();
    const response = await fetch(ingress.url + PATH);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(response.headers.get('x-receipt-id')).toBeNull();
    expect(await ingress.platform.metrics.registry.metrics()).toMatch(
      /tributary_ingress_requests_total\{endpoint="convert",outcome="log_(failed|slow)"\} 1/,
    );
  } finally {
    await ingress.close();
  }
});

describe('taking leave', () => {
  it('answers what it has accepted when the log has it, then ends the connections', async () => {
    const database = await testDatabase();
    const environment = {
      DATABASE_URL: database.url,
      PIXEL_HOST: '127.0.0.1',
      PIXEL_PORT: '0',
      LOG_LEVEL: 'silent',
    };
    const platform = await openPlatform('test', environment, { database: false });
    let acknowledge!: () => void;
    let asked!: () => void;
    const held = new Promise<void>((resolve) => (acknowledge = resolve));
    const published = new Promise<void>((resolve) => (asked = resolve));
    const slowLog = {
      publish: async () => {
        asked();
        await held;
        return [];
      },
    } as unknown as EventLog;
    const running = await pixelIngress.start({ ...platform, eventLog: slowLog });
    const port = Number(new URL(running.addresses[0]!.url).port);
    const [busy, idle] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all([once(busy, 'connect'), once(idle, 'connect')]);
    let answer = '';
    busy.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
    idle.resume();
    busy.write(`GET ${PATH} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await published;
    const ended = Promise.all([once(busy, 'close'), once(idle, 'close')]);
    const stopped = running.stop();
    await expect(fetch(running.addresses[0]!.url + PATH)).rejects.toThrow();
    expect(answer).toBe('');
    acknowledge();
    await Promise.all([stopped, ended]);
    expect(answer).toMatch(/^HTTP\/1\.1 202 Accepted\r\n[^]*Connection: close\r\n/);
    await platform.close();
    await database.drop();
  });

  it('loses nothing that it accepted under load', async () => {
    const ingress = await startIngress();
    const receipts: string[] = [];
    let stopping = false;
    const client = async (n: number): Promise<void> => {
      for (let i = 0; ; i++) {
        const url = `${ingress.url}/convert/fd3ba970-2330-4576-94ba-e1efc470bd56?type=deposit&transaction_id=${n}-${i}`;
        const response = await fetch(url).catch((e: unknown) => {
          if (!stopping) throw e;
          return undefined;
        });
        if (!response) return;
        await response.text();
        if (response.status === 202) receipts.push(response.headers.get('x-receipt-id')!);
      }
    };
    // Looked at before the log closes: `stop` of the process would close it too
    const clients = Array.from({ length: 16 }, (_, n) => client(n));
    while (receipts.length < 500) await new Promise((resolve) => setImmediate(resolve));
    stopping = true;
    await ingress.stop();
    await Promise.all(clients);
    const again = await openPlatform(
      'test',
      { DATABASE_URL: ingress.database.url, LOG_LEVEL: 'silent' },
      { database: false },
    );
    const stored = new Set<string>();
    for (const { partition, end } of await again.eventLog.lag('nobody', ['raw-events'])) {
      for (let offset = 0n; offset < end; offset++) {
        const record = await again.eventLog.read('raw-events', { partition, offset });
        stored.add((JSON.parse(record!.value!) as { data: { receipt_id: string } }).data.receipt_id);
      }
    }
    expect(receipts.filter((receipt) => !stored.has(receipt))).toEqual([]);
    await again.close();
    await ingress.close();
  });
});

it('ends the start with every problem of settings and brands', async () => {
  const started = startIngress({
    brands: 'brands:\n  a:\n    hosts: []\n    max_age: long\n',
    environment: { PIXEL_PORT: 'x', TRUST_PROXY_HOPS: '-1' },
  });
  const error: unknown = await started.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(SettingsError);
  expect((error as Error).message).toMatch(
    /PIXEL_PORT[^]*TRUST_PROXY_HOPS[^]*brands\.yaml:3:12: hosts[^]*brands\.yaml:4:14: max_age/,
  );
});
