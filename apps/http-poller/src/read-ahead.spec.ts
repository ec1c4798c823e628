import { once } from 'node:events';
import { readAhead } from './read-ahead.js';

const never = new AbortController().signal;

/** A generator of numbers, and what was seen of it. */
function counting(last: number, seen: string[], failAt?: number) {
  return async function* (signal: AbortSignal): AsyncGenerator<number, string> {
    for (let n = 1; n <= last; n++) {
      seen.push(`asked ${n}`);
      await Promise.resolve();
      signal.throwIfAborted();
      if (n === failAt) throw new Error(`no ${n}`);
      yield n;
    }
    return 'the end';
  };
}

describe('reading ahead', () => {
  it('asks for the next while one is worked on, and for no more', async () => {
    const seen: string[] = [];
    const result = await readAhead(counting(3, seen), never, async (n) => {
      seen.push(`took ${n}`);
      await new Promise(setImmediate);
      seen.push(`worked ${n}`);
    });
    expect(result).toBe('the end');
    expect(seen).toEqual([
      ...['asked 1', 'asked 2', 'took 1', 'worked 1'],
      ...['asked 3', 'took 2', 'worked 2', 'took 3', 'worked 3'],
    ]);
  });

  it('works on all that came before a fault', async () => {
    const seen: string[] = [];
    const reading = readAhead(counting(5, seen, 3), never, async (n) => {
      await new Promise(setImmediate);
      seen.push(`worked ${n}`);
    });
    await expect(reading).rejects.toThrow('no 3');
    expect(seen.filter((what) => what.startsWith('worked'))).toEqual(['worked 1', 'worked 2']);
  });

  it('gives up what it asked for where the work fails', async () => {
    let ended = false;
    const reading = readAhead(
      async function* (signal) {
        try {
          yield 1;
          await once(signal, 'abort');
          signal.throwIfAborted();
        } finally {
          ended = true;
        }
      },
      never,
      () => Promise.reject(new Error('the log is away')),
    );
    await expect(reading).rejects.toThrow('the log is away');
    expect(ended).toBe(true);
  });

  it('ends with the signal, whatever it waits for', async () => {
    const stopping = new AbortController();
    const reading = readAhead(
      async function* (signal): AsyncGenerator<number, void> {
        yield 1;
        await once(signal, 'abort');
        throw signal.reason;
      },
      stopping.signal,
      async () => stopping.abort(new Error('the lease is lost')),
    );
    await expect(reading).rejects.toThrow('the lease is lost');
    await expect(readAhead(counting(1, []), stopping.signal, async () => {})).rejects.toThrow(
      'the lease is lost',
    );
  });
});
