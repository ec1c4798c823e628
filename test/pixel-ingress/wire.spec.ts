import { once } from 'node:events';
import { connect } from 'node:net';
import { sendRaw, startIngress, statusOf, type TestIngress } from './start-ingress.js';

const CLICK = 'fd3ba970-2330-4576-94ba-e1efc470bd56';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startIngress();
});
afterAll(() => ingress.close());

const ask = (head: string, body = ''): Promise<string> =>
  sendRaw(ingress.port, `${head}\r\nConnection: close\r\n\r\n${body}`);

describe('what comes over the wire', () => {
  it.each([
    ['HTTP/1.0 without a host', `GET /convert/${CLICK}?type=install HTTP/1.0`, 202],
    ['unencoded bytes', `GET /convert/${CLICK}?type=install&player_id=\u00e9 HTTP/1.1\r\nHost: x`, 400],
    ['an absolute target', `GET http://x/convert/${CLICK}?type=install HTTP/1.1\r\nHost: x`, 202],
    ['a broken escape in the path', 'GET /convert/%zz?type=install HTTP/1.1\r\nHost: x', 400],
    ['a path parameter of 8 KiB', `GET /convert/${'x'.repeat(8_192)}?type=install HTTP/1.1\r\nHost: x`, 422],
    ['a head of 17 KiB', `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(17_408)}`, 431],
    ['no HTTP at all', 'hello', 400],
    ['an unknown method', `BREW /convert/${CLICK} HTTP/1.1\r\nHost: x`, 400],
    [
      'two lengths',
      `POST /convert/${CLICK} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2`,
      400,
    ],
    [
      'a broken content type',
      `POST /convert/${CLICK} HTTP/1.1\r\nHost: x\r\nContent-Type: ;;\r\nContent-Length: 0`,
      415,
    ],
  ])('answers %s', async (_what, head, status) => {
    const answer = await ask(head);
    expect(statusOf(answer)).toBe(status);
    expect(answer).toMatch(/Cache-Control: no-store/i);
  });

  it('refuses HTTP/1.1 without a host', async () => {
    expect(statusOf(await ask(`GET /convert/${CLICK}?type=install HTTP/1.1`))).toBe(400);
  });

  it('keeps a broken escape of a query as it is', async () => {
    const answer = await ask(`GET /convert/${CLICK}?type=install&player_id=50%zz&%=1 HTTP/1.1\r\nHost: x`);
    const receipt = /X-Receipt-Id: (\S+)/.exec(answer)![1]!;
    expect((await ingress.storedAs(receipt))!.data.payload['player_id']).toBe('50%zz');
  });

  it('answers pipelined calls in their order', async () => {
    const one = (type: string): string => `GET /convert/${CLICK}?type=${type} HTTP/1.1\r\nHost: x\r\n`;
    const answer = await sendRaw(
      ingress.port,
      `${one('install')}\r\n${one('nonsense')}\r\n${one('install')}Connection: close\r\n\r\n`,
    );
    expect([...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map((m) => m[1])).toEqual(['202', '422', '202']);
  });

  it('gives up on a head and on a body that do not come', async () => {
    const slow = [
      `GET /convert/${CLICK} HTTP/1.1\r\nHost: x\r\nX-Slow:`,
      `POST /convert/${CLICK} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
    ];
    const answers = await Promise.all(slow.map((bytes) => sendRaw(ingress.port, bytes)));
    expect(answers.map(statusOf)).toEqual([408, 408]);
  });

  it('outlives a caller that hangs up', async () => {
    const socket = connect(ingress.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET /convert/${CLICK}?type=install&player_id=gone HTTP/1.1\r\nHost: x\r\n\r\n`);
    socket.resetAndDestroy();
    expect(statusOf(await ask(`GET /convert/${CLICK}?type=install HTTP/1.1\r\nHost: x`))).toBe(202);
  });
});
