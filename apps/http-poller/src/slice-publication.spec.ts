import type { PublishedRecord } from '#libs/event-log';
import { RecordEncoder, type EncodedRecord } from '#libs/events';
import { HoldRoom } from './hold-room.js';
import { SlicePublication } from './slice-publication.js';

const encoder = new RecordEncoder({ source: 'partner', stream: 's', brand: 'b' });
const recordsOf = (count: number): EncodedRecord[] =>
  encoder.encode(
    Array.from({ length: count }, (_, i) => ({ id: String(i), note: '' })),
    '2026-11-21T10:00:00.000000Z',
    ({ id }) => ({ naturalKey: id as string, version: undefined }),
  );

/** A log that acknowledges when it is told to, or at once. */
class Log {
  readonly batches: (readonly PublishedRecord[])[] = [];
  readonly waiting: (() => void)[] = [];
  mostInFlight = 0;
  constructor(private readonly waits = false) {}
  readonly send = async (records: readonly PublishedRecord[]): Promise<void> => {
    this.batches.push(records);
    if (!this.waits) return;
    await new Promise<void>((acknowledge) => {
      this.waiting.push(acknowledge);
      this.mostInFlight = Math.max(this.mostInFlight, this.waiting.length);
    });
  };
  get keys(): string[] {
    return this.batches.flat().map((r) => r.key);
  }
}

async function publish(
  records: readonly EncodedRecord[],
  log: Log,
  before?: string,
  room = new HoldRoom(1_000_000),
) {
  const publication = new SlicePublication(log.send, room, before);
  for (let at = 0; at < records.length; at += 70) await publication.add(records.slice(at, at + 70));
  return { ...(await publication.end()), sent: publication.sent };
}

describe('the publication of a slice', () => {
  it('sends nothing where the records are those of last time, in whatever order', async () => {
    const first = await publish(recordsOf(30), new Log());
    expect(first).toMatchObject({ changed: null, sent: true });
    const room = new HoldRoom(1_000_000);
    const again = new Log();
    expect(await publish(recordsOf(30).reverse(), again, first.contentHash, room)).toEqual({
      contentHash: first.contentHash,
      changed: false,
      sent: false,
    });
    expect(again.batches).toEqual([]);
    const more = new Log();
    expect(await publish(recordsOf(31), more, first.contentHash, room)).toMatchObject({
      changed: true,
      sent: true,
    });
    expect(more.keys).toHaveLength(31);
    expect(room.take(1_000_000)).toBe(true); // all of it was given back
  });

  it('sends everything, once and in order, where it is too much to be held back', async () => {
    const records = recordsOf(1_234);
    const { contentHash } = await publish(records, new Log());
    const log = new Log();
    const room = new HoldRoom(2_000);
    expect(await publish(records, log, contentHash, room)).toMatchObject({ changed: false, sent: true });
    expect(log.keys).toEqual(records.map(({ key }) => key));
    expect(room.take(2_000)).toBe(true);
  });

  it('waits where the log is slow, and ends when all of it is acknowledged', async () => {
    const log = new Log(true);
    let ended = false;
    const publishing = publish(recordsOf(3_000), log).then(() => (ended = true));
    while (!ended) {
      await new Promise(setImmediate);
      log.waiting.shift()?.();
    }
    await publishing;
    expect(log.keys).toHaveLength(3_000);
    expect(log.mostInFlight).toBeLessThanOrEqual(3);
  });

  it('ends with what the log refused, and gives its room back', async () => {
    const room = new HoldRoom(1_000_000);
    const publication = new SlicePublication(() => Promise.reject(new Error('away')), room, 'other');
    await publication.add(recordsOf(3));
    await expect(publication.end()).rejects.toThrow('away');
    await publication.abandon();
    expect(room.take(1_000_000)).toBe(true);
  });
});
