import { CursorMemory } from './cursor-memory.js';

describe('the memory of cursors', () => {
  it.each([
    ['2026-11-21T10:00:00Z', '2026-11-21T09:59:59Z'],
    [10, 9],
    ['10', '9'],
    ['9007199254740993', '9007199254740992'],
    [1.5, 1.25],
  ])('sees that %p goes back to %p', (before, after) => {
    const memory = new CursorMemory();
    expect([before, before, after, before].map((c) => memory.sees('a', c))).toEqual([
      false,
      false,
      true,
      false,
    ]);
    expect(memory.sees('b', after)).toBe(false);
    expect(memory.sees('b', before)).toBe(false);
  });

  it('takes nothing for no cursor, and forgets what was seen longest ago', () => {
    const memory = new CursorMemory();
    expect([5, undefined, null, 4].map((c) => memory.sees('a', c))).toEqual([false, false, false, true]);
    for (let i = 0; i < 20_000; i++) memory.sees(`other ${i}`, 1);
    expect(memory.sees('a', 4)).toBe(false);
  });
});
