import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Topic } from '#libs/events';
import { startProcess, type Platform } from '#libs/runtime';
import { pixelIngress } from '#apps/pixel-ingress';
import { testDatabase, type TestDatabase } from '#test/postgres';

/** A raw event as it stands in the log. */
export interface StoredEvent {
  id: string;
  source: string;
  subject: string;
  time: string;
  data: { stream: string; brand: string; receipt_id: string; payload: Record<string, unknown> };
}

/** An ingress of its own on a Postgres log of its own, reached over HTTP. */
export interface TestIngress {
  url: string;
  port: number;
  platform: Platform;
  database: TestDatabase;
  /** Everything on `raw-events`, with the records' keys. */
  stored(): Promise<{ key: string; event: StoredEvent }[]>;
  /** The event of a receipt. */
  storedAs(receiptId: string | null): Promise<StoredEvent | undefined>;
  /** Takes leave, as on SIGTERM; may be called before `close`. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export async function startIngress(
  options: { brands?: string; environment?: Record<string, string> } = {},
): Promise<TestIngress> {
  const database = await testDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'tributary-ingress-'));
  const brandsFile = join(folder, 'brands.yaml');
  if (options.brands !== undefined) writeFileSync(brandsFile, options.brands);
  const environment = {
    DATABASE_URL: database.url,
    PIXEL_HOST: '127.0.0.1',
    PIXEL_PORT: '0',
    ADMIN_HOST: '127.0.0.1',
    ADMIN_PORT: '0',
    LOG_LEVEL: 'silent',
    ...(options.brands !== undefined && { PIXEL_BRANDS_FILE: brandsFile }),
    ...options.environment,
  };
  const running = await startProcess('pixel-ingress', [pixelIngress], { environment, migrates: true });
  const { platform } = running;
  const url = running.addresses.find((a) => a.label === 'pixels and clicks')!.url;
  const stored = async (): Promise<{ key: string; event: StoredEvent }[]> => {
    const found: { key: string; event: StoredEvent }[] = [];
    for (const { partition, end } of await platform.eventLog.lag('nobody', [Topic.rawEvents])) {
      for (let offset = 0n; offset < end; offset++) {
        const record = await platform.eventLog.read(Topic.rawEvents, { partition, offset });
        if (record) found.push({ key: record.key, event: JSON.parse(record.value!) as StoredEvent });
      }
    }
    return found;
  };
  return {
    url,
    port: Number(new URL(url).port),
    platform,
    database,
    stored,
    storedAs: async (receiptId) =>
      (await stored()).find(({ event }) => event.data.receipt_id === receiptId)?.event,
    stop: () => running.stop(),
    close: async () => {
      await running.stop();
      await database.drop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Sends bytes as they are and reads until the server ends the connection. */
export async function sendRaw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

/** The number at the start of an answer that `sendRaw` has read. */
export function statusOf(answer: string): number {
  return Number(answer.split(' ')[1]);
}
