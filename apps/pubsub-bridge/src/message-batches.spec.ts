import { jest } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { MessageBatches, type BatchLimits } from './message-batches.js';

interface Told {
  id: number;
  orderingKey?: string;
}

/** Batches whose handling ends when it is told to. */
class Handling {
  readonly begun: number[][] = [];
  readonly batches: MessageBatches<Told>;
  private readonly ends = new Map<number, () => void>();

  constructor(limits: Partial<BatchLimits>) {
    this.batches = new MessageBatches(
      { messages: 2, maxWaitMs: 60_000, inFlight: 2, ...limits },
      (messages) => {
        this.begun.push(messages.map(({ id }) => id));
        return new Promise((end) => this.ends.set(messages[0]!.id, end));
      },
    );
  }

  add(...ids: (number | [number, string])[]): void {
    for (const one of ids) {
      this.batches.add(typeof one === 'number' ? { id: one } : { id: one[0], orderingKey: one[1] });
    }
  }

  /** Ends the handling of the batch that begins with this one. */
  async end(first: number): Promise<void> {
    this.ends.get(first)!();
    await turn();
  }

  inHand(): number[] {
    return [...this.batches.inHand()].map(({ id }) => id);
  }
}

describe('message batches', () => {
  it('go out when they are full, so many at once, the others in their order', async () => {
    const handling = new Handling({});
    handling.add(1, 2, 3, 4, 5, 6, 7);
    expect(handling.begun).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(handling.inHand()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    await handling.end(3);
    expect(handling.begun.at(-1)).toEqual([5, 6]);
    handling.batches.flush();
    await handling.end(1);
    expect(handling.begun.at(-1)).toEqual([7]);
    expect(handling.inHand()).toEqual([5, 6, 7]);
    await handling.end(5);
    await handling.end(7);
    expect(handling.inHand()).toEqual([]);
  });

  it('go out when their first message has waited long enough', async () => {
    jest.useFakeTimers();
    try {
      const handling = new Handling({ messages: 3, maxWaitMs: 50 });
      handling.add(1);
      jest.advanceTimersByTime(40);
      handling.add(2);
      expect(handling.begun).toEqual([]);
      jest.advanceTimersByTime(10);
      expect(handling.begun).toEqual([[1, 2]]);
      // A full one takes its timer with it
      handling.add(3, 4, 5);
      handling.add(6);
      jest.advanceTimersByTime(49);
      expect(handling.begun).toHaveLength(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('with ordering keys go alone, behind all before them and before all behind them', async () => {
    const handling = new Handling({ inFlight: 3 });
    handling.add(1, 2, [3, 'k'], 4, 5, 6, 7, 8);
    expect(handling.begun).toEqual([[1, 2]]);
    await handling.end(1);
    expect(handling.begun.slice(1)).toEqual([[3, 4]]);
    await handling.end(3);
    expect(handling.begun.slice(2)).toEqual([
      [5, 6],
      [7, 8],
    ]);
    handling.add([9, 'k'], [10, 'l'], 11, 12);
    await handling.end(7);
    expect(handling.begun).toHaveLength(4);
    await handling.end(5);
    expect(handling.begun.slice(4)).toEqual([[9, 10]]);
    await handling.end(9);
    expect(handling.begun.slice(5)).toEqual([[11, 12]]);
  });

  it('without a message are none', () => {
    const handling = new Handling({});
    handling.batches.flush();
    expect(handling.begun).toEqual([]);
  });
});
