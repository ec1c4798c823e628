import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { createHttpClient, type HttpClient } from '../../apps/http-poller/src/http-client.js';
import { startPartner, type ScriptedPartner } from '../support/partners/scripted-partner.js';
import { until } from '../support/until.js';

let partner: ScriptedPartner;
let client: HttpClient;
beforeEach(async () => {
  partner = await startPartner();
  client = createHttpClient({ connections: 2 });
});
afterEach(async () => {
  await client.close();
  await partner.close();
});

const options = (timeoutMs = 2_000) => ({ timeoutMs, signal: new AbortController().signal });
const get = (url: string, headers = {}) => ({ method: 'GET' as const, url, headers });

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('the HTTP client', () => {
  it('keeps connections, at most so many, and gives headers by lower-case name', async () => {
    partner.play(() => ({ text: 'hello', headers: { 'X-Name': 'a' } }));
    const all = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const answer = await client.send(get(`${partner.origin}/x?y=1`), options());
        return [answer.status, answer.headers['x-name'], await textOf(answer.body)];
      }),
    );
    expect(all).toEqual(Array(10).fill([200, 'a', 'hello']));
    expect(partner.open()).toBe(2);
    expect(partner.asked[0]).toMatchObject({ method: 'GET', url: '/x?y=1' });
  });

  it('gives redirects back', async () => {
    partner.play([{ status: 302, headers: { location: '/other' } }]);
    expect((await client.send(get(partner.origin), options())).status).toBe(302);
    expect(partner.asked).toHaveLength(1);
  });

  it('says who asks, unless the definition does', async () => {
    partner.play(() => ({ text: '' }));
    for (const headers of [{}, { 'user-agent': 'me' }]) {
      await textOf((await client.send(get(partner.origin, headers), options())).body);
    }
    expect(partner.asked[0]!.headers['user-agent']).toMatch(/^tributary\/\d+\.\d+\.\d+/);
    expect(partner.asked[1]!.headers['user-agent']).toBe('me');
  });

  it('closes the connection of a body that nobody wants to the end', async () => {
    partner.play([{ text: 'x'.repeat(5_000_000), fault: 'stall' }]);
    const answer = await client.send(get(partner.origin), options());
    answer.body.destroy();
    await until('the connection is closed', () => partner.open() === 0);
  });

  it('gives up what does not answer, also while it waits for a connection', async () => {
    partner.play(() => ({ fault: 'silent' }));
    const waiting = Array.from({ length: 3 }, () => client.send(get(partner.origin), options(100)));
    for (const one of waiting) await expect(one).rejects.toThrow('no answer within 100 ms');
  });

  it('waits as long as its reader takes, but not as long as the partner likes', async () => {
    partner.play([{ text: 'x'.repeat(2_000_000) }, { text: 'x'.repeat(2_000), fault: 'stall' }]);
    const slowly = await client.send(get(partner.origin), options(1_000));
    let bytes = 0;
    for await (const chunk of slowly.body) {
      if (bytes === 0) await new Promise((resolve) => setTimeout(resolve, 2_500));
      bytes += chunk.byteLength;
    }
    expect(bytes).toBe(2_000_000);
    const stalled = await client.send(get(partner.origin), options(1_000));
    await expect(textOf(stalled.body)).rejects.toMatchObject({ code: 'UND_ERR_BODY_TIMEOUT' });
  });

  it('listens to its signal until the body is over, and no longer', async () => {
    partner.play(() => ({ text: 'x'.repeat(100_000) }));
    const { signal } = new AbortController();
    const listeners = () => getEventListeners(signal, 'abort').length;
    const read = await client.send(get(partner.origin), { timeoutMs: 2_000, signal });
    expect(listeners()).toBe(1);
    await textOf(read.body);
    const destroyed = await client.send(get(partner.origin), { timeoutMs: 2_000, signal });
    destroyed.body.destroy();
    await until('nobody listens', () => listeners() === 0);
  });

  it('goes through the proxy that the environment names', async () => {
    partner.play(() => ({ text: 'through' }));
    const seen: string[] = [];
    const proxy = createServer().on('connect', (request, socket, head: Buffer) => {
      seen.push(request.url ?? '');
      const [host, port] = (request.url ?? '').split(':');
      const onward = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        onward.write(head);
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const proxied = createHttpClient({
      env: { HTTP_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: 'other.example' },
    });
    try {
      const answer = await proxied.send(get(partner.origin), options());
      expect(await textOf(answer.body)).toBe('through');
      expect(seen).toEqual([partner.origin.replace('http://', '')]);
    } finally {
      await proxied.close();
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    }
  });
});
