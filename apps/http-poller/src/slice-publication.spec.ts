import type { LogRecord } from '#libs/event-log';
import { hashParts, type RecordEvent } from '#libs/events';
import { HoldRoom } from './hold-room.js';
import { SlicePublication } from './slice-publication.js';

const eventOf = (id: string, note = ''): RecordEvent => ({
  event_id: hashParts([id]),
  source: 'partner',
  stream: 's',
  brand: 'b',
  natural_key: id,
  received_at: '2026-11-21T10:00:00.000000Z',
  payload: { id, note },
});
const eventsOf = (count: number): RecordEvent[] =>
  Array.from({ length: count }, (_, i) => eventOf(String(i)));

/** A log that acknowledges when it is told to, or at once. */
class Log {
  readonly batches: (readonly LogRecord[])[] = [];
  readonly waiting: (() => void)[] = [];
  mostInFlight = 0;
  constructor(private readonly waits = false) {}
  readonly send = async (records: readonly LogRecord[]): Promise<void> => {
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
  events: readonly RecordEvent[],
  log: Log,
  before?: string,
  room = new HoldRoom(1_000_000),
) {
  const publication = new SlicePublication(log.send, room, before);
  for (const event of events) await publication.add(event);
  return { ...(await publication.end()), sent: publication.sent };
}

describe('the publication of a slice', () => {
  it('sends nothing where the records are those of last time, in whatever order', async () => {
    const first = await publish(eventsOf(30), new Log());
    expect(first).toMatchObject({ changed: null, sent: true });
    const room = new HoldRoom(1_000_000);
    const again = new Log();
    expect(await publish(eventsOf(30).reverse(), again, first.contentHash, room)).toEqual({
      contentHash: first.contentHash,
      changed: false,
      sent: false,
    });
    expect(again.batches).toEqual([]);
    const more = new Log();
    expect(await publish(eventsOf(31), more, first.contentHash, room)).toMatchObject({
      changed: true,
      sent: true,
    });
    expect(more.keys).toHaveLength(31);
    expect(room.take(1_000_000)).toBe(true); // all of it was given back
  });

  it('sends everything, once and in order, where it is too much to be held back', async () => {
    const events = eventsOf(1_234);
    const { contentHash } = await publish(events, new Log());
    const log = new Log();
    const room = new HoldRoom(2_000);
    expect(await publish(events, log, contentHash, room)).toMatchObject({ changed: false, sent: true });
    expect(log.keys).toEqual(events.map((e) => `partner|${e.natural_key}`));
    expect(room.take(2_000)).toBe(true);
  });

  it('waits where the log is slow, and ends when all of it is acknowledged', async () => {
    const log = new Log(true);
    let ended = false;
    const publishing = publish(eventsOf(3_000), log).then(() => (ended = true));
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
    for (const event of eventsOf(3)) await publication.add(event);
    await expect(publication.end()).rejects.toThrow('away');
    await publication.abandon();
    expect(room.take(1_000_000)).toBe(true);
  });
});
