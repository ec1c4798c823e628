import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runNode, type Ended } from '#test/run-node';
import { windowSource, writeSource } from './window-source.js';

/** A certificate that nobody but itself vouches for, and its key; of use to nothing but this test. */
const CERTIFICATE = 'test/support/certificates/loopback.pem';
const KEY = 'test/support/certificates/loopback.key';

let folder: string;
let server: Server;
let asked = 0;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-test-'));
  server = createServer({ cert: readFileSync(CERTIFICATE), key: readFileSync(KEY) }, (_, response) => {
    asked += 1;
    response.end('{"data":[],"total":0}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  writeSource(
    folder,
    'windows.yaml',
    windowSource(`https://127.0.0.1:${(server.address() as AddressInfo).port}`),
  );
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const check = (more: Record<string, string> = {}): Promise<Ended> =>
  runNode(['bin/tributary.js', 'sources', 'check', 'windows', 'rows'], {
    SOURCES_DIR: join(folder, 'sources'),
    SECRET_WINDOWS_KEY: 'sesame',
    ...more,
  });

it('shows nothing to a partner whose certificate nobody vouches for, and says why', async () => {
  const { code, stderr } = await check();
  expect(code).not.toBe(0);
  expect(stderr).toContain('the partner’s certificate is not trusted');
  expect(stderr).toContain('NODE_EXTRA_CA_CERTS');
  expect(stderr).toContain('self-signed certificate');
  expect(asked).toBe(0);
});

it('asks one that an authority of NODE_EXTRA_CA_CERTS vouches for', async () => {
  expect(await check({ NODE_EXTRA_CA_CERTS: CERTIFICATE })).toMatchObject({ code: 0 });
  expect(asked).toBe(1);
});
