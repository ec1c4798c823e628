import { setImmediate as turn } from 'node:timers/promises';
import { Slots } from './slots.js';

/** Work that runs until it is told to end. */
class Works {
  readonly started: string[] = [];
  private readonly ends = new Map<string, () => void>();

  constructor(private readonly slots: Slots) {}

  run(source: string, name: string): Promise<void> {
    return this.slots.run(source, () => {
      this.started.push(name);
      return new Promise((end) => this.ends.set(name, end));
    });
  }

  async end(name: string): Promise<void> {
    this.ends.get(name)!();
    await turn();
  }
}

describe('slots', () => {
  it('leave one to every source, however many wait, and give the others to who reads least', async () => {
    const works = new Works(new Slots(2));
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) void works.run('a', name);
    await turn();
    expect(works.started).toEqual(['a1', 'a2', 'a3']);
    void works.run('b', 'b1');
    void works.run('b', 'b2');
    await turn();
    expect(works.started).toEqual(['a1', 'a2', 'a3', 'b1']);
    await works.end('a2');
    expect(works.started).toEqual(['a1', 'a2', 'a3', 'b1', 'b2']);
    await works.end('b2');
    expect(works.started.at(-1)).toBe('a4');
  });

  it('are free again when the work has failed', async () => {
    const slots = new Slots(0);
    await expect(slots.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await slots.run('a', async () => 1)).toBe(1);
  });

  it('say when a source is idle', async () => {
    const slots = new Slots(0);
    const works = new Works(slots);
    await slots.whenIdle('a');
    void works.run('a', 'a1');
    void works.run('a', 'a2');
    let idle = false;
    void slots.whenIdle('a').then(() => (idle = true));
    await turn();
    await works.end('a1');
    expect([idle, works.started]).toEqual([false, ['a1', 'a2']]);
    await works.end('a2');
    expect(idle).toBe(true);
  });
});
