import fc from 'fast-check';
import { instantFromMs, instantToMs, type Instant } from '#libs/events';
import { propertyRuns } from '#test/property-runs';
import type { DatetimeSyncDefinition, IncrementalSyncDefinition } from '../definition.js';
import type { Slice, SliceResult, StreamState } from '../slices.js';
import { anyDatetimeSync } from '#test/any-datetime-sync';
import { MAX_NEW_WINDOWS, type DatetimeSlice, type DatetimeState } from './datetime-slices.js';
import { advance, backfillSlices, behindSince, initialState, planSlices } from './plan-slices.js';
import { stepGrid } from './step-grid.js';

const RESULT: SliceResult = { pages: 1, read: 0, selected: 0 };

describe('windows of time', () => {
  const daily: DatetimeSyncDefinition = {
    type: 'datetime',
    start: '2026-03-06',
    step: 'P1D',
    format: 'yyyy-MM-dd',
    timezone: 'America/New_York',
  };

  it('are days of 23 hours in spring and 25 in autumn, and today is asked for again', () => {
    expect(spans(daily, '2026-03-09T16:00:00Z')).toEqual([
      '03-06T05 03-07T05',
      '03-07T05 03-08T05',
      '03-08T05 03-09T04', // clocks go forward
      '03-09T04 03-10T04', // today
    ]);
    expect(spans({ ...daily, start: '2026-10-31' }, '2026-11-02T16:00:00Z')).toEqual([
      '10-31T04 11-01T04',
      '11-01T04 11-02T05',
      '11-02T05 11-03T05',
    ]);
    expect(spans({ ...daily, timezone: '-05:00' }, '2026-03-09T16:00:00Z').at(-1)).toBe('03-09T05 03-10T05');
  });

  it('are behind only what could have been read, today up to now', () => {
    const behindAt = (sync: DatetimeSyncDefinition, watermark: Instant, now: Instant) => {
      let state: StreamState = { type: 'datetime', watermark, tiers: {} };
      return planSlices(sync, state, now).map((slice) => {
        state = advance(sync, state, slice, RESULT, now);
        return behindSince(sync, state, slice, now);
      });
    };
    const [yesterday, now] = ['2026-07-01T04:00:00.000000Z', '2026-07-02T16:00:00.000000Z'];
    expect(behindAt(daily, yesterday, now)).toEqual(['2026-07-02T04:00:00.000000Z', now]);
    // at three in the morning yesterday is not settled yet, and read to its end
    const early = '2026-07-02T07:00:00.000000Z';
    expect(behindAt({ ...daily, settle_delay: 'PT6H' }, yesterday, early)).toEqual([
      '2026-07-02T10:00:00.000000Z',
    ]);
    const fine = { ...daily, format: 'iso', settle_delay: 'PT2M', timezone: 'UTC' };
    expect(behindAt(fine, '2026-07-02T00:00:00.000000Z', now)).toEqual([now]);
    expect(
      behindSince({ type: 'full_refresh' }, { type: 'full_refresh' }, { type: 'full_refresh' }, now),
    ).toBe(undefined);
  });

  it('begin with the first midnight where it comes twice', () => {
    const sync = { ...daily, start: '2022-11-05', timezone: 'America/Havana' };
    for (const now of ['2022-11-06T04:30:00Z', '2022-11-06T05:30:00Z']) {
      expect(spans(sync, now)).toEqual(['11-05T04 11-06T04', '11-06T04 11-07T05']);
    }
  });

  it('count months from the start', () => {
    const monthly = { ...daily, start: '2026-01-31', step: 'P1M', timezone: 'UTC' };
    expect(spans(monthly, '2026-05-02T12:00:00Z')).toEqual([
      '01-31T00 02-28T00',
      '02-28T00 03-31T00',
      '03-31T00 04-30T00',
      '04-30T00 05-02T00',
      '05-02T00 05-03T00',
    ]);
  });

  it('end before now minus the delay, where the format is fine', () => {
    const hourly = {
      ...daily,
      step: 'PT1H',
      format: 'yyyy-MM-dd HH:mm',
      settle_delay: 'PT2M',
      timezone: 'UTC',
    };
    const [state, slices] = polled(hourly, undefined, '2026-03-06T02:10:30Z');
    expect(slices.map(span)).toEqual(['03-06T00 03-06T01', '03-06T01 03-06T02', '03-06T02 03-06T02:08']);
    expect(state.watermark).toBe('2026-03-06T02:08:00.000000Z');
    expect(polled(hourly, state, '2026-03-06T02:09:59Z')[1]).toEqual([]);
    expect(polled(hourly, state, '2026-03-06T03:09:59Z')[1].map(span)).toEqual([
      '03-06T02:08 03-06T03',
      '03-06T03 03-06T03:07',
    ]);
  });

  it('are none before the start, nor when the clock was put back', () => {
    expect(spans(daily, '2026-03-05T23:00:00Z')).toEqual([]);
    const [state] = polled(daily, undefined, '2026-03-09T16:00:00Z');
    expect(polled(daily, state, '2026-03-07T16:00:00Z')).toEqual([state, []]);
  });

  it('of the look-back come after the new ones, as often as their tier is due', () => {
    const sync: DatetimeSyncDefinition = {
      ...daily,
      start: '2026-03-01',
      format: 'yyyy-MM-dd HH:mm',
      step: 'PT6H',
      timezone: 'UTC',
      lookback_window: 'P1D',
      lookback_tiers: [
        { window: 'PT6H', every: 'PT5M' },
        { window: 'P1D', every: 'PT6H' },
      ],
    };
    const [first] = polled(sync, undefined, '2026-03-09T16:00:00Z');
    expect(first.tiers).toEqual({}); // all of it has just been read
    let [state, slices] = polled(sync, first, '2026-03-09T16:05:00Z');
    expect(slices.map(span)).toEqual([
      '03-09T16 03-09T16:05',
      '03-09T06 03-09T12',
      '03-09T12 03-09T16',
      '03-08T12 03-08T18',
      '03-08T18 03-09T00',
      '03-09T00 03-09T06',
    ]);
    expect(state.tiers).toEqual({ PT6H: '2026-03-09T16:05:00.000000Z', P1D: '2026-03-09T16:05:00.000000Z' });
    [state, slices] = polled(sync, state, '2026-03-09T16:09:59Z');
    expect(slices.map(span)).toEqual(['03-09T16:05 03-09T16:09']);
    [state, slices] = polled(sync, state, '2026-03-09T16:10:00Z');
    expect(slices.map(span)).toEqual([
      '03-09T16:09 03-09T16:10',
      '03-09T06 03-09T12',
      '03-09T12 03-09T16:09',
    ]);
    expect(state.tiers).toMatchObject({
      PT6H: '2026-03-09T16:10:00.000000Z',
      P1D: '2026-03-09T16:05:00.000000Z',
    });
  });

  it('of a look-back without tiers come with every poll, none before the start', () => {
    const sync = { ...daily, lookback_window: 'P3D', timezone: 'UTC' };
    const [state] = polled(sync, undefined, '2026-03-08T16:00:00Z');
    for (const now of ['2026-03-08T16:05:00Z', '2026-03-08T16:05:01Z']) {
      const slices = polled(sync, state, now)[1];
      expect(slices.map(span)).toEqual(['03-08T00 03-09T00', '03-06T00 03-07T00', '03-07T00 03-08T00']);
    }
  });

  it('move no watermark over what was not read', () => {
    const state = initialState(daily);
    const [, second] = planSlices(daily, state, instant('2026-03-09T16:00:00Z'));
    expect(advance(daily, state, second!, RESULT, instant('2026-03-09T16:00:00Z'))).toEqual(state);
  });

  it('of a backfill are those of the grid, and what is left of them at the ends', () => {
    const sync = { ...daily, step: 'P2D', timezone: 'UTC' };
    const slices = backfillSlices(sync, instant('2026-03-07T11:00:00Z'), instant('2026-03-11T11:00:00Z'));
    expect(slices.map(span)).toEqual(['03-07T00 03-08T00', '03-08T00 03-10T00', '03-10T00 03-12T00']);
    expect(backfillSlices(sync, instant('2026-03-07T00:00:00Z'), instant('2026-03-07T00:00:00Z'))).toEqual(
      [],
    );
  });

  it.each([
    [{ step: 'P0D' }, 'step: "P0D" is no time at all'],
    [{ step: '1 day' }, 'step: "1 day" is no ISO 8601 duration'],
    [{ start: 'yesterday' }, 'start: "yesterday" is no day or instant'],
    [{ timezone: 'Mars/Base' }, 'timezone: "Mars/Base" is not known'],
    [{ timezone: '+5h' }, 'timezone: "+5h" is not known'],
    [{ format: "'today'" }, 'names no time'],
  ])('cannot be laid out with %j', (wrong, message) => {
    expect(() => initialState({ ...daily, ...wrong })).toThrow(message);
  });

  it('tile without gap or overlap, whatever the zone, step, format and times of polls', () => {
    fc.assert(
      fc.property(anyDatetimeSync, fc.array(fc.double({ min: -5, max: 60, noNaN: true })), (sync, waits) => {
        const grid = stepGrid(sync);
        let state = initialState(sync) as DatetimeState;
        const start = state.watermark;
        const completed: DatetimeSlice[] = [];
        let nowMs = instantToMs(start);
        for (const wait of waits) {
          nowMs += wait * sync.stepMs;
          const now = instantFromMs(Math.round(nowMs));
          const settled = instantFromMs(grid.settledMs(now));
          const before = state.watermark;
          for (const slice of planSlices(sync, state, now) as DatetimeSlice[]) {
            if (slice.from >= slice.to) throw new Error(`${slice.from} is not before ${slice.to}`);
            if (slice.from >= before && slice.to <= settled) completed.push(slice);
            state = advance(sync, state, slice, RESULT, now) as DatetimeState;
          }
          expect(state.watermark).toBe(settled > before ? settled : before);
        }
        expect([start, ...completed.map((slice) => slice.to)]).toEqual([
          ...completed.map((slice) => slice.from),
          state.watermark,
        ]);
        for (const { from, to } of completed)
          expect(grid.floor(instantToMs(to) - 1)).toBeLessThanOrEqual(instantToMs(from));
      }),
      { numRuns: propertyRuns(100) },
    );
  });

  it('of the look-back reach back far enough and are always the same ones', () => {
    fc.assert(
      fc.property(
        anyDatetimeSync,
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 9 }),
        (given, steps, hours) => {
          const sync = { ...given, lookback_window: `PT${hours}H` };
          const grid = stepGrid(sync);
          const known = new Map<Instant, Instant>();
          for (const part of [0, 0.4, 1.3]) {
            const nowMs = grid.startMs + Math.round((steps + part) * sync.stepMs);
            const watermark = instantFromMs(grid.settledMs(instantFromMs(nowMs)));
            if (watermark <= instantFromMs(grid.startMs)) return;
            const state: DatetimeState = { type: 'datetime', watermark, tiers: {} };
            const slices = planSlices(sync, state, instantFromMs(nowMs)) as DatetimeSlice[];
            const back = slices.filter((slice) => slice.from < watermark);
            expect(back.at(-1)).toMatchObject({ to: watermark, completesTiers: [sync.lookback_window] });
            const reach = Math.max(grid.startMs, instantToMs(watermark) - hours * 3_600_000);
            expect(instantToMs(back[0]!.from)).toBeLessThanOrEqual(reach);
            back.forEach(({ from, to }, at) => {
              expect(from).toBe(back[at - 1]?.to ?? from);
              expect(grid.floor(instantToMs(from))).toBe(instantToMs(from));
              if (to === watermark) return;
              expect(known.get(from) ?? to).toBe(to);
              known.set(from, to);
            });
          }
        },
      ),
      { numRuns: propertyRuns(100) },
    );
  });

  it('go back to a start that was moved back, newest first, behind everything else', () => {
    const sync = { ...daily, timezone: 'UTC', lookback_window: 'P1D' };
    const [state] = polled(sync, undefined, '2026-03-09T16:00:00Z');
    const earlier = { ...sync, start: '2026-03-03' };
    const now = '2026-03-09T17:00:00Z';
    expect(polled(sync, state, now)[1].map(span)).toEqual(['03-09T00 03-10T00', '03-08T00 03-09T00']);
    const [there, slices] = polled(earlier, state, now);
    expect(slices.map(span)).toEqual([
      '03-09T00 03-10T00',
      '03-08T00 03-09T00',
      '03-05T00 03-06T00',
      '03-04T00 03-05T00',
      '03-03T00 03-04T00',
    ]);
    expect(there).toMatchObject({ read_from: instant('2026-03-03T00:00:00Z'), watermark: state.watermark });
    expect(polled(earlier, there, now)[1]).toHaveLength(2);
    expect(polled(sync, there, now)[1]).toHaveLength(2);
  });

  it('cover all from the earliest start on, wherever it is moved and polls break off', () => {
    const moves = fc.array(
      fc.record({ steps: fc.integer({ min: -40, max: 40 }), most: fc.integer({ min: 0, max: 9 }) }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(anyDatetimeSync, moves, (given, polls) => {
        const firstMs = stepGrid(given).startMs;
        const now = instantFromMs(firstMs + 10 * given.stepMs + stepGrid(given).settleMs);
        let known: DatetimeState | undefined;
        const read: DatetimeSlice[] = [];
        for (const { steps, most } of [...polls, { steps: -41, most: Infinity }]) {
          const start = instantFromMs(firstMs + steps * given.stepMs);
          const sync = { ...given, start };
          const state = known ?? initialState(sync);
          for (const slice of planSlices(sync, state, now).slice(0, most) as DatetimeSlice[]) {
            read.push(slice);
            known = advance(sync, known ?? state, slice, RESULT, now) as DatetimeState;
          }
        }
        read.sort((a, b) => (a.from < b.from ? -1 : 1));
        let coveredTo = stepGrid({ ...given, start: instantFromMs(firstMs - 41 * given.stepMs) }).startMs;
        for (const { from, to } of read) {
          if (instantToMs(from) > coveredTo) break;
          coveredTo = Math.max(coveredTo, instantToMs(to));
        }
        expect(coveredTo).toBeGreaterThanOrEqual(instantToMs(known!.watermark));
      }),
      { numRuns: propertyRuns(100) },
    );
  });

  it('of a look-back that polls break off go on where they stood, behind tiers that are due', () => {
    const sync: DatetimeSyncDefinition = {
      ...daily,
      timezone: 'UTC',
      lookback_tiers: [
        { window: 'P1D', every: 'PT5M' },
        { window: 'P4D', every: 'P1D' },
      ],
    };
    let state: DatetimeState = { type: 'datetime', watermark: instant('2026-03-20T00:00:00Z'), tiers: {} };
    /** A poll that ends after so many slices. */
    const poll = (now: string, most: number): string[] => {
      const slices = planSlices(sync, state, instant(now)).slice(0, most);
      for (const slice of slices) state = advance(sync, state, slice, RESULT, instant(now)) as DatetimeState;
      return slices.map((slice) => span(slice).slice(0, 8));
    };
    expect(poll('2026-03-20T08:00:00Z', 3)).toEqual(['03-20T00', '03-19T00', '03-16T00']);
    expect(state.underway).toMatchObject({ P4D: { to: instant('2026-03-17T00:00:00Z') } });
    expect(poll('2026-03-20T08:01:00Z', 2)).toEqual(['03-20T00', '03-17T00']);
    expect(poll('2026-03-20T08:05:00Z', 9)).toEqual(['03-20T00', '03-19T00', '03-18T00']);
    expect(state.tiers).toEqual({
      P1D: instant('2026-03-20T08:05:00Z'),
      P4D: instant('2026-03-20T08:00:00Z'), // when it began, whenever it ended
    });
    expect(state.underway).toBeUndefined();
  });

  it('of a look-back are all read again within it, wherever polls break off', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(anyDatetimeSync, cuts, (given, most) => {
        const lookback_tiers = [
          { window: 'PT9H', every: 'PT1S' },
          { window: 'PT2H', every: 'PT0.5S' },
        ];
        const sync = { ...given, step: 'PT1H', lookback_tiers };
        const grid = stepGrid(sync);
        let nowMs = grid.startMs + 20 * 3_600_000;
        const watermark = instantFromMs(grid.settledMs(instantFromMs(nowMs)));
        let state: DatetimeState = { type: 'datetime', watermark, tiers: {} };
        const windowsOf = ({ window }: { window: string }): Instant[] => {
          const fromMs = grid.floor(grid.before(instantToMs(watermark), window));
          const windows = grid.windows(Math.max(grid.startMs, fromMs), instantToMs(watermark));
          return [...windows].map(({ from }) => from);
        };
        const tiers = lookback_tiers.map((tier) => ({ ...tier, windows: windowsOf(tier) }));
        const readAt = new Map<Instant, Instant>();
        for (const count of most) {
          nowMs += 1;
          const now = instantFromMs(nowMs);
          const before = state.tiers;
          for (const slice of planSlices(sync, state, now).slice(0, count) as DatetimeSlice[]) {
            readAt.set(slice.from, now);
            state = advance(sync, state, slice, RESULT, now) as DatetimeState;
          }
          for (const { window, windows } of tiers) {
            if (state.tiers[window] === before[window]) continue;
            expect(windows.filter((from) => !(readAt.get(from)! >= state.tiers[window]!))).toEqual([]);
          }
        }
        if (instantToMs(watermark) > grid.startMs) expect(Object.keys(state.tiers)).toHaveLength(2);
      }),
      { numRuns: propertyRuns(25) },
    );
  });

  it('come in plans of bounded size when much history is missing', () => {
    const minutes = {
      ...daily,
      step: 'PT1M',
      format: 'epoch_seconds',
      timezone: 'UTC',
      lookback_window: 'PT1H',
    };
    const [state, slices] = polled(minutes, undefined, '2026-03-08T00:00:00Z');
    expect(slices).toHaveLength(MAX_NEW_WINDOWS);
    expect(slices.every((slice) => slice.completesTiers === undefined)).toBe(true);
    expect(state.watermark).toBe(slices.at(-1)!.to);
  });
});

