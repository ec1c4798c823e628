import { startAdminServer, type AdminServer } from './admin-server.js';
import { Health } from './health.js';
import { Metrics } from './metrics.js';

let health: Health;
let metrics: Metrics;
let server: AdminServer;
beforeEach(async () => {
  [health, metrics] = [new Health(), new Metrics()];
  server = await startAdminServer({ host: '127.0.0.1', port: 0 }, health, metrics);
});
afterEach(() => server.close());

const get = async (path: string): Promise<[number, string]> => {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return [response.status, await response.text()];
};

describe('the admin port', () => {
  it('says at /livez whether only a restart helps', async () => {
    expect(await get('/livez')).toEqual([200, '{"alive":true}']);
    health.fail('the consumer has ended');
    expect(await get('/livez?verbose')).toEqual([503, '{"alive":false,"reason":"the consumer has ended"}']);
  });

  it('says at /readyz what is not ready', async () => {
    health.addCheck('log', async () => {});
    expect(await get('/readyz')).toEqual([200, '{"ready":true,"checks":{"log":"ok"}}']);
    health.startDraining();
    expect(await get('/readyz')).toEqual([503, '{"ready":false,"checks":{"log":"ok","process":"draining"}}']);
  });

  it('shows the metrics at /metrics in the format of Prometheus', async () => {
    metrics.deadLetters.inc({ app: 'normalizer', reason: 'invalid_json' }, 3);
    const [status, text] = await get('/metrics');
    expect(status).toBe(200);
    expect(text).toContain('tributary_dead_letters_total{app="normalizer",reason="invalid_json"} 3');
    expect(text).toContain('process_cpu_seconds_total');
  });

  it.each(['/', '/constructor', '/livez/x'])('knows no %s', async (path) => {
    expect(await get(path)).toEqual([404, '{"error":"not found"}']);
  });

  it('refuses a port that is taken', async () => {
    await expect(startAdminServer({ host: '127.0.0.1', port: server.port }, health, metrics)).rejects.toThrow(
      'EADDRINUSE',
    );
  });
});