describe('the state of other streams', () => {
  it('by id goes on after the greatest, less the look-back', () => {
    const sync: IncrementalSyncDefinition = {
      type: 'id',
      id_path: 'id',
      start: '9007199254740993',
      lookback_count: 10,
    };
    let state = initialState(sync);
    expect(planSlices(sync, state, NOW)).toEqual([{ type: 'id', after: '9007199254740993' }]);
    state = advance(
      sync,
      state,
      { type: 'id', after: '' },
      { ...RESULT, greatestId: '9007199254741005' },
      NOW,
    );
    expect(planSlices(sync, state, NOW)).toEqual([{ type: 'id', after: '9007199254740995' }]);
    for (const greatestId of ['9007199254740999', '99', undefined]) {
      expect(advance(sync, state, { type: 'id', after: '' }, { ...RESULT, greatestId }, NOW)).toEqual(state);
    }
    expect(initialState({ type: 'id', id_path: 'id' })).toEqual({ type: 'id', greatest: '0' });
    expect(() => initialState({ ...sync, start: 2 ** 53 })).toThrow('in quotes');
    expect(() => planSlices(sync, { type: 'id', greatest: '01J' }, NOW)).toThrow(
      'the ids of the stream are no integers',
    );
  });

  it('by cursor goes on with the last one', () => {
    const sync: IncrementalSyncDefinition = { type: 'cursor', cursor_path: 'next' };
    const state = initialState(sync);
    expect(planSlices(sync, state, NOW)).toEqual([{ type: 'cursor', cursor: '' }]);
    const next = advance(sync, state, { type: 'cursor', cursor: '' }, { ...RESULT, nextCursor: 'abc' }, NOW);
    expect(planSlices(sync, next, NOW)).toEqual([{ type: 'cursor', cursor: 'abc' }]);
    expect(advance(sync, next, { type: 'cursor', cursor: 'abc' }, RESULT, NOW)).toEqual(next);
  });

  it('by full refresh says when it was read', () => {
    const sync: IncrementalSyncDefinition = { type: 'full_refresh' };
    const [slice] = planSlices(sync, initialState(sync), NOW);
    expect(advance(sync, initialState(sync), slice!, RESULT, NOW)).toEqual({
      type: 'full_refresh',
      read_at: NOW,
    });
    expect(() => backfillSlices(sync, NOW, NOW)).toThrow('has no stretches of time');
  });

  it('is refused when it is that of another type', () => {
    expect(() => planSlices({ type: 'full_refresh' }, { type: 'cursor', cursor: '' }, NOW)).not.toThrow();
    expect(() => planSlices({ type: 'id', id_path: 'id' }, { type: 'cursor', cursor: '' }, NOW)).toThrow(
      'expected id, but it is cursor',
    );
  });
});

const NOW = instant('2026-03-09T16:00:00Z');

function instant(iso: string): Instant {
  return instantFromMs(Date.parse(iso));
}

/** A poll whose every slice is read. */
function polled(sync: DatetimeSyncDefinition, state: StreamState | undefined, now: string) {
  let next = state ?? initialState(sync);
  const slices = planSlices(sync, next, instant(now)) as DatetimeSlice[];
  for (const slice of slices) next = advance(sync, next, slice, RESULT, instant(now));
  return [next as DatetimeState, slices] as const;
}

function spans(sync: DatetimeSyncDefinition, now: string): string[] {
  return polled(sync, undefined, now)[1].map(span);
}

/** Of 2026, in UTC. */
function span(slice: Slice): string {
  const { from, to } = slice as DatetimeSlice;
  return [from, to].map((at) => at.slice(5, 16).replace(':00', '')).join(' ');
}
